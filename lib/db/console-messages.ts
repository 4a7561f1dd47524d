import type { IdentityId, ProjectId } from "../model/ids";
import type { Queries } from "./connection";
import type { ConsoleReads, MessageRow } from "./console-handles";
import { timeKey } from "./page-key";
import type { OutboxChannel, OutboxStatus } from "./records";

/** What may leave the database: everything but the sealed content, its key and the digest of the receiver. */
const COLUMNS = {
  id: true, channel: true, template: true, recipientHint: true, identityId: true, status: true, attempts: true, lastError: true, createdAt: true,
  sentAt: true, notBefore: true, expiresAt: true,
} as const;

export function messageRows(queries: Queries, projectId: ProjectId): Pick<ConsoleReads, "messagesPage"> {
  return {
    async messagesPage({ limit, after, status, identityId }) {
      const [at, id] = timeKey(after);
      const place = at === "infinity" ? null : { at: new Date(at), id };
      const found = await queries.prisma.outboxMessage.findMany({
        where: {
          projectId, ...(status === undefined ? {} : { status }), ...(identityId === undefined ? {} : { identityId }),
          ...(place === null ? {} : { createdAt: { lte: place.at }, OR: [{ createdAt: { lt: place.at } }, { id: { lt: place.id } }] }),
        },
        select: COLUMNS, orderBy: [{ createdAt: "desc" }, { id: "desc" }], take: limit + 1,
      });
      const rows = found.slice(0, limit).map((row): MessageRow => ({
        ...row, channel: row.channel as OutboxChannel, status: row.status as OutboxStatus, identityId: row.identityId as IdentityId | null,
      }));
      const last = rows.at(-1);
      return { rows, next: found.length > limit && last !== undefined ? [last.createdAt.toISOString(), last.id] : null, looked: found.length };
    },
  };
}

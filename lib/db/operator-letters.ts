import type { ProjectId } from "../model/ids";
import type { Queries } from "./connection";
import type { OutboxMessage as MessageRow } from "./generated/client";
import type { OperatorReads, StoredLetter } from "./operator-handles";
import { toMessage } from "./outbox";

function toLetter(row: MessageRow): StoredLetter {
  return { ...toMessage(row), updatedAt: row.updatedAt };
}

const LETTERS = { in: ["email", "sms"] };

export function letterReads(queries: Queries, projectId: ProjectId): Pick<OperatorReads, "listLetters" | "findLetter"> {
  return {
    async listLetters({ limit, after, status, recipientMacs }) {
      const found = await queries.prisma.outboxMessage.findMany({
        where: {
          projectId, channel: LETTERS, ...(status === null ? {} : { status }),
          ...(recipientMacs === null ? {} : { recipientMac: { in: [...recipientMacs] } }),
          ...(after === null ? {} : { createdAt: { lte: after.at }, OR: [{ createdAt: { lt: after.at } }, { id: { lt: after.id } }] }),
        },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }], take: limit + 1,
      });
      const rows = found.slice(0, limit).map(toLetter);
      const last = rows.at(-1);
      return { rows, next: found.length > limit && last !== undefined ? { at: last.createdAt, id: last.id } : null };
    },
    async findLetter(id) {
      const row = await queries.prisma.outboxMessage.findFirst({ where: { id, projectId, channel: LETTERS } });
      return row === null ? null : toLetter(row);
    },
  };
}

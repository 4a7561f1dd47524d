import { randomUUID } from "node:crypto";
import type { IdentityId, ProjectId } from "../model/ids";
import { ENDED_WHILE_SENDING } from "../model/outbox";
import type { Connection, Queries, Statement } from "./connection";
import type { OutboxMessage as MessageRow } from "./generated/client";
import type { OutboxChannel, OutboxMessage, OutboxStatus, PlatformDb, ProjectDb, ProjectReads } from "./handles";

/**
 * $1 at most, $2 now, $3 end of the lease. Due: queued and its time has come, or taken by somebody whose lease ran out. What is
 * locked belongs to another claimer at this very moment, and is skipped rather than waited for. $4 `hooks`, `letters` or `all`;
 * $5 places to leave out, each a project and a channel, between commas; $6 what is noted of a message whose lease ran out. The try is
 * counted as it begins, so one that ends the process counts as well.
 */
const CLAIM: Statement = {
  name: "rung_claim_messages",
  text: `WITH due AS MATERIALIZED (
    SELECT id, status FROM outbox_message
    WHERE ((status = 'queued' AND not_before <= $2::timestamptz) OR (status = 'processing' AND lease_until <= $2::timestamptz))
      AND ($4::text = 'all' OR (channel = 'hook') = ($4::text = 'hooks'))
      AND NOT (project_id::text || ' ' || channel) = ANY (string_to_array($5::text, ','))
    ORDER BY not_before, created_at, id LIMIT $1::int FOR UPDATE SKIP LOCKED)
  UPDATE outbox_message m SET status = 'processing', attempts = m.attempts + 1, lease_until = $3::timestamptz, updated_at = $2::timestamptz,
    last_error = CASE WHEN due.status = 'processing' THEN $6::text ELSE m.last_error END
  FROM due WHERE m.id = due.id
  RETURNING m.id`,
};

export function toMessage(row: MessageRow): OutboxMessage {
  return {
    id: row.id, projectId: row.projectId as ProjectId, channel: row.channel as OutboxChannel, template: row.template,
    recipientHint: row.recipientHint, sealed: row.sealed, dedupe: row.dedupe, identityId: row.identityId as IdentityId | null,
    notBefore: row.notBefore, expiresAt: row.expiresAt, at: row.createdAt, status: row.status as OutboxStatus, attempts: row.attempts,
    lastError: row.lastError, createdAt: row.createdAt, sentAt: row.sentAt,
  };
}

export function outboxReads(queries: Queries, projectId: ProjectId): Pick<ProjectReads, "listMessages"> {
  return {
    async listMessages({ limit, offset, status, identityId }) {
      const rows = await queries.prisma.outboxMessage.findMany({
        where: { projectId, ...(status === undefined ? {} : { status }), ...(identityId === undefined ? {} : { identityId }) },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }], take: limit, skip: offset ?? 0,
      });
      return rows.map(toMessage);
    },
  };
}

export function outboxWrites(queries: Queries, projectId: ProjectId): Pick<ProjectDb, "enqueueMessage"> {
  return {
    async enqueueMessage({ at, ...message }) {
      const { count } = await queries.prisma.outboxMessage.createMany({
        data: [{ ...message, id: randomUUID(), projectId, createdAt: at, updatedAt: at }], skipDuplicates: true,
      });
      return count === 1;
    },
  };
}

type Settled = Parameters<PlatformDb["settleMessage"]>[2];

function columnsOf(outcome: Settled) {
  const settled = { leaseUntil: null, updatedAt: outcome.at };
  switch (outcome.kind) {
    case "sent":
      return { ...settled, status: "sent", sentAt: outcome.at, lastError: null };
    case "retry":
      return { ...settled, status: "queued", notBefore: outcome.notBefore, lastError: outcome.error };
    case "held":
      return { ...settled, status: "queued", notBefore: outcome.notBefore, lastError: outcome.error, attempts: { decrement: 1 } };
    case "abandoned":
      return { ...settled, status: "abandoned", lastError: outcome.error, ...(outcome.begun === false ? { attempts: { decrement: 1 } } : {}) };
  }
}

/** The courier's half: it serves every project. */
export function outboxClaims(connection: Connection): Pick<PlatformDb, "claimMessages" | "settleMessage"> {
  const { writes } = connection;
  return {
    async claimMessages(limit, now, leaseUntil, { kind = "all", busy = [] } = {}) {
      const params = [limit, now.toISOString(), leaseUntil.toISOString(), kind, busy.join(","), ENDED_WHILE_SENDING];
      const claimed = await writes.rows<{ readonly id: string }>(CLAIM, params);
      if (claimed.length === 0) return [];
      const rows = await writes.prisma.outboxMessage.findMany({
        where: { id: { in: claimed.map(({ id }) => id) } }, orderBy: [{ notBefore: "asc" }, { createdAt: "asc" }, { id: "asc" }],
      });
      return rows.map(toMessage);
    },
    async settleMessage(id, attempt, outcome) {
      const { count } = await writes.prisma.outboxMessage.updateMany({
        where: { id, status: "processing", attempts: attempt }, data: columnsOf(outcome),
      });
      return count === 1;
    },
  };
}

import { randomUUID } from "node:crypto";
import type { FlowId, ProjectId, SessionId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { ProjectDb, ProjectReads } from "./handles";

/** $1 flow, $2 project, $3 session, $4 sealed token. Filled once, with a session of the same project. */
const FILL: Statement = {
  name: "rung_fill_exchange",
  text: `UPDATE token_exchange e SET session_id = s.id, sealed_token = $4
  FROM session s
  WHERE e.flow_id = $1::uuid AND e.project_id = $2::uuid AND e.session_id IS NULL AND s.id = $3::uuid AND s.project_id = $2::uuid
  RETURNING e.id`,
};

/**
 * A handover that was taken before it came: its hash is unique. Of two that spend one token at once the second waits for the first,
 * and finds the row there, or, where the first was undone, none. $1 id, $2 project, $3 flow, $4 hash, $5 provider, $6 end, $7 instant.
 */
const SPEND: Statement = {
  name: "rung_spend_once",
  text: `INSERT INTO handover (id, project_id, flow_id, token_hash, provider, sealed, expires_at, created_at, consumed_at)
  VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5, '', $6::timestamptz, $7::timestamptz, $7::timestamptz)
  ON CONFLICT (token_hash) DO NOTHING RETURNING id`,
};

export function handoverReads(queries: Queries, projectId: ProjectId): Pick<ProjectReads, "findHandover" | "findTokenExchange" | "wasSpent"> {
  return {
    async wasSpent(tokenHash) {
      return (await queries.prisma.handover.findFirst({ where: { tokenHash, projectId, consumedAt: { not: null } }, select: { id: true } })) !== null;
    },
    async findHandover(tokenHash, now) {
      const row = await queries.prisma.handover.findFirst({ where: { tokenHash, projectId, consumedAt: null, expiresAt: { gt: now } } });
      return row === null ? null : { id: row.id, flowId: row.flowId as FlowId, provider: row.provider, sealed: row.sealed, expiresAt: row.expiresAt };
    },
    async findTokenExchange(initHash) {
      const row = await queries.prisma.tokenExchange.findFirst({ where: { initHash, projectId } });
      return row === null ? null : {
        id: row.id, flowId: row.flowId as FlowId, returnHash: row.returnHash, sessionId: row.sessionId as SessionId | null,
        sealedToken: row.sealedToken, expiresAt: row.expiresAt, consumedAt: row.consumedAt,
      };
    },
  };
}

type Writes = Pick<ProjectDb, "insertHandover" | "spendOnce" | "insertTokenExchange" | "fillTokenExchange" | "moveTokenExchange">;

export function handoverWrites(queries: Queries, projectId: ProjectId): Writes {
  const { handover, tokenExchange } = queries.prisma;
  return {
    async insertHandover({ flowId, tokenHash, provider, sealed, expiresAt, at }) {
      const id = randomUUID();
      await handover.create({ data: { id, projectId, flowId, tokenHash, provider, sealed, expiresAt, createdAt: at }, select: { id: true } });
      return id;
    },
    async spendOnce({ flowId, tokenHash, provider, expiresAt, at }) {
      return (await queries.rows(SPEND, [randomUUID(), projectId, flowId, tokenHash, provider, expiresAt.toISOString(), at.toISOString()])).length === 1;
    },
    async insertTokenExchange({ flowId, initHash, returnHash, expiresAt, at }) {
      await tokenExchange.create({ data: { id: randomUUID(), projectId, flowId, initHash, returnHash, expiresAt, createdAt: at }, select: { id: true } });
    },
    async fillTokenExchange(flowId, sessionId, sealedToken) {
      return (await queries.rows(FILL, [flowId, projectId, sessionId, sealedToken])).length === 1;
    },
    async moveTokenExchange(from, to) {
      await tokenExchange.updateMany({ where: { flowId: from, projectId }, data: { flowId: to } });
    },
  };
}

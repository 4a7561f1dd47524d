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

export function handoverReads(queries: Queries, projectId: ProjectId): Pick<ProjectReads, "findHandover" | "findTokenExchange"> {
  return {
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

type Writes = Pick<ProjectDb, "insertHandover" | "insertTokenExchange" | "fillTokenExchange" | "moveTokenExchange">;

export function handoverWrites(queries: Queries, projectId: ProjectId): Writes {
  const { handover, tokenExchange } = queries.prisma;
  return {
    async insertHandover({ flowId, tokenHash, provider, sealed, expiresAt, at }) {
      const id = randomUUID();
      await handover.create({ data: { id, projectId, flowId, tokenHash, provider, sealed, expiresAt, createdAt: at }, select: { id: true } });
      return id;
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

import { randomUUID } from "node:crypto";
import type { FlowInternal, FlowKind, FlowOf } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { ProjectId } from "../model/ids";
import type { Message } from "../model/message";
import type { Node } from "../model/node";
import type { Queries, Statement } from "./connection";
import type { Flow as FlowRow } from "./generated/client";
import type { FlowChange, ProjectDb, ProjectHandle, ProjectReads } from "./handles";
import { plain, plainOrNull } from "./json";

/** The columns of a login that other kinds do not have; every kind but registration may name a person. */
function toFlow<K extends FlowKind>(kind: K, row: FlowRow): FlowOf[K] {
  const base = {
    id: row.id, kind, type: row.type, state: row.state, active: row.active, requestUrl: row.requestUrl, returnTo: row.returnTo,
    nodes: row.nodes as unknown as readonly Node[], messages: row.messages as unknown as readonly Message[],
    internal: row.internal as unknown as FlowInternal, transientPayload: row.transientPayload as unknown as JsonObject | null,
    csrfHash: row.csrfHash, issuedAt: row.issuedAt, expiresAt: row.expiresAt, completedAt: row.completedAt,
    createdAt: row.createdAt, updatedAt: row.updatedAt, identityId: row.identityId,
  };
  const whole = kind === "login" ? { ...base, requestedAal: row.requestedAal ?? "aal1", refresh: row.refresh, sessionId: row.sessionId }
    : kind === "settings" ? { ...base, sessionId: row.sessionId } : base;
  return whole as unknown as FlowOf[K];
}

/**
 * $1 id, $2 project, $3 flow, $4 identity, $5 sealed, $6 end, $7 instant. A flow holds one parked change: a newer one of the same
 * person takes the place of the older, also where that was taken already. One statement, so that equal submits never collide.
 */
const PARK: Statement = {
  name: "rung_park",
  text: `INSERT INTO parked_change (id, project_id, flow_id, identity_id, sealed, expires_at, created_at)
  VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5, $6::timestamptz, $7::timestamptz)
  ON CONFLICT (flow_id) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at, created_at = excluded.created_at,
    consumed_at = NULL
  WHERE parked_change.project_id = excluded.project_id AND parked_change.identity_id = excluded.identity_id`,
};

/** $1 flow, $2 project, $3 at most. The row's lock makes racers take turns: never more than that many are let through. */
const COUNT_SUBMISSION: Statement = {
  name: "rung_count_submission",
  text: `UPDATE flow SET submissions = submissions + 1 WHERE id = $1::uuid AND project_id = $2::uuid AND submissions < $3::int
  RETURNING submissions`,
};

/** $1 flow, $2 project, $3 members. The row is read and written in one statement: of two writers neither undoes the other. */
const MERGE_INTERNAL: Statement = {
  name: "rung_merge_internal",
  text: "UPDATE flow SET internal = internal || $3::text::jsonb WHERE id = $1::uuid AND project_id = $2::uuid",
};

/** Not part of any transaction: a request that fails later gives no try back. */
export function countSubmission(queries: Queries, projectId: ProjectId): Pick<ProjectHandle, "countSubmission"> {
  return {
    async countSubmission(flowId, max) {
      const [row] = await queries.rows<{ readonly submissions: number }>(COUNT_SUBMISSION, [flowId, projectId, max]);
      return row?.submissions ?? null;
    },
  };
}

type Reads = Pick<ProjectReads, "findFlow" | "findFlowError">;

export function flowReads(queries: Queries, projectId: ProjectId): Reads {
  return {
    async findFlow(kind, id) {
      const row = await queries.prisma.flow.findFirst({ where: { id, projectId, kind } });
      return row === null ? null : toFlow(kind, row);
    },
    async findFlowError(id) {
      const row = await queries.prisma.flowError.findFirst({ where: { id, projectId } });
      if (row === null) return null;
      return { id: row.id, error: row.error as unknown as JsonObject, createdAt: row.createdAt, updatedAt: row.updatedAt };
    },
  };
}

async function insertFlow<K extends FlowKind>(queries: Queries, projectId: ProjectId, flow: FlowOf[K]): Promise<void> {
  const login = flow.kind === "login" ? { requestedAal: flow.requestedAal, refresh: flow.refresh, sessionId: flow.sessionId }
    : flow.kind === "settings" ? { sessionId: flow.sessionId } : {};
  await queries.prisma.flow.create({
    data: {
      ...login, id: flow.id, projectId, kind: flow.kind, type: flow.type, state: flow.state, active: flow.active,
      requestUrl: flow.requestUrl, returnTo: flow.returnTo, identityId: flow.identityId, nodes: plain(flow.nodes),
      messages: plain(flow.messages), internal: plain(flow.internal), transientPayload: plainOrNull(flow.transientPayload),
      csrfHash: flow.csrfHash, issuedAt: flow.issuedAt, expiresAt: flow.expiresAt, completedAt: flow.completedAt,
      createdAt: flow.createdAt, updatedAt: flow.updatedAt,
    },
    select: { id: true },
  });
}

function changedColumns(change: FlowChange) {
  return {
    updatedAt: change.at,
    ...(change.state === undefined ? {} : { state: change.state }),
    ...(change.active === undefined ? {} : { active: change.active }),
    ...(change.nodes === undefined ? {} : { nodes: plain(change.nodes) }),
    ...(change.messages === undefined ? {} : { messages: plain(change.messages) }),
    ...(change.internal === undefined ? {} : { internal: plain(change.internal) }),
    ...(change.transientPayload === undefined ? {} : { transientPayload: plainOrNull(change.transientPayload) }),
  };
}

type Writes = Pick<ProjectDb, "insertFlow" | "updateFlow" | "parkChange" | "dropParkedChanges" | "insertFlowError">;

export function flowWrites(queries: Queries, projectId: ProjectId): Writes {
  const { flow, flowError, parkedChange } = queries.prisma;
  return {
    insertFlow: (fresh) => insertFlow(queries, projectId, fresh),
    async updateFlow(id, change) {
      const { count } = await flow.updateMany({ where: { id, projectId, completedAt: null }, data: changedColumns(change) });
      if (count === 1 && change.internalPatch !== undefined) await queries.rows(MERGE_INTERNAL, [id, projectId, JSON.stringify(change.internalPatch)]);
      return count === 1;
    },
    async parkChange({ flowId, identityId, sealed, expiresAt, at }) {
      await queries.rows(PARK, [randomUUID(), projectId, flowId, identityId, sealed, expiresAt.toISOString(), at.toISOString()]);
    },
    async dropParkedChanges(identityId) {
      await parkedChange.deleteMany({ where: { identityId, projectId } });
    },
    async insertFlowError(error, at) {
      const id = randomUUID();
      await flowError.create({ data: { id, projectId, error: plain(error), createdAt: at, updatedAt: at }, select: { id: true } });
      return id;
    },
  };
}

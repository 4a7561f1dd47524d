import { randomUUID } from "node:crypto";
import type { IdentityId, ProjectId, SessionId } from "../model/ids";
import type { DeviceFacts, Session } from "../model/session";
import { LIVE_SESSIONS, LIVE_SESSION_COUNT, SESSION_BY_ID, SESSION_SNAPSHOT } from "./account-sql";
import type { Queries, Statement } from "./connection";
import type { NewSession, ProjectDb, ProjectReads, SessionChange, SessionSnapshot } from "./handles";
import { plain } from "./json";
import { type CredentialRow, fromMethod, type IdentityRow, type SessionRow, toCredentials, toIdentity, toSession } from "./rows";

interface SnapshotRow {
  readonly session: SessionRow;
  readonly identity: IdentityRow;
  readonly credentials: readonly CredentialRow[];
  readonly currentRevision: number;
}

/** How the hot read is run: on its own lane, or on the transaction that is open. */
export type RunSnapshot = (statement: Statement, params: readonly unknown[]) => Promise<readonly { readonly found: SnapshotRow }[]>;

export async function findSnapshot(run: RunSnapshot, projectId: ProjectId, tokenHash: string): Promise<SessionSnapshot | null> {
  const [row] = await run(SESSION_SNAPSHOT, [tokenHash, projectId]);
  if (row === undefined) return null;
  const { session, identity, credentials, currentRevision } = row.found;
  return { session: toSession(session), identity: toIdentity(identity), credentials: toCredentials(credentials), currentRevision };
}

async function findSession(queries: Queries, projectId: ProjectId, id: SessionId): Promise<Session | null> {
  const [row] = await queries.rows<{ readonly found: SessionRow }>(SESSION_BY_ID, [id, projectId]);
  return row === undefined ? null : toSession(row.found);
}

type Reads = Pick<ProjectReads, "findSession" | "listSessions">;

export function sessionReads(queries: Queries, projectId: ProjectId): Reads {
  return {
    findSession: (id) => findSession(queries, projectId, id),
    async listSessions(identityId, now, page) {
      const where = [identityId, projectId, now.toISOString(), page.exclude ?? null];
      const rows = await queries.rows<{ readonly found: SessionRow; readonly total: number }>(LIVE_SESSIONS, [...where, page.limit, page.offset]);
      const [first] = rows;
      if (first !== undefined) return { sessions: rows.map((row) => toSession(row.found)), total: first.total };
      const [count] = await queries.rows<{ readonly total: number }>(LIVE_SESSION_COUNT, where);
      return { sessions: [], total: count?.total ?? 0 };
    },
  };
}

const LOCKED_SESSION: Statement = { name: "rung_session_locked", text: `${SESSION_BY_ID.text} FOR UPDATE OF s` };

async function lockSession(queries: Queries, projectId: ProjectId, id: SessionId): Promise<Session | null> {
  const [row] = await queries.rows<{ readonly found: SessionRow }>(LOCKED_SESSION, [id, projectId]);
  return row === undefined ? null : toSession(row.found);
}

async function insertDevice(queries: Queries, sessionId: SessionId, device: DeviceFacts, at: Date): Promise<void> {
  await queries.prisma.sessionDevice.create({
    data: { id: randomUUID(), sessionId, ipAddress: device.ipAddress, userAgent: device.userAgent, createdAt: at },
    select: { id: true },
  });
}

async function insertSession(queries: Queries, projectId: ProjectId, { session, device }: NewSession): Promise<Session> {
  await queries.prisma.session.create({
    data: {
      id: session.id, projectId, identityId: session.identityId, kind: session.kind, tokenHash: session.tokenHash, aal: session.aal,
      methods: plain(session.methods.map(fromMethod)), authenticatedAt: session.authenticatedAt, issuedAt: session.issuedAt,
      expiresAt: session.expiresAt, revokedAt: session.revokedAt, updatedAt: session.issuedAt,
    },
    select: { id: true },
  });
  await insertDevice(queries, session.id, device, session.issuedAt);
  const stored = await findSession(queries, projectId, session.id);
  if (stored === null) throw new Error("a session vanished inside its own transaction");
  return stored;
}

async function updateSession(queries: Queries, projectId: ProjectId, id: SessionId, ifTokenHash: string, change: SessionChange): Promise<Session | null> {
  const { count } = await queries.prisma.session.updateMany({
    where: { id, projectId, tokenHash: ifTokenHash, revokedAt: null, expiresAt: { gt: change.at } },
    data: {
      updatedAt: change.at,
      ...(change.tokenHash === undefined ? {} : { tokenHash: change.tokenHash }),
      ...(change.methods === undefined ? {} : { methods: plain(change.methods.map(fromMethod)) }),
      ...(change.aal === undefined ? {} : { aal: change.aal }),
      ...(change.authenticatedAt === undefined ? {} : { authenticatedAt: change.authenticatedAt }),
      ...(change.expiresAt === undefined ? {} : { expiresAt: change.expiresAt }),
    },
  });
  if (count === 0) return null;
  if (change.device !== undefined) await insertDevice(queries, id, change.device, change.at);
  return await findSession(queries, projectId, id);
}

async function revoke(queries: Queries, projectId: ProjectId, identityId: IdentityId, which: { readonly id?: SessionId; readonly keep?: SessionId }, at: Date): Promise<number> {
  const { count } = await queries.prisma.session.updateMany({
    where: {
      projectId, identityId, revokedAt: null, expiresAt: { gt: at },
      ...(which.id === undefined ? {} : { id: which.id }),
      ...(which.keep === undefined ? {} : { id: { not: which.keep } }),
    },
    data: { revokedAt: at, updatedAt: at },
  });
  return count;
}

type Writes = Pick<ProjectDb, "lockSession" | "insertSession" | "updateSession" | "revokeSession" | "revokeOtherSessions">;

export function sessionWrites(queries: Queries, projectId: ProjectId): Writes {
  return {
    lockSession: (id) => lockSession(queries, projectId, id),
    insertSession: (session) => insertSession(queries, projectId, session),
    updateSession: (id, ifTokenHash, change) => updateSession(queries, projectId, id, ifTokenHash, change),
    revokeSession: async (id, identityId, at) => (await revoke(queries, projectId, identityId, { id }, at)) === 1,
    revokeOtherSessions: (identityId, keep, at) => revoke(queries, projectId, identityId, keep === null ? {} : { keep }, at),
  };
}

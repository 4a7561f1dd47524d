import { createHash } from "node:crypto";
import type { AuditActor, AuditEntry, AuditRecord } from "../model/audit";
import type { IdentityId, ProjectId, SessionId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { AuditEntry as AuditRow } from "./generated/client";
import type { ProjectDb, ProjectReads } from "./handles";
import { plain } from "./json";

/**
 * $1 project. Locks the head of the chain until the transaction ends. Not FOR UPDATE: that would wait for every
 * transaction that inserted a row pointing at the project, and two of those would wait for each other.
 */
const LOCK_HEAD: Statement = {
  name: "rung_audit_lock_head",
  text: "SELECT audit_sequence::int8::text AS sequence, audit_hash AS hash FROM project WHERE id = $1::uuid FOR NO KEY UPDATE",
};

type Link = Omit<AuditRecord, "hash">;

/** JSON with the keys of every object in order, so that the same facts are the same bytes. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** SHA-256, hex, over everything a record says and the hash of the record before it. */
function hashOf(link: Link): string {
  const { previousHash, sequence, at, action, actor, result, identityId, sessionId, ipAddress, details } = link;
  const content = plain({ previousHash, sequence, at: at.toISOString(), action, actor, result, identityId, sessionId, ipAddress, details });
  return createHash("sha256").update(canonical(content)).digest("hex");
}

export type ChainVerdict = { readonly ok: true } | { readonly ok: false; readonly sequence: number };

/**
 * Checks a run of records of one project, in any order: no gap, every hash right, every link fitting. The first record's
 * `previousHash` is taken on trust unless it is number 1. Answers the first sequence that does not hold.
 */
export function verifyAuditChain(records: readonly AuditRecord[]): ChainVerdict {
  const inOrder = [...records].sort((a, b) => a.sequence - b.sequence);
  let before: AuditRecord | null = null;
  for (const record of inOrder) {
    const expected: string = before === null ? (record.sequence === 1 ? "" : record.previousHash) : before.hash;
    const follows: boolean = before === null || record.sequence === before.sequence + 1;
    if (!follows || record.previousHash !== expected || record.hash !== hashOf(record)) return { ok: false, sequence: record.sequence };
    before = record;
  }
  return { ok: true };
}

export function toRecord(row: AuditRow): AuditRecord {
  return {
    sequence: Number(row.sequence), at: row.at, action: row.action, actor: row.actor as unknown as AuditActor,
    result: row.result === "rejected" ? "rejected" : "ok", identityId: row.identityId as IdentityId | null,
    sessionId: row.sessionId as SessionId | null, ipAddress: row.ipAddress,
    details: row.details as unknown as Readonly<Record<string, unknown>>, previousHash: row.previousHash, hash: row.hash,
  };
}

export function auditReads(queries: Queries, projectId: ProjectId): Pick<ProjectReads, "listAudit"> {
  return {
    async listAudit({ limit, before, action, identityId }) {
      const rows = await queries.prisma.auditEntry.findMany({
        where: {
          projectId,
          ...(before === undefined ? {} : { sequence: { lt: BigInt(before) } }),
          ...(action === undefined ? {} : { action }),
          ...(identityId === undefined ? {} : { identityId }),
        },
        orderBy: { sequence: "desc" },
        take: limit,
      });
      return rows.map(toRecord);
    },
  };
}

/** Appends to the chain. The last statement of a transaction: from here to the commit the project's chain is locked. */
export async function appendAudit(queries: Queries, projectId: ProjectId, entry: AuditEntry, at: Date): Promise<AuditRecord> {
  const [head] = await queries.rows<{ readonly sequence: string; readonly hash: string }>(LOCK_HEAD, [projectId]);
  if (head === undefined) throw new Error("an audit entry for a project that does not exist");
  const link: Link = {
    action: entry.action, actor: plain(entry.actor) as unknown as AuditActor, result: entry.result, identityId: entry.identityId ?? null,
    sessionId: entry.sessionId ?? null, ipAddress: entry.ipAddress ?? null,
    details: plain(entry.details ?? {}) as unknown as Readonly<Record<string, unknown>>,
    sequence: Number(head.sequence) + 1, at, previousHash: head.hash,
  };
  const record: AuditRecord = { ...link, hash: hashOf(link) };
  const sequence = BigInt(record.sequence);
  await queries.prisma.auditEntry.createMany({
    data: [{
      projectId, sequence, at, action: record.action, actor: plain(record.actor), result: record.result,
      identityId: record.identityId ?? null, sessionId: record.sessionId ?? null, ipAddress: record.ipAddress ?? null,
      details: plain(record.details), previousHash: record.previousHash, hash: record.hash,
    }],
  });
  await queries.prisma.project.updateMany({ where: { id: projectId }, data: { auditSequence: sequence, auditHash: record.hash } });
  return record;
}

export function auditWrites(queries: Queries, projectId: ProjectId): Pick<ProjectDb, "appendAudit"> {
  return { appendAudit: (entry, at) => appendAudit(queries, projectId, entry, at) };
}

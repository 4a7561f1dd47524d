import type { AuditRecord } from "../model/audit";
import type { IdentityId } from "../model/ids";
import { PART_ROWS } from "../platform/jobs";
import { identityToWire } from "../wire/identity";
import { rfc3339 } from "../wire/message";
import type { Runner } from "./runner";

/** Every person in the order of their ids, one JSON object a line: what an operator sees of them, and no secret of theirs. */
export const exportIdentities: Runner = async ({ handle, project, keep }, { part, after }) => {
  const people = await handle.listPeople({ filter: { kind: "all" }, expand: true, after: after as IdentityId | null, limit: PART_ROWS });
  const last = people.at(-1);
  if (last === undefined) return null;
  const place = { baseUrl: project.config.baseUrl };
  const lines = people.map(({ identity, credentials }) => JSON.stringify({
    ...identityToWire(identity, place), metadata_admin: identity.metadataAdmin,
    credentials: credentials.map(({ type, createdAt, lastUsedAt }) => ({
      type, created_at: rfc3339(createdAt), last_used_at: lastUsedAt === null ? null : rfc3339(lastUsedAt),
    })),
  }));
  const total = part === 0 ? { total: await handle.countPeople({ kind: "all" }) } : {};
  const cursor = { part: part + 1, after: last.identity.id };
  await keep({ done: people.length, failed: 0, cursor, output: `${lines.join("\n")}\n`, ...total });
  return cursor;
};

/** The audit chain from its newest record to its first, one JSON object a line, hashes included: whoever has it can verify it. */
export const exportAudit: Runner = async ({ handle, keep }, { part, after }) => {
  const records = await handle.listAudit({ limit: PART_ROWS, ...(after === null ? {} : { before: Number(after) }) });
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined) return null;
  const total = part === 0 ? { total: first.sequence } : {};
  const cursor = { part: part + 1, after: String(last.sequence) };
  await keep({ done: records.length, failed: 0, cursor, output: `${records.map(auditLine).join("\n")}\n`, ...total });
  return cursor;
};

function auditLine({ sequence, at, action, actor, result, identityId, sessionId, ipAddress, details, previousHash, hash }: AuditRecord): string {
  return JSON.stringify({
    sequence, at: at.toISOString(), action, actor, result, identity_id: identityId ?? null, session_id: sessionId ?? null,
    ip_address: ipAddress ?? null, details: details ?? {}, previous_hash: previousHash, hash,
  });
}

import type { AuditRecord } from "../model/audit";
import type { ProjectId } from "../model/ids";
import { addMs, MINUTE_MS } from "../model/time";
import { toRecord, verifyAuditChain } from "./audit";
import type { Queries, Statement } from "./connection";
import type { AuditQuery, AuditVerdict, ConsoleReads } from "./console-handles";
import type { AuditEntry as AuditRow } from "./generated/client";

/** Entries that one filtered page looks at. */
const LOOKED_AT_MOST = 5_000;
/** Entries checked at a time: what a verification holds in memory. */
const PART = 1_000;
/** Two servers' clocks, and the time between taking an instant and chaining the entry. */
const SLACK_MS = MINUTE_MS;
const TOP = Number.MAX_SAFE_INTEGER;

const COLUMNS = `a.project_id AS "projectId", a.sequence::text AS sequence, a.at, a.action, a.actor, a.result, a.identity_id AS "identityId",
  a.session_id AS "sessionId", a.ip_address AS "ipAddress", a.details, a.previous_hash AS "previousHash", a.hash`;

/**
 * $1 project, $2 before this sequence, $3 from this one, $4 rows to look at, $5 rows to show; the filters $6 to $12. The entries to
 * look at are picked by one index: of the person, of the action, or of the chain.
 */
function search(name: string, where: string): Statement {
  return {
    name,
    text: `WITH picked AS MATERIALIZED (
    SELECT sequence FROM audit_entry WHERE project_id = $1::uuid AND sequence < $2::bigint AND sequence >= $3::bigint ${where}
    ORDER BY sequence DESC LIMIT $4::int),
  shown AS (
    SELECT ${COLUMNS}, a.sequence AS place FROM picked p JOIN audit_entry a ON a.project_id = $1::uuid AND a.sequence = p.sequence
    WHERE ($6::uuid IS NULL OR a.identity_id = $6::uuid) AND ($7::text IS NULL OR a.action = $7::text)
      AND ($8::text IS NULL OR starts_with(a.action, $8::text)) AND ($9::text IS NULL OR a.actor ->> 'kind' = $9::text)
      AND ($10::text IS NULL OR a.actor ->> 'identityId' = $10::text) AND ($11::text IS NULL OR a.result = $11::text)
      AND ($12::timestamptz IS NULL OR a.at >= $12::timestamptz) AND ($13::timestamptz IS NULL OR a.at < $13::timestamptz)
    ORDER BY a.sequence DESC LIMIT $5::int)
  SELECT json_build_object('looked', (SELECT count(*) FROM picked), 'last', (SELECT min(sequence)::text FROM picked),
    'entries', coalesce((SELECT json_agg(to_json(w) ORDER BY w.place DESC) FROM shown w), '[]')) AS found`,
  };
}
const BY_CHAIN = search("rung_audit_search", "");
const BY_PERSON = search("rung_audit_search_person", "AND identity_id = $6::uuid");
const BY_ACTION = search("rung_audit_search_action", "AND action = $7::text");
export const AUDIT_SEARCHES = [BY_CHAIN, BY_PERSON, BY_ACTION] as const;

/** The sequences between which a span of time lies: two steps of the index by time. $1 project, $2 from, $3 until. */
const SPAN: Statement = {
  name: "rung_audit_span",
  text: `SELECT
    (SELECT sequence FROM audit_entry WHERE project_id = $1::uuid AND at >= $2::timestamptz ORDER BY at, sequence LIMIT 1)::text AS first,
    (SELECT sequence FROM audit_entry WHERE project_id = $1::uuid AND at < $3::timestamptz ORDER BY at DESC, sequence DESC LIMIT 1)::text AS last`,
};

interface Found {
  readonly looked: number;
  readonly last: string | null;
  readonly entries: readonly (Omit<AuditRow, "sequence" | "at"> & { readonly sequence: string; readonly at: string })[];
}

type Reads = Pick<ConsoleReads, "searchAudit" | "findAudit" | "auditFrom" | "auditHead" | "verifyAudit">;

export function auditSearch(queries: Queries, projectId: ProjectId): Reads {
  const span = async ({ from, until }: AuditQuery): Promise<{ readonly first: number; readonly before: number } | null> => {
    if (from === undefined && until === undefined) return { first: 0, before: TOP };
    const params = [projectId, from === undefined ? "-infinity" : addMs(from, -SLACK_MS).toISOString(), until === undefined ? "infinity" : addMs(until, SLACK_MS).toISOString()];
    const [row] = await queries.rows<{ readonly first: string | null; readonly last: string | null }>(SPAN, params);
    return row === undefined || row.first === null || row.last === null ? null : { first: Number(row.first), before: Number(row.last) + 1 };
  };
  const auditFrom = async (sequence: number, through: number, limit: number): Promise<readonly AuditRecord[]> => {
    const rows = await queries.prisma.auditEntry.findMany({
      where: { projectId, sequence: { gte: bounded(sequence), lte: bounded(through) } }, orderBy: { sequence: "asc" }, take: limit,
    });
    return rows.map(toRecord);
  };
  const auditHead = async (): Promise<{ readonly sequence: number; readonly hash: string }> => {
    const row = await queries.prisma.project.findUnique({ where: { id: projectId }, select: { auditSequence: true, auditHash: true } });
    return { sequence: Number(row?.auditSequence ?? 0), hash: row?.auditHash ?? "" };
  };
  return {
    auditFrom, auditHead,
    async findAudit(sequence) {
      if (!Number.isSafeInteger(sequence)) return null;
      const row = await queries.prisma.auditEntry.findUnique({ where: { projectId_sequence: { projectId, sequence: BigInt(sequence) } } });
      return row === null ? null : toRecord(row);
    },
    async searchAudit(query) {
      const between = await span(query);
      if (between === null) return { rows: [], next: null, looked: 0 };
      const before = Math.min(query.before ?? TOP, between.before);
      const statement = query.identityId !== undefined ? BY_PERSON : query.action !== undefined ? BY_ACTION : BY_CHAIN;
      const candidates = isPlain(query) ? query.limit + 1 : LOOKED_AT_MOST;
      const [row] = await queries.rows<{ readonly found: Found }>(statement, [
        projectId, String(before), String(between.first), candidates, query.limit + 1, query.identityId ?? null, query.action ?? null,
        query.actionPrefix ?? null, query.actorKind ?? null, query.actorId ?? null, query.result ?? null,
        query.from?.toISOString() ?? null, query.until?.toISOString() ?? null,
      ]);
      if (row === undefined) return { rows: [], next: null, looked: 0 };
      const { looked, last, entries } = row.found;
      const rows = entries.slice(0, query.limit).map((entry) => toRecord({ ...entry, sequence: BigInt(entry.sequence), at: new Date(entry.at) }));
      const more = entries.length > query.limit ? rows.at(-1)?.sequence ?? null : null;
      return { rows, next: more ?? (looked >= candidates && last !== null ? Number(last) : null), looked };
    },
    async verifyAudit(from, limit): Promise<AuditVerdict> {
      const head = await auditHead();
      const through = Math.min(head.sequence, from + limit - 1);
      // The entry before the first is taken along: a link has two ends.
      let before = from > 1 ? await auditFrom(from - 1, from - 1, 1) : [];
      if (from > 1 && before.length === 0) return { ok: false, sequence: from - 1 };
      for (let next = from; next <= through; next += PART) {
        const upTo = Math.min(next + PART - 1, through);
        const part = await auditFrom(next, upTo, PART);
        const verdict = verifyAuditChain([...before, ...part]);
        if (!verdict.ok) return verdict;
        if (part.at(-1)?.sequence !== upTo || part.length !== upTo - next + 1) return { ok: false, sequence: firstMissing(part, next) };
        before = part.slice(-1);
      }
      if (through < head.sequence) return { ok: true, from, to: through, complete: false };
      const last = before.at(-1);
      if ((last?.hash ?? "") !== head.hash) return { ok: false, sequence: head.sequence };
      // An entry behind the head was never chained.
      const [stray] = await auditFrom(head.sequence + 1, TOP, 1);
      const now = stray === undefined ? head : await auditHead();
      return stray !== undefined && now.sequence < stray.sequence ? { ok: false, sequence: stray.sequence } : { ok: true, from, to: through, complete: true };
    },
  };
}

function isPlain(query: AuditQuery): boolean {
  return query.actionPrefix === undefined && query.actorKind === undefined && query.actorId === undefined && query.result === undefined
    && query.from === undefined && query.until === undefined && (query.identityId === undefined || query.action === undefined);
}

function firstMissing(part: readonly AuditRecord[], from: number): number {
  const known = new Set(part.map(({ sequence }) => sequence));
  let sequence = from;
  while (known.has(sequence)) sequence += 1;
  return sequence;
}

function bounded(sequence: number): bigint {
  return BigInt(Math.max(0, Math.min(TOP, Math.trunc(Number.isNaN(sequence) ? 0 : sequence))));
}

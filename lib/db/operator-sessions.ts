import type { ProjectId } from "../model/ids";
import { IDENTITY, SESSION } from "./account-sql";
import type { Queries, Statement } from "./connection";
import type { OperatorReads, OperatorWrites, SessionTarget } from "./operator-handles";
import { type IdentityRow, type SessionRow, toIdentity, toSession } from "./rows";

/** Rows that one page with a filter looks at: a list of few among millions is many quick pages, never one slow one. */
const LOOKED_AT_MOST = 5_000;
const LAST_UUID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/**
 * $1 project, $2 and $3 the place to go on from, $4 active or null, $5 now, $6 rows to look at, $7 how many. Walked by the index of a
 * project's sessions, newest first.
 */
export const ALL_SESSIONS: Statement = {
  name: "rung_all_sessions",
  text: `WITH picked AS MATERIALIZED (
    SELECT s.id, s.issued_at, s.revoked_at IS NULL AND s.expires_at > $5::timestamptz AS live FROM session s
    WHERE s.project_id = $1::uuid AND (s.issued_at, s.id) < ($2::timestamptz, $3::uuid)
    ORDER BY s.issued_at DESC, s.id DESC LIMIT $6::int),
  shown AS (
    SELECT p.id, p.issued_at FROM picked p WHERE $4::boolean IS NULL OR p.live = $4::boolean
    ORDER BY p.issued_at DESC, p.id DESC LIMIT $7::int)
  SELECT json_build_object(
    'looked', (SELECT count(*)::int FROM picked),
    'last', (SELECT json_build_array(p.issued_at, p.id) FROM picked p ORDER BY p.issued_at, p.id LIMIT 1),
    'rows', coalesce((SELECT json_agg(json_build_object('session', ${SESSION}, 'identity', ${IDENTITY}) ORDER BY s.issued_at DESC, s.id DESC)
      FROM shown h JOIN session s ON s.id = h.id JOIN identity i ON i.id = s.identity_id), '[]')) AS found`,
};

/** $1 identity, $2 project, $3 active or null, $4 now, $5 limit, $6 offset. The count stands in every row, and in one when there are none. */
const SESSIONS_OF: Statement = {
  name: "rung_sessions_of",
  text: `WITH theirs AS (
    SELECT s.id, s.issued_at FROM session s
    WHERE s.identity_id = $1::uuid AND s.project_id = $2::uuid
      AND ($3::boolean IS NULL OR (s.revoked_at IS NULL AND s.expires_at > $4::timestamptz) = $3::boolean)),
  shown AS (SELECT * FROM theirs ORDER BY issued_at DESC, id DESC LIMIT $5::int OFFSET $6::bigint)
  SELECT json_build_object('total', (SELECT count(*)::int FROM theirs),
    'sessions', coalesce((SELECT json_agg(${SESSION} ORDER BY s.issued_at DESC, s.id DESC) FROM shown h JOIN session s ON s.id = h.id), '[]')) AS found`,
};

/** Which sessions a target names: $1 project, $2 ids between commas. One statement each, so that each is planned for its own index. */
const TARGETS = {
  all: "$2::text = ''",
  sessions: "s.id = ANY (string_to_array($2::text, ',')::uuid[])",
  identities: "s.identity_id = ANY (string_to_array($2::text, ',')::uuid[])",
} as const;
type TargetKind = keyof typeof TARGETS;

/** $3 at most, $4 now. */
function endStatement(kind: TargetKind): Statement {
  return {
    name: `rung_end_sessions_${kind}`,
    text: `WITH chosen AS MATERIALIZED (
    SELECT s.id FROM session s WHERE s.project_id = $1::uuid AND ${TARGETS[kind]} AND s.revoked_at IS NULL AND s.expires_at > $4::timestamptz
    LIMIT $3::int FOR UPDATE OF s)
  UPDATE session s SET revoked_at = $4::timestamptz, updated_at = $4::timestamptz FROM chosen c WHERE s.id = c.id RETURNING s.id`,
  };
}

/** $3 at most. */
function deleteStatement(kind: TargetKind): Statement {
  return {
    name: `rung_delete_sessions_${kind}`,
    text: `WITH chosen AS MATERIALIZED (SELECT s.id FROM session s WHERE s.project_id = $1::uuid AND ${TARGETS[kind]} LIMIT $3::int FOR UPDATE OF s)
  DELETE FROM session s USING chosen c WHERE s.id = c.id RETURNING s.id`,
  };
}

interface Found {
  readonly looked: number;
  readonly last: readonly [string, string] | null;
  readonly rows: readonly { readonly session: SessionRow; readonly identity: IdentityRow }[];
}

export function operatorSessionReads(queries: Queries, projectId: ProjectId): Pick<OperatorReads, "listAllSessions" | "listSessionsOf"> {
  return {
    async listAllSessions({ limit, after, active, now }) {
      const look = active === null ? limit + 1 : LOOKED_AT_MOST;
      const [row] = await queries.rows<{ readonly found: Found }>(ALL_SESSIONS, [
        projectId, after === null ? "infinity" : after.at.toISOString(), after?.id ?? LAST_UUID, active, now.toISOString(), look, limit + 1,
      ]);
      if (row === undefined) return { rows: [], next: null };
      const { looked, last, rows } = row.found;
      const shown = rows.slice(0, limit).map(({ session, identity }) => ({ session: toSession(session), identity: toIdentity(identity) }));
      const end = shown.at(-1);
      if (rows.length > limit && end !== undefined) return { rows: shown, next: { at: end.session.issuedAt, id: end.session.id } };
      return { rows: shown, next: looked >= look && last !== null ? { at: new Date(last[0]), id: last[1] } : null };
    },
    async listSessionsOf(identityId, { limit, offset, active, now }) {
      const [row] = await queries.rows<{ readonly found: { readonly total: number; readonly sessions: readonly SessionRow[] } }>(
        SESSIONS_OF, [identityId, projectId, active, now.toISOString(), limit, offset],
      );
      return row === undefined ? { sessions: [], total: 0 } : { sessions: row.found.sessions.map(toSession), total: row.found.total };
    },
  };
}

export function operatorSessionWrites(queries: Queries, projectId: ProjectId): OperatorWrites {
  return {
    async endSessions(target, limit, at) {
      const { kind, ids } = targeted(target);
      return (await queries.rows(endStatement(kind), [projectId, ids, limit, at.toISOString()])).length;
    },
    async deleteSessions(target, limit) {
      const { kind, ids } = targeted(target);
      return (await queries.rows(deleteStatement(kind), [projectId, ids, limit])).length;
    },
  };
}

function targeted(target: SessionTarget): { readonly kind: TargetKind; readonly ids: string } {
  if (target === "all") return { kind: "all", ids: "" };
  return "sessions" in target ? { kind: "sessions", ids: target.sessions.join(",") } : { kind: "identities", ids: target.identities.join(",") };
}

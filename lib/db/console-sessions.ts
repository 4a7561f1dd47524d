import type { JsonObject } from "../model/identity";
import type { ProjectId } from "../model/ids";
import { SESSION } from "./account-sql";
import type { Queries, Statement } from "./connection";
import type { ConsoleReads, PageKey } from "./console-handles";
import { timeKey } from "./page-key";
import { type SessionRow, toSession } from "./rows";

/** Rows that one page looks at: sessions that ended stay a while, between those that live. */
const LOOKED_AT_MOST = 2_000;

/**
 * $1 project, $2 and $3 the place to go on from, $4 now, $5 level or null, $6 how many, $7 rows to look at. The newest first, walked
 * by the index of a project's sessions; what ended is passed over.
 */
export const LIVE_SESSIONS_OF_PROJECT: Statement = {
  name: "rung_live_sessions_of_project",
  text: `WITH picked AS MATERIALIZED (
    SELECT id, issued_at, row_number() OVER (ORDER BY issued_at DESC, id DESC) AS place FROM (
      SELECT id, issued_at FROM session
      WHERE project_id = $1::uuid AND (issued_at, id) < ($2::timestamptz, $3::uuid)
      ORDER BY issued_at DESC, id DESC LIMIT $7::int) newest),
  live AS (
    SELECT p.place, s.id FROM picked p JOIN session s ON s.id = p.id
    WHERE s.revoked_at IS NULL AND s.expires_at > $4::timestamptz AND ($5::text IS NULL OR s.aal = $5::text)
    ORDER BY p.place LIMIT $6::int)
  SELECT json_build_object(
    'looked', (SELECT count(*) FROM picked),
    'last', (SELECT json_build_array(to_char(p.issued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), p.id) FROM picked p ORDER BY p.place DESC LIMIT 1),
    'sessions', coalesce((SELECT json_agg(json_build_object('session', ${SESSION}, 'traits', i.traits,
        'address', coalesce((SELECT a.value FROM verifiable_address a WHERE a.identity_id = i.id ORDER BY a.created_at, a.value LIMIT 1),
          (SELECT a.value FROM recovery_address a WHERE a.identity_id = i.id ORDER BY a.created_at, a.value LIMIT 1))) ORDER BY l.place)
      FROM live l JOIN session s ON s.id = l.id JOIN identity i ON i.id = s.identity_id), '[]')) AS found`,
};

interface Found {
  readonly looked: number;
  readonly last: PageKey | null;
  readonly sessions: readonly { readonly session: SessionRow; readonly traits: JsonObject; readonly address: string | null }[];
}

export function liveSessionParams(projectId: ProjectId, query: Parameters<ConsoleReads["liveSessionsPage"]>[0]): readonly unknown[] {
  const [at, id] = timeKey(query.after);
  return [projectId, at, id, query.now.toISOString(), query.aal ?? null, query.limit + 1, LOOKED_AT_MOST];
}

export function sessionLists(queries: Queries, projectId: ProjectId): Pick<ConsoleReads, "liveSessionsPage"> {
  return {
    async liveSessionsPage(query) {
      const [row] = await queries.rows<{ readonly found: Found }>(LIVE_SESSIONS_OF_PROJECT, liveSessionParams(projectId, query));
      if (row === undefined) return { rows: [], next: null, looked: 0 };
      const { looked, last, sessions } = row.found;
      const rows = sessions.slice(0, query.limit).map(({ session, traits, address }) => ({ session: toSession(session), traits, address }));
      const shown = rows.at(-1);
      const more: PageKey | null = sessions.length > query.limit && shown !== undefined ? [shown.session.issuedAt.toISOString(), shown.session.id] : null;
      return { rows, next: more ?? (looked >= LOOKED_AT_MOST ? last : null), looked };
    },
  };
}

import type { Queries, Statement } from "./connection";
import type { PlatformDb } from "./handles";

/**
 * $1 project, $2 second-factor types, $3 now. A person counts as having a second factor while one of these types is not
 * disabled and, for recovery codes, a code is left.
 */
const COUNT: Statement = {
  name: "rung_adoption",
  text: `WITH owners AS (
    SELECT DISTINCT c.identity_id FROM credential c
    WHERE c.project_id = $1::uuid AND c.type = ANY($2::text[])
      AND (c.type <> 'lookup_secret' OR EXISTS (SELECT 1 FROM lookup_code l WHERE l.credential_id = c.id AND l.used_at IS NULL))),
  live AS (
    SELECT s.aal, s.identity_id FROM session s
    WHERE s.project_id = $1::uuid AND s.revoked_at IS NULL AND s.expires_at > $3::timestamptz)
  SELECT
    (SELECT count(*) FROM identity i WHERE i.project_id = $1::uuid AND i.state = 'active')::int AS people,
    (SELECT count(*) FROM owners JOIN identity i ON i.id = owners.identity_id AND i.state = 'active')::int AS with_second_factor,
    (SELECT count(*) FROM live)::int AS live_sessions,
    (SELECT count(*) FROM live JOIN owners USING (identity_id) WHERE live.aal <> 'aal2')::int AS live_sessions_to_ask`,
};

interface CountRow {
  readonly people: number;
  readonly with_second_factor: number;
  readonly live_sessions: number;
  readonly live_sessions_to_ask: number;
}

export function adoptionReads(queries: Queries): Pick<PlatformDb, "countAdoption"> {
  return {
    async countAdoption(projectId, secondFactorTypes, now) {
      const [row] = await queries.rows<CountRow>(COUNT, [projectId, [...secondFactorTypes], now.toISOString()]);
      return {
        people: row?.people ?? 0, withSecondFactor: row?.with_second_factor ?? 0, liveSessions: row?.live_sessions ?? 0,
        liveSessionsToAsk: row?.live_sessions_to_ask ?? 0,
      };
    },
  };
}

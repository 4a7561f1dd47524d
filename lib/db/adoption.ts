import type { ProjectId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { PlatformDb } from "./handles";

/*
 * Everybody is counted in parts of so many rows, each a statement of its own: none takes longer than a statement may, and other requests
 * come in between. Credentials of a part's people are read in one stretch of the index by type.
 */
const PART = 20_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** Who comes without a password by an import has the row of one, without a hash: nobody's password. */
const IS_THERE = "(c.type <> 'password' OR c.config->>'hash' <> '')";

/** Credentials of a type that count: not a set of recovery codes without any left. Asked row by row. */
const COUNTS = "(c.type <> 'lookup_secret' OR (SELECT true FROM lookup_code l WHERE l.credential_id = c.id AND l.used_at IS NULL LIMIT 1) IS NOT NULL)";

/** $1 project, $2 id to go on after, $3 how many, $4 types. Active people of this part, those with any of the types, and those with each. */
export const PEOPLE_PART: Statement = {
  name: "rung_adoption_people",
  text: `WITH part AS MATERIALIZED (SELECT id, state FROM identity WHERE project_id = $1::uuid AND id > $2::uuid ORDER BY id LIMIT $3::int),
  edge AS MATERIALIZED (SELECT id FROM part ORDER BY id DESC LIMIT 1),
  owned AS MATERIALIZED (
    SELECT c.type, c.identity_id, ${COUNTS} AS counts FROM credential c
    WHERE c.project_id = $1::uuid AND c.type = ANY($4::text[]) AND c.identity_id > $2::uuid AND c.identity_id <= (SELECT id FROM edge) AND ${IS_THERE}),
  active AS MATERIALIZED (SELECT o.* FROM owned o JOIN part p ON p.id = o.identity_id WHERE p.state = 'active')
  SELECT (SELECT count(*)::int FROM part) AS looked, (SELECT id::text FROM edge) AS last,
    (SELECT count(*)::int FROM part WHERE state = 'active') AS people,
    (SELECT count(DISTINCT identity_id)::int FROM active WHERE counts) AS "withAny",
    coalesce((SELECT json_object_agg(g.type, g.people) FROM (SELECT type, count(DISTINCT identity_id)::int AS people FROM active GROUP BY type) g), '{}') AS "withEach"`,
};
interface PeoplePart {
  readonly looked: number;
  readonly last: string | null;
  readonly people: number;
  readonly withAny: number;
  readonly withEach: Readonly<Record<string, number>>;
}

/** $1 project, $2 types, $3 now, $4 and $5 end and id of the session to go on after, $6 how many. */
export const SESSIONS_PART: Statement = {
  name: "rung_adoption_sessions",
  text: `WITH part AS MATERIALIZED (
    SELECT id, aal, identity_id, revoked_at, expires_at FROM session
    WHERE project_id = $1::uuid AND expires_at > $3::timestamptz AND expires_at >= $4::timestamptz AND (expires_at, id) > ($4::timestamptz, $5::uuid)
    ORDER BY expires_at, id LIMIT $6::int)
  SELECT (SELECT count(*)::int FROM part) AS looked,
    (SELECT json_build_array(to_char(p.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), p.id) FROM part p ORDER BY p.expires_at DESC, p.id DESC LIMIT 1) AS last,
    (SELECT count(*)::int FROM part WHERE revoked_at IS NULL) AS live,
    (SELECT count(*)::int FROM part p WHERE p.revoked_at IS NULL AND p.aal <> 'aal2' AND (
      SELECT true FROM credential c WHERE c.identity_id = p.identity_id AND c.type = ANY($2::text[]) AND ${COUNTS} LIMIT 1) IS NOT NULL) AS asked`,
};
interface SessionsPart {
  readonly looked: number;
  readonly last: readonly [string, string] | null;
  readonly live: number;
  readonly asked: number;
}

export function adoptionReads(queries: Queries): Pick<PlatformDb, "countAdoption" | "countOwners"> {
  const people = async (projectId: ProjectId, types: readonly string[], progress?: (people: number) => void) => {
    const sum = { people: 0, withAny: 0, withEach: new Map<string, number>(types.map((type) => [type, 0])) };
    for (let [after, looked] = [FIRST_ID, 0]; ;) {
      const [part] = await queries.rows<PeoplePart>(PEOPLE_PART, [projectId, after, PART, [...types]]);
      looked += part?.looked ?? 0;
      progress?.(looked);
      if (part === undefined || part.last === null) return sum;
      sum.people += part.people;
      sum.withAny += part.withAny;
      for (const [type, many] of Object.entries(part.withEach)) sum.withEach.set(type, (sum.withEach.get(type) ?? 0) + many);
      if (part.looked < PART) return sum;
      after = part.last;
    }
  };
  const sessions = async (projectId: ProjectId, types: readonly string[], now: Date) => {
    const sum = { live: 0, asked: 0 };
    for (let after: readonly [string, string] = [now.toISOString(), FIRST_ID]; ;) {
      const [part] = await queries.rows<SessionsPart>(SESSIONS_PART, [projectId, [...types], now.toISOString(), ...after, PART]);
      if (part === undefined || part.last === null) return sum;
      sum.live += part.live;
      sum.asked += part.asked;
      if (part.looked < PART) return sum;
      after = part.last;
    }
  };
  return {
    async countAdoption(projectId, secondFactorTypes, now, progress) {
      const counted = await people(projectId, secondFactorTypes, progress);
      const { live, asked } = await sessions(projectId, secondFactorTypes, now);
      return { people: counted.people, withSecondFactor: counted.withAny, liveSessions: live, liveSessionsToAsk: asked };
    },
    async countOwners(projectId, types, progress) {
      return (await people(projectId, types, progress)).withEach;
    },
  };
}

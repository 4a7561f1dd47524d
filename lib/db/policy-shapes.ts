import type { AuthenticationMethod } from "../model/assurance";
import type { IdentityId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { PolicyDb, SessionShape, SubjectShape } from "./policy-handles";

/*
 * People and sessions in groups that no decision can tell apart. What the factors look at of a credential
 * (lib/factors, `count` and `usable`) is in its key, so one person's credentials stand for everybody's with the same key;
 * a property test (lib/platform/impact.test.ts) holds the groups against each session judged alone.
 */

/** Whether there is such a row, asked row by row: EXISTS may be answered by reading its whole table into memory first, part after part. */
const there = (rows: string): string => `((SELECT true FROM ${rows} LIMIT 1) IS NOT NULL)`;

/** What a factor can see of a credential `c`: nothing of it differs within one key. */
const CREDENTIAL_FACT = `c.type || CASE c.type
    WHEN 'password' THEN '+' || (coalesce(c.config->>'hash', '') <> '')::int || ${there("credential_identifier n WHERE n.credential_id = c.id")}::int
      || (coalesce(c.config->>'hash', '') LIKE '$rung-%')::int
    WHEN 'lookup_secret' THEN '+' || ${there("lookup_code l WHERE l.credential_id = c.id AND l.used_at IS NULL")}::int
    WHEN 'webauthn' THEN '+' || coalesce(c.config->>'passwordless', '') || coalesce(c.config->>'verifiesUser', '') || (c.config->>'clonedAt' IS NOT NULL)::int
    WHEN 'passkey' THEN '+' || coalesce(c.config->>'passwordless', '') || coalesce(c.config->>'verifiesUser', '') || (c.config->>'clonedAt' IS NOT NULL)::int
    WHEN 'oidc' THEN '+' || coalesce(c.config->>'provider', '')
      || ${there("credential_identifier n WHERE n.credential_id = c.id AND n.identifier = (c.config->>'provider') || ':' || (c.config->>'subject')")}::int
    WHEN 'code' THEN '+' || coalesce((SELECT string_agg(DISTINCT a->>'via', '/' ORDER BY a->>'via')
      FROM jsonb_array_elements(CASE jsonb_typeof(c.config->'addresses') WHEN 'array' THEN c.config->'addresses' ELSE '[]' END) a
      WHERE a->>'via' IN ('email', 'sms') AND coalesce(a->>'value', '') <> ''), '')
    ELSE '' END`;

/**
 * The key of identity `i`: the facts of their credentials, and whether an address can stand in for a missing code credential. Looked
 * up by index, person by person: joins of whole sets are planned badly while a table has no statistics yet.
 */
const SUBJECT_KEY = `coalesce((SELECT string_agg(DISTINCT ${CREDENTIAL_FACT}, ' ' ORDER BY ${CREDENTIAL_FACT}) FROM credential c WHERE c.identity_id = i.id), '')
  || CASE WHEN ${there("verifiable_address v WHERE v.identity_id = i.id")} THEN '@' ELSE '' END`;

/*
 * Everybody is read in parts of so many rows, each a statement of its own: none takes longer than a statement may, and other requests
 * come in between. So the groups are of some moments, not of one instant; the times of sessions are measured from one.
 */
const PART = 5_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** $1 project, $2 id to go on after, $3 how many. */
export const SUBJECT_SHAPES: Statement = {
  name: "rung_subject_shapes",
  text: `WITH part AS MATERIALIZED (SELECT id, state FROM identity WHERE project_id = $1::uuid AND id > $2::uuid ORDER BY id LIMIT $3::int),
  subject AS MATERIALIZED (SELECT i.id, ${SUBJECT_KEY} AS key FROM part i WHERE i.state = 'active')
  SELECT (SELECT count(*)::int FROM part) AS looked, (SELECT p.id::text FROM part p ORDER BY p.id DESC LIMIT 1) AS last,
    coalesce((SELECT json_agg(g) FROM (SELECT s.key, min(s.id::text) AS sample, count(*)::int AS people FROM subject s GROUP BY s.key) g), '[]') AS shapes`,
};

/** How many people of a shape are told by their id. */
const SAMPLES = 25;

/** Whole milliseconds before $2. */
const age = (instant: string): string => `round(extract(epoch FROM ($2::timestamptz - ${instant})) * 1000)::float8`;

/**
 * $1 project, $2 now, $3 ages of proofs, $4 ages of sessions, all in milliseconds; $5 and $6 end and id of the session to go on after,
 * $7 how many. "Older than the limit" begins one millisecond after it, as in decideAccess. Of equal methods only the newest can decide.
 */
export const SESSION_SHAPES: Statement = {
  name: "rung_session_shapes",
  text: `WITH part AS MATERIALIZED (
    SELECT id, identity_id, aal, issued_at, expires_at, revoked_at, methods FROM session
    WHERE project_id = $1::uuid AND expires_at > $2::timestamptz AND expires_at >= $5::timestamptz AND (expires_at, id) > ($5::timestamptz, $6::uuid)
    ORDER BY expires_at, id LIMIT $7::int),
  live AS MATERIALIZED (
    SELECT s.identity_id, (SELECT ${SUBJECT_KEY} FROM identity i WHERE i.id = s.identity_id AND i.state = 'active') AS subject, s.aal, width_bucket(${age("s.issued_at")}, $4::float8[]) AS age, coalesce((
      SELECT json_agg(json_build_array(m.method, m.aal, m.enrolled, m.age) ORDER BY m.method, m.aal, m.enrolled)::text FROM (
        SELECT e->>'method' AS method, e->>'aal' AS aal, (coalesce(e->>'enrolled', '') = 'true') AS enrolled,
          width_bucket(min(${age("(e->>'completedAt')::timestamptz")}), $3::float8[]) AS age
        FROM jsonb_array_elements(s.methods) e GROUP BY 1, 2, 3) m), '[]') AS methods
    FROM part s WHERE s.revoked_at IS NULL)
  SELECT (SELECT count(*)::int FROM part) AS looked,
    (SELECT json_build_array(to_char(p.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), p.id) FROM part p ORDER BY p.expires_at DESC, p.id DESC LIMIT 1) AS last,
    coalesce((SELECT json_agg(g) FROM (
      SELECT l.methods, l.aal AS level, l.age, l.subject, count(*)::int AS sessions, (array_agg(DISTINCT l.identity_id::text))[1:${SAMPLES}] AS samples
      FROM live l WHERE l.subject IS NOT NULL GROUP BY 1, 2, 3, 4) g), '[]') AS shapes`,
};
interface Part<Last, Shape> {
  readonly looked: number;
  readonly last: Last | null;
  readonly shapes: readonly Shape[];
}
interface SessionShapeRow {
  readonly methods: string;
  readonly level: string;
  readonly age: number;
  readonly subject: string;
  readonly sessions: number;
  readonly samples: readonly IdentityId[];
}
type PackedMethod = readonly [method: AuthenticationMethod["method"], aal: "aal1" | "aal2", enrolled: boolean, age: number];

type Reads = Pick<PolicyDb, "listShapes">;

export function policyShapes(queries: Queries): Reads {
  return {
    async listShapes(projectId, { now, proofAges, sessionAges, progress }) {
      const past = (ages: readonly number[]): readonly number[] => ages.map((ms) => ms + 1);
      const subjects = new Map<string, SubjectShape>();
      for (let [after, people] = [FIRST_ID, 0]; ;) {
        const [part] = await queries.rows<Part<string, SubjectShape>>(SUBJECT_SHAPES, [projectId, after, PART]);
        for (const shape of part?.shapes ?? []) addSubject(subjects, shape);
        people += part?.looked ?? 0;
        progress?.(people);
        if (part === undefined || part.last === null || part.looked < PART) break;
        after = part.last;
      }
      const sessions = new Map<string, SessionShapeRow>();
      for (let after: readonly [string, string] = [now.toISOString(), FIRST_ID]; ;) {
        const [part] = await queries.rows<Part<readonly [string, string], SessionShapeRow>>(SESSION_SHAPES, [projectId, now.toISOString(), past(proofAges), past(sessionAges), ...after, PART]);
        for (const shape of part?.shapes ?? []) addSessions(sessions, shape);
        if (part === undefined || part.last === null || part.looked < PART) break;
        after = part.last;
      }
      return { subjects: mostFirst([...subjects.values()], ({ people }) => people), sessions: mostFirst([...sessions.values()], (row) => row.sessions).map(toShape) };
    },
  };
}

function addSubject(known: Map<string, SubjectShape>, shape: SubjectShape): void {
  const old = known.get(shape.key);
  known.set(shape.key, old === undefined ? shape : { ...old, people: old.people + shape.people });
}

function addSessions(known: Map<string, SessionShapeRow>, shape: SessionShapeRow): void {
  const key = JSON.stringify([shape.methods, shape.level, shape.age, shape.subject]);
  const old = known.get(key);
  if (old === undefined) known.set(key, shape);
  else known.set(key, { ...old, sessions: old.sessions + shape.sessions, samples: [...new Set([...old.samples, ...shape.samples])].sort().slice(0, SAMPLES) });
}

function mostFirst<Row>(rows: readonly Row[], many: (row: Row) => number): readonly Row[] {
  return [...rows].sort((a, b) => many(b) - many(a));
}

function toShape(row: SessionShapeRow): SessionShape {
  const methods = (JSON.parse(row.methods) as readonly PackedMethod[]).map(([method, aal, enrolled, ageBucket]) => ({
    method, aal, ageBucket, ...(enrolled ? { enrolled: true as const } : {}),
  }));
  return { methods, level: row.level, ageBucket: row.age, subject: row.subject, sessions: row.sessions, samples: row.samples };
}

import type { AuthenticationMethod } from "../model/assurance";
import type { IdentityId, SessionId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { PersonOfShape, PolicyDb, SessionShape, SubjectShape } from "./policy-handles";

/*
 * People and sessions in groups that no decision can tell apart. What the factors look at of a credential
 * (lib/factors, `count` and `usable`) is in its key, so one person's credentials stand for everybody's with the same key;
 * a property test (lib/platform/impact.test.ts) holds the groups against each session judged alone.
 */

/** What a factor can see of a credential `c`: nothing of it differs within one key. */
const CREDENTIAL_FACT = `c.type || CASE c.type
    WHEN 'password' THEN '+' || (coalesce(c.config->>'hash', '') <> '')::int || EXISTS (SELECT 1 FROM credential_identifier n WHERE n.credential_id = c.id)::int
      || (coalesce(c.config->>'hash', '') LIKE '$rung-%')::int
    WHEN 'lookup_secret' THEN '+' || EXISTS (SELECT 1 FROM lookup_code l WHERE l.credential_id = c.id AND l.used_at IS NULL)::int
    WHEN 'webauthn' THEN '+' || coalesce(c.config->>'passwordless', '') || coalesce(c.config->>'verifiesUser', '') || (c.config->>'clonedAt' IS NOT NULL)::int
    WHEN 'passkey' THEN '+' || coalesce(c.config->>'passwordless', '') || coalesce(c.config->>'verifiesUser', '') || (c.config->>'clonedAt' IS NOT NULL)::int
    WHEN 'oidc' THEN '+' || coalesce(c.config->>'provider', '')
      || EXISTS (SELECT 1 FROM credential_identifier n WHERE n.credential_id = c.id AND n.identifier = (c.config->>'provider') || ':' || (c.config->>'subject'))::int
    WHEN 'code' THEN '+' || coalesce((SELECT string_agg(DISTINCT a->>'via', '/' ORDER BY a->>'via')
      FROM jsonb_array_elements(CASE jsonb_typeof(c.config->'addresses') WHEN 'array' THEN c.config->'addresses' ELSE '[]' END) a
      WHERE a->>'via' IN ('email', 'sms') AND coalesce(a->>'value', '') <> ''), '')
    ELSE '' END`;

/**
 * The key of identity `i`: the facts of their credentials, and whether an address can stand in for a missing code credential. Looked
 * up by index, person by person: joins of whole sets are planned badly while a table has no statistics yet.
 */
const SUBJECT_KEY = `coalesce((SELECT string_agg(DISTINCT ${CREDENTIAL_FACT}, ' ' ORDER BY ${CREDENTIAL_FACT}) FROM credential c WHERE c.identity_id = i.id), '')
  || CASE WHEN EXISTS (SELECT 1 FROM verifiable_address v WHERE v.identity_id = i.id) THEN '@' ELSE '' END`;

/** People of $1 who administer: by themselves in the console project, by an address they share with an admin elsewhere. */
const ADMINS = `administering AS MATERIALIZED (
  SELECT i.id AS identity_id, a.identity_id AS admin_id, a.role FROM admin a JOIN identity i ON i.id = a.identity_id WHERE i.project_id = $1::uuid
  UNION
  SELECT v.identity_id, a.identity_id, a.role FROM admin a
  JOIN verifiable_address o ON o.identity_id = a.identity_id
  JOIN verifiable_address v ON v.project_id = $1::uuid AND v.via = o.via AND v.value = o.value)`;

/** $1 project. */
const SUBJECT_SHAPES: Statement = {
  name: "rung_subject_shapes",
  text: `WITH subject AS MATERIALIZED (SELECT i.id, ${SUBJECT_KEY} AS key FROM identity i WHERE i.project_id = $1::uuid AND i.state = 'active')
  SELECT s.key, min(s.id::text) AS sample, count(*)::int AS people FROM subject s GROUP BY s.key ORDER BY count(*) DESC, s.key`,
};

/** How many people of a shape are told by their id. */
const SAMPLES = 25;

/** Whole milliseconds before $2. */
const age = (instant: string): string => `round(extract(epoch FROM ($2::timestamptz - ${instant})) * 1000)::float8`;

/**
 * $1 project, $2 now, $3 ages of proofs, $4 ages of sessions, all in milliseconds. "Older than the limit" begins one millisecond
 * after it, as in decideAccess. Of equal methods only the newest can decide.
 */
const SESSION_SHAPES: Statement = {
  name: "rung_session_shapes",
  text: `WITH live AS MATERIALIZED (
    SELECT s.identity_id, (SELECT ${SUBJECT_KEY} FROM identity i WHERE i.id = s.identity_id AND i.state = 'active') AS subject, s.aal, width_bucket(${age("s.issued_at")}, $4::float8[]) AS age, coalesce((
      SELECT json_agg(json_build_array(m.method, m.aal, m.enrolled, m.age) ORDER BY m.method, m.aal, m.enrolled)::text FROM (
        SELECT e->>'method' AS method, e->>'aal' AS aal, (coalesce(e->>'enrolled', '') = 'true') AS enrolled,
          width_bucket(min(${age("(e->>'completedAt')::timestamptz")}), $3::float8[]) AS age
        FROM jsonb_array_elements(s.methods) e GROUP BY 1, 2, 3) m), '[]') AS methods
    FROM session s WHERE s.project_id = $1::uuid AND s.revoked_at IS NULL AND s.expires_at > $2::timestamptz)
  SELECT l.methods, l.aal AS level, l.age, l.subject, count(*)::int AS sessions,
    (array_agg(DISTINCT l.identity_id::text))[1:${SAMPLES}] AS samples
  FROM live l WHERE l.subject IS NOT NULL
  GROUP BY 1, 2, 3, 4 ORDER BY count(*) DESC, 1, 4`,
};
interface SessionShapeRow {
  readonly methods: string;
  readonly level: string;
  readonly age: number;
  readonly subject: string;
  readonly sessions: number;
  readonly samples: readonly IdentityId[];
}
type PackedMethod = readonly [method: AuthenticationMethod["method"], aal: "aal1" | "aal2", enrolled: boolean, age: number];

/** $1 project, $2 now, $3 beginning of an address as a LIKE pattern, $4 limit, $5 ids or null. */
const PEOPLE: Statement = {
  name: "rung_people_with_sessions",
  text: `WITH ${ADMINS}
  SELECT i.id, coalesce(v.value, i.id::text) AS address, s.id AS session_id, (i.id IN (SELECT identity_id FROM administering)) AS is_admin
  FROM identity i
  LEFT JOIN LATERAL (SELECT a.value FROM verifiable_address a WHERE a.identity_id = i.id ORDER BY a.created_at, a.value LIMIT 1) v ON true
  LEFT JOIN LATERAL (SELECT t.id FROM session t WHERE t.identity_id = i.id AND t.project_id = i.project_id AND t.revoked_at IS NULL
    AND t.expires_at > $2::timestamptz ORDER BY t.issued_at DESC, t.id LIMIT 1) s ON true
  WHERE i.project_id = $1::uuid AND i.state = 'active' AND ($5::uuid[] IS NULL OR i.id = ANY($5::uuid[]))
    AND ($5::uuid[] IS NOT NULL OR s.id IS NOT NULL OR $3 <> '%')
    AND ($3 = '%' OR EXISTS (SELECT 1 FROM verifiable_address b WHERE b.identity_id = i.id AND b.value LIKE $3))
  ORDER BY address, i.id LIMIT $4::int`,
};

const ADMINS_AMONG: Statement = {
  name: "rung_admins_among",
  text: `WITH ${ADMINS} SELECT identity_id, admin_id, role FROM administering ORDER BY role, identity_id`,
};

/** $1 project, $2 type. */
const PEOPLE_WITH: Statement = {
  name: "rung_people_with_type",
  text: `SELECT count(DISTINCT c.identity_id)::int AS people FROM credential c JOIN identity i ON i.id = c.identity_id
  WHERE c.project_id = $1::uuid AND c.type = $2 AND i.state = 'active'`,
};

type Reads = Pick<PolicyDb, "listShapes" | "listPeopleWithSessions" | "listAdminsAmong" | "countPeopleWith">;

export function policyShapes(queries: Queries): Reads {
  return {
    async listShapes(projectId, { now, proofAges, sessionAges }) {
      const past = (ages: readonly number[]): readonly number[] => ages.map((ms) => ms + 1);
      const subjects = await queries.rows<SubjectShape>(SUBJECT_SHAPES, [projectId]);
      const rows = await queries.rows<SessionShapeRow>(SESSION_SHAPES, [projectId, now.toISOString(), past(proofAges), past(sessionAges)]);
      return { subjects, sessions: rows.map(toShape) };
    },
    async listPeopleWithSessions(projectId, { prefix, limit, now, ids }) {
      const pattern = `${prefix.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
      const rows = await queries.rows<{ readonly id: IdentityId; readonly address: string; readonly session_id: SessionId | null; readonly is_admin: boolean }>(
        PEOPLE, [projectId, now.toISOString(), pattern, limit, ids === undefined ? null : [...ids]]);
      return rows.map((row): PersonOfShape => ({ identityId: row.id, address: row.address, sessionId: row.session_id, isAdmin: row.is_admin }));
    },
    async listAdminsAmong(projectId) {
      const rows = await queries.rows<{ readonly identity_id: IdentityId; readonly admin_id: IdentityId; readonly role: string }>(ADMINS_AMONG, [projectId]);
      return rows.map((row) => ({ identityId: row.identity_id, adminId: row.admin_id, role: row.role === "owner" ? "owner" : "support" }));
    },
    async countPeopleWith(projectId, type) {
      const [row] = await queries.rows<{ readonly people: number }>(PEOPLE_WITH, [projectId, type]);
      return row?.people ?? 0;
    },
  };
}

function toShape(row: SessionShapeRow): SessionShape {
  const methods = (JSON.parse(row.methods) as readonly PackedMethod[]).map(([method, aal, enrolled, ageBucket]) => ({
    method, aal, ageBucket, ...(enrolled ? { enrolled: true as const } : {}),
  }));
  return { methods, level: row.level, ageBucket: row.age, subject: row.subject, sessions: row.sessions, samples: row.samples };
}

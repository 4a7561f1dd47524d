import type { IdentityId, SessionId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { PersonOfShape, PolicyDb } from "./policy-handles";

/** People of $1 who administer: by themselves in the console project, by an address they share with an admin elsewhere. Admins are few: each is looked up. */
const ADMINS = `administering AS MATERIALIZED (
  SELECT i.id AS identity_id, a.identity_id AS admin_id, a.role FROM admin a
  CROSS JOIN LATERAL (SELECT p.id FROM identity p WHERE p.id = a.identity_id AND p.project_id = $1::uuid LIMIT 1) i
  UNION
  SELECT v.identity_id, a.identity_id, a.role FROM admin a
  CROSS JOIN LATERAL (SELECT x.via, x.value FROM verifiable_address x WHERE x.identity_id = a.identity_id OFFSET 0) o
  CROSS JOIN LATERAL (SELECT y.identity_id FROM verifiable_address y WHERE y.project_id = $1::uuid AND y.via = o.via AND y.value = o.value LIMIT 1) v)`;

/** Rows of each index that a search by the beginning of an address looks at: what it costs does not grow with how many fit. */
const LOOKED_AT_MOST = 500;

/** People who may be meant, at most so many: by id, or by the beginning of an address or of what they sign in with ($3). */
const CANDIDATES = {
  ids: "SELECT unnest($3::uuid[]) AS id",
  // The operators of the prefix index, whatever the collation. Addresses are walked in the database's own order, from the prefix on.
  prefix: `SELECT c.identity_id AS id FROM (
      SELECT n.credential_id FROM credential_identifier n
      WHERE n.project_id = $1::uuid AND n.identifier ~>=~ $3::text AND n.identifier ~<~ ($3::text || chr(1114111)) AND n.type IN ('password', 'code')
      ORDER BY n.identifier USING ~<~ LIMIT ${String(LOOKED_AT_MOST)}) k JOIN credential c ON c.id = k.credential_id
    ${(["email", "sms"] as const).map((via) => `UNION SELECT k.identity_id FROM (
      SELECT a.identity_id, a.value FROM verifiable_address a WHERE a.project_id = $1::uuid AND a.via = '${via}' AND a.value >= $3::text
      ORDER BY a.value LIMIT ${String(LOOKED_AT_MOST)}) k WHERE starts_with(k.value, $3::text)`).join(" ")}`,
} as const;

/** $1 project, $2 now, $4 limit. */
function people(kind: keyof typeof CANDIDATES): Statement {
  return {
    name: `rung_people_with_sessions_by_${kind}`,
    text: `WITH ${ADMINS},
  candidate AS MATERIALIZED (${CANDIDATES[kind]})
  SELECT i.id, coalesce(v.value, i.id::text) AS address, s.id AS session_id, (i.id IN (SELECT identity_id FROM administering)) AS is_admin
  FROM candidate k
  CROSS JOIN LATERAL (SELECT p.id, p.project_id FROM identity p WHERE p.id = k.id AND p.project_id = $1::uuid AND p.state = 'active' LIMIT 1) i
  LEFT JOIN LATERAL (SELECT a.value FROM verifiable_address a WHERE a.identity_id = i.id ORDER BY a.created_at, a.value LIMIT 1) v ON true
  LEFT JOIN LATERAL (SELECT t.id FROM session t WHERE t.identity_id = i.id AND t.project_id = i.project_id AND t.revoked_at IS NULL
    AND t.expires_at > $2::timestamptz ORDER BY t.issued_at DESC, t.id LIMIT 1) s ON true
  ORDER BY address, i.id LIMIT $4::int`,
  };
}
export const PEOPLE_BY_IDS = people("ids");
export const PEOPLE_BY_PREFIX = people("prefix");

/** $1 project. */
const ADMINS_AMONG: Statement = {
  name: "rung_admins_among",
  text: `WITH ${ADMINS} SELECT identity_id, admin_id, role FROM administering ORDER BY role, identity_id`,
};

interface PersonRow {
  readonly id: IdentityId;
  readonly address: string;
  readonly session_id: SessionId | null;
  readonly is_admin: boolean;
}

export function policyPeople(queries: Queries): Pick<PolicyDb, "listPeopleWithSessions" | "listAdminsAmong"> {
  return {
    async listPeopleWithSessions(projectId, { limit, now, ...of }) {
      const rows = "ids" in of
        ? await queries.rows<PersonRow>(PEOPLE_BY_IDS, [projectId, now.toISOString(), [...of.ids], limit])
        : await queries.rows<PersonRow>(PEOPLE_BY_PREFIX, [projectId, now.toISOString(), of.prefix.toLowerCase(), limit]);
      return rows.map((row): PersonOfShape => ({ identityId: row.id, address: row.address, sessionId: row.session_id, isAdmin: row.is_admin }));
    },
    async listAdminsAmong(projectId) {
      const rows = await queries.rows<{ readonly identity_id: IdentityId; readonly admin_id: IdentityId; readonly role: string }>(ADMINS_AMONG, [projectId]);
      return rows.map((row) => ({ identityId: row.identity_id, adminId: row.admin_id, role: row.role === "owner" ? "owner" : "support" }));
    },
  };
}

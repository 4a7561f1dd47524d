import type { IdentityId, ProjectId } from "../model/ids";
import { CREDENTIALS, IDENTITY } from "./account-sql";
import type { Queries, Statement } from "./connection";
import type { AccountSnapshot, Claim, PeopleFilter, PeopleReads } from "./handles";
import { type CredentialRow, type IdentityRow, toCredentials, toIdentity } from "./rows";

export { peopleWrites } from "./people-writes";

interface Found {
  readonly found: { readonly identity: IdentityRow; readonly credentials: readonly CredentialRow[] };
}

/*
 * Lists: $1 project, $2 id to continue behind or null, $3 limit, $4 offset, $5 and $6 the filter. Each filter has its own text, so
 * that each is planned by its own index. Ids are in order before anything is built of a row, so a page costs its own people only.
 */
const FILTERS = {
  all: "",
  ids: "AND i.id IN (SELECT jsonb_array_elements_text($5::text::jsonb)::uuid)",
  // Names by type, so that an id of a key finds nobody; addresses too, for people whose way in has no name.
  identifier: `AND i.id IN (
    SELECT c.identity_id FROM credential_identifier n JOIN credential c ON c.id = n.credential_id
    WHERE n.project_id = $1::uuid AND n.type IN ('password', 'webauthn', 'code') AND n.identifier = $5
    UNION ALL SELECT c.identity_id FROM credential_identifier n JOIN credential c ON c.id = n.credential_id
    WHERE n.project_id = $1::uuid AND n.type = 'oidc' AND n.identifier = $6
    UNION ALL SELECT a.identity_id FROM verifiable_address a WHERE a.project_id = $1::uuid AND a.via IN ('email', 'sms') AND a.value = $5
    UNION ALL SELECT a.identity_id FROM recovery_address a WHERE a.project_id = $1::uuid AND a.via IN ('email', 'sms') AND a.value = $5)`,
  // The operators of the index, whatever the collation: from the prefix up to it with the last character there is.
  prefix: `AND i.id IN (
    SELECT c.identity_id FROM credential_identifier n JOIN credential c ON c.id = n.credential_id
    WHERE n.project_id = $1::uuid AND n.identifier ~>=~ $5 AND n.identifier ~<~ ($5 || chr(1114111))
      AND n.type IN ('password', 'webauthn', 'code', 'oidc'))`,
} as const;

function listing(kind: PeopleFilter["kind"], expand: boolean): Statement {
  return {
    name: `rung_people_${kind}${expand ? "_expanded" : ""}`,
    text: `SELECT json_build_object('identity', ${IDENTITY}, 'credentials', ${expand ? CREDENTIALS : "'[]'::json"}) AS found
  FROM (SELECT i.* FROM identity i WHERE i.project_id = $1::uuid AND ($2::uuid IS NULL OR i.id > $2::uuid) ${FILTERS[kind]}
    ORDER BY i.id LIMIT $3::int OFFSET $4::int) i ORDER BY i.id`,
  };
}

/** $1 project, then the filter from $5 on; the places between are kept, so that one text serves both. */
function counting(kind: PeopleFilter["kind"]): Statement {
  const filter = FILTERS[kind].replaceAll("$5", "$2").replaceAll("$6", "$3");
  return { name: `rung_people_count_${kind}`, text: `SELECT count(*)::int AS total FROM identity i WHERE i.project_id = $1::uuid ${filter}` };
}

const KINDS = ["all", "ids", "identifier", "prefix"] as const;
export const LISTS: ReadonlyMap<string, Statement> = new Map(KINDS.flatMap((kind) => [true, false].map((expand) => [`${kind} ${String(expand)}`, listing(kind, expand)])));
const COUNTS = new Map(KINDS.map((kind) => [kind, counting(kind)]));

function filterParams(filter: PeopleFilter): readonly string[] {
  switch (filter.kind) {
    case "all": return [];
    case "ids": return [JSON.stringify(filter.ids)];
    case "identifier": return [filter.normalised, filter.exact];
    case "prefix": return [filter.prefix];
  }
}

/** $1 project, $2 external id. */
const BY_EXTERNAL_ID: Statement = {
  name: "rung_people_by_external_id",
  text: `SELECT json_build_object('identity', ${IDENTITY}, 'credentials', ${CREDENTIALS}) AS found
  FROM identity i WHERE i.project_id = $1::uuid AND i.external_id = $2`,
};

/** $1 project, $2 the claims as JSON. */
const TAKEN: Statement = {
  name: "rung_people_taken",
  text: `WITH claim AS (SELECT * FROM jsonb_to_recordset($2::text::jsonb) AS r(kind text, "of" text, value text))
  SELECT r.kind, r."of", r.value FROM claim r JOIN credential_identifier n
    ON n.project_id = $1::uuid AND n.type = r."of" AND n.identifier = r.value WHERE r.kind = 'credential'
  UNION ALL SELECT r.kind, r."of", r.value FROM claim r JOIN verifiable_address a
    ON a.project_id = $1::uuid AND a.via = r."of" AND a.value = r.value WHERE r.kind = 'verifiable'
  UNION ALL SELECT r.kind, r."of", r.value FROM claim r JOIN recovery_address a
    ON a.project_id = $1::uuid AND a.via = r."of" AND a.value = r.value WHERE r.kind = 'recovery'
  UNION ALL SELECT r.kind, r."of", r.value FROM claim r JOIN identity i
    ON i.project_id = $1::uuid AND i.external_id = r.value WHERE r.kind = 'external'`,
};

/**
 * Whoever removes an owner waits here for whoever removes another one: two at once would each count on the other. A statement of its
 * own, so that the one that asks sees what the winner left.
 */
const LOCK_OWNERS: Statement = {
  name: "rung_people_lock_owners",
  text: "SELECT a.identity_id FROM admin a WHERE a.role = 'owner' ORDER BY a.identity_id FOR UPDATE OF a",
};

/** $1 project, $2 person. */
const LAST_OWNER: Statement = {
  name: "rung_people_last_owner",
  text: `SELECT EXISTS (SELECT 1 FROM admin a JOIN identity i ON i.id = a.identity_id
      WHERE a.identity_id = $2::uuid AND a.role = 'owner' AND i.project_id = $1::uuid)
    AND NOT EXISTS (SELECT 1 FROM admin a JOIN identity i ON i.id = a.identity_id
      WHERE a.identity_id <> $2::uuid AND a.role = 'owner' AND i.project_id = $1::uuid AND i.state = 'active') AS last`,
};

function toAccount({ found }: Found): AccountSnapshot {
  return { identity: toIdentity(found.identity), credentials: toCredentials(found.credentials) };
}

export function peopleReads(queries: Queries, projectId: ProjectId): PeopleReads {
  return {
    async listPeople({ filter, expand, after, limit, offset = 0 }) {
      const statement = LISTS.get(`${filter.kind} ${String(expand)}`);
      if (statement === undefined) throw new Error("lib/db: no such list of people");
      const rows = await queries.rows<Found>(statement, [projectId, after, limit, offset, ...filterParams(filter)]);
      return rows.map(toAccount);
    },
    async countPeople(filter) {
      const statement = COUNTS.get(filter.kind);
      if (statement === undefined) throw new Error("lib/db: no such count of people");
      const [row] = await queries.rows<{ readonly total: number }>(statement, [projectId, ...filterParams(filter)]);
      return row?.total ?? 0;
    },
    async findAccountByExternalId(externalId) {
      const [row] = await queries.rows<Found>(BY_EXTERNAL_ID, [projectId, externalId]);
      return row === undefined ? null : toAccount(row);
    },
    async findTaken(claims) {
      return claims.length === 0 ? [] : await queries.rows<Claim>(TAKEN, [projectId, JSON.stringify(claims)]);
    },
    async isLastOwner(id: IdentityId) {
      await queries.rows(LOCK_OWNERS, []);
      const [row] = await queries.rows<{ readonly last: boolean }>(LAST_OWNER, [projectId, id]);
      return row?.last === true;
    },
  };
}

import type { IdentityId, ProjectId } from "../model/ids";
import { CREDENTIALS, IDENTITY } from "./account-sql";
import type { Queries, Statement } from "./connection";
import type { AccountSnapshot, Claim, PeopleReads } from "./handles";
import { countRows, listRows } from "./people-lists";
import { type CredentialRow, type IdentityRow, toCredentials, toIdentity } from "./rows";

export { LISTS } from "./people-lists";
export { peopleWrites } from "./people-writes";

interface Found {
  readonly found: { readonly identity: IdentityRow; readonly credentials: readonly CredentialRow[] };
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

/** $1 project. */
const OWNERS: Statement = {
  name: "rung_people_owners",
  text: `SELECT a.identity_id AS "identityId" FROM admin a JOIN identity i ON i.id = a.identity_id
    WHERE a.role = 'owner' AND i.project_id = $1::uuid ORDER BY a.identity_id`,
};

function toAccount({ found }: Found): AccountSnapshot {
  return { identity: toIdentity(found.identity), credentials: toCredentials(found.credentials) };
}

export function peopleReads(queries: Queries, projectId: ProjectId): PeopleReads {
  return {
    async listPeople(query) {
      return (await listRows<Found>(queries, projectId, query)).map(toAccount);
    },
    countPeople: (filter) => countRows(queries, projectId, filter),
    async findAccountByExternalId(externalId) {
      const [row] = await queries.rows<Found>(BY_EXTERNAL_ID, [projectId, externalId]);
      return row === undefined ? null : toAccount(row);
    },
    async findTaken(claims) {
      return claims.length === 0 ? [] : await queries.rows<Claim>(TAKEN, [projectId, JSON.stringify(claims)]);
    },
    async lockOwners() {
      await queries.rows(LOCK_OWNERS, []);
      // Another statement: whoever waited reads what those before have left.
      return (await queries.rows<{ readonly identityId: IdentityId }>(OWNERS, [projectId])).map(({ identityId }) => identityId);
    },
  };
}

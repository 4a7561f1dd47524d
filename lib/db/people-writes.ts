import { randomUUID } from "node:crypto";
import type { ProjectId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { NewPerson, PeopleWrites, StoredCode, StoredCredential } from "./handles";

/*
 * Many rows a statement: $1 project, $2 the rows as JSON, $3 instant. Nothing is done where a unique key is taken, and the answer says
 * how many rows were written: the caller gives the transaction up when one is missing. Rows come in the order of their ids or names,
 * so that two imports at once wait for each other and never in a circle.
 */
function manyRows(name: string, insert: string): Statement {
  return { name: `rung_people_insert_${name}`, text: `WITH done AS (${insert} ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*)::int AS written FROM done` };
}

const IDENTITIES = manyRows("identities", `INSERT INTO identity
    (id, project_id, schema_id, state, state_changed_at, traits, metadata_public, metadata_admin, external_id, created_at, updated_at)
  SELECT r.id, $1::uuid, r.schema_id, r.state, $3::timestamptz, r.traits, r.metadata_public, r.metadata_admin, r.external_id, $3::timestamptz, $3::timestamptz
  FROM jsonb_to_recordset($2::text::jsonb) AS r(
    id uuid, schema_id text, state text, traits jsonb, metadata_public jsonb, metadata_admin jsonb, external_id text)`);

const VERIFIABLE = manyRows("verifiable", `INSERT INTO verifiable_address
    (id, project_id, identity_id, value, via, verified, status, verified_at, created_at, updated_at)
  SELECT r.id, $1::uuid, r.identity_id, r.value, r.via, r.verified, r.status, r.verified_at, $3::timestamptz, $3::timestamptz
  FROM jsonb_to_recordset($2::text::jsonb) AS r(
    id uuid, identity_id uuid, value text, via text, verified boolean, status text, verified_at timestamptz)`);

const RECOVERY = manyRows("recovery", `INSERT INTO recovery_address (id, project_id, identity_id, value, via, created_at, updated_at)
  SELECT r.id, $1::uuid, r.identity_id, r.value, r.via, $3::timestamptz, $3::timestamptz
  FROM jsonb_to_recordset($2::text::jsonb) AS r(id uuid, identity_id uuid, value text, via text)`);

const CREDENTIAL_ROWS = manyRows("credentials", `INSERT INTO credential
    (id, project_id, identity_id, type, slot, config, last_step, created_at, updated_at)
  SELECT r.id, $1::uuid, r.identity_id, r.type, r.slot, r.config, 0, $3::timestamptz, $3::timestamptz
  FROM jsonb_to_recordset($2::text::jsonb) AS r(id uuid, identity_id uuid, type text, slot text, config jsonb)`);

const IDENTIFIERS = manyRows("identifiers", `INSERT INTO credential_identifier (project_id, type, identifier, credential_id)
  SELECT $1::uuid, r.type, r.identifier, r.credential_id
  FROM jsonb_to_recordset($2::text::jsonb) AS r(type text, identifier text, credential_id uuid) WHERE $3::timestamptz IS NOT NULL`);

const CODES = manyRows("codes", `INSERT INTO lookup_code (id, credential_id, position, digest, sealed, used_at)
  SELECT r.id, r.credential_id, r.position, r.digest, r.sealed, r.used_at
  FROM jsonb_to_recordset($2::text::jsonb) AS r(id uuid, credential_id uuid, position int, digest text, sealed text, used_at timestamptz)
  JOIN credential c ON c.id = r.credential_id AND c.project_id = $1::uuid WHERE $3::timestamptz IS NOT NULL`);

type Row = Readonly<Record<string, unknown>>;
type Owned = StoredCredential & { readonly identityId: string };

function codeRow(credentialId: string, code: StoredCode): Row {
  return {
    id: randomUUID(), credential_id: credentialId, position: code.position, digest: code.digest, sealed: code.sealed,
    used_at: code.usedAt?.toISOString() ?? null,
  };
}

export function peopleWrites(queries: Queries, projectId: ProjectId): PeopleWrites {
  async function write(statement: Statement, unsorted: readonly Row[], order: (row: Row) => string, at: Date): Promise<boolean> {
    if (unsorted.length === 0) return true;
    const rows = unsorted.map((row) => ({ row, key: order(row) })).sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row);
    const [done] = await queries.rows<{ readonly written: number }>(statement, [projectId, JSON.stringify(rows), at.toISOString()]);
    return done?.written === rows.length;
  }
  const byId = (row: Row): string => String(row["id"]);
  const byValue = (row: Row): string => `${String(row["via"])} ${String(row["value"])}`;

  async function credentials(owned: readonly Owned[], at: Date): Promise<boolean> {
    const rows = owned.map(({ id, identityId, type, slot, config }) => ({ id, identity_id: identityId, type, slot, config }));
    const names = owned.flatMap(({ id, type, identifiers }) => [...new Set(identifiers)].map((identifier) => ({ type, identifier, credential_id: id })));
    const codes = owned.flatMap(({ id, codes: listed = [] }) => listed.map((code) => codeRow(id, code)));
    return await write(CREDENTIAL_ROWS, rows, byId, at)
      && await write(IDENTIFIERS, names, (row) => `${String(row["type"])} ${String(row["identifier"])}`, at)
      && await write(CODES, codes, byId, at);
  }

  async function insertPeople(people: readonly NewPerson[], at: Date): Promise<boolean> {
    const identities = people.map((person) => ({
      id: person.id, schema_id: person.schemaId, state: person.state, traits: person.traits, metadata_public: person.metadataPublic,
      metadata_admin: person.metadataAdmin, external_id: person.externalId,
    }));
    const verifiable = people.flatMap((person) => person.verifiable.map(({ value, via, verified, status, verifiedAt }) => ({
      id: randomUUID(), identity_id: person.id, value, via, verified, status, verified_at: verifiedAt?.toISOString() ?? null,
    })));
    const recovery = people.flatMap((person) => person.recovery.map(({ value, via }) => ({ id: randomUUID(), identity_id: person.id, value, via })));
    return await write(IDENTITIES, identities, byId, at) && await write(VERIFIABLE, verifiable, byValue, at)
      && await write(RECOVERY, recovery, byValue, at)
      && await credentials(people.flatMap((person) => person.credentials.map((one) => ({ ...one, identityId: person.id }))), at);
  }

  return {
    insertPeople,
    insertCredentialRows: (identityId, rows, at) => credentials(rows.map((row) => ({ ...row, identityId })), at),
    async setAddressState(identityId, addressId, state, at) {
      const { count } = await queries.prisma.verifiableAddress.updateMany({
        where: { id: addressId, identityId, projectId }, data: { ...state, updatedAt: at },
      });
      return count === 1;
    },
    async changeLookupCodes(credentialId, { remove, mark, add }, at) {
      const own = { credentialId, credential: { projectId } };
      if (remove.length > 0) await queries.prisma.lookupCode.deleteMany({ where: { ...own, id: { in: [...remove] } } });
      for (const { id, usedAt } of mark) await queries.prisma.lookupCode.updateMany({ where: { ...own, id }, data: { usedAt } });
      if (!await write(CODES, add.map((code) => codeRow(credentialId, code)), byId, at)) throw new Error("a recovery code found its place taken");
      await queries.prisma.credential.updateMany({ where: { id: credentialId, projectId }, data: { updatedAt: at } });
    },
  };
}

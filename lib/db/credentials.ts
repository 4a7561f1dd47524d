import { randomUUID } from "node:crypto";
import type { FactorId } from "../model/assurance";
import { MIGRATING_HASH } from "../model/credential";
import type { CredentialId, IdentityId, ProjectId } from "../model/ids";
import { CREDENTIALS_OF } from "./account-sql";
import type { Queries, Statement } from "./connection";
import type { NewCredential, ProjectDb, ProjectReads } from "./handles";
import { plain } from "./json";
import { type CredentialRow, toCredentials } from "./rows";

/** $1 project, $2 a random uuid. The password next to it among the ids, or the first: an index lookup, not a sort of everybody. */
const SAMPLE_HASH: Statement = {
  name: "rung_sample_hash",
  text: `(SELECT config->>'hash' AS hash FROM credential WHERE project_id = $1::uuid AND type = 'password' AND id >= $2::uuid ORDER BY id LIMIT 1)
  UNION ALL
  (SELECT config->>'hash' AS hash FROM credential WHERE project_id = $1::uuid AND type = 'password' ORDER BY id LIMIT 1)
  LIMIT 1`,
};

/** The scheme and cost of a PHC or crypt string, without its salt and digest. */
function costOf(hash: string): string {
  const parts = hash.split("$");
  if (parts[1]?.startsWith("argon2") === true) return parts.slice(0, 4).join("$");
  if (/^2[abxy]$/.test(parts[1] ?? "")) return parts.slice(0, 3).join("$");
  return parts.slice(0, -2).join("$");
}

/**
 * $1 credential, $2 project, $3 the hash that was verified, $4 the hash to keep, $5 instant. The person is locked before the row
 * is changed and the hash stands on the very row, so that a password change or a switch-off in between leaves nothing to change.
 */
const REPLACE_HASH: Statement = {
  name: "rung_replace_hash",
  text: `WITH person AS (
    SELECT i.id FROM identity i JOIN credential o ON o.identity_id = i.id
    WHERE o.id = $1::uuid AND o.project_id = $2::uuid AND i.project_id = $2::uuid AND i.state = 'active' FOR SHARE OF i)
  UPDATE credential c SET config = jsonb_build_object('hash', $4::text), last_used_at = $5::timestamptz,
    updated_at = CASE WHEN $3::text = $4::text THEN c.updated_at ELSE $5::timestamptz END
  FROM person WHERE c.id = $1::uuid AND c.project_id = $2::uuid AND c.identity_id = person.id AND c.type = 'password'
    AND c.config->>'hash' = $3::text
  RETURNING c.id`,
};

type Reads = Pick<ProjectReads, "listCredentials" | "samplePasswordHash">;

export function credentialReads(queries: Queries, projectId: ProjectId): Reads {
  return {
    async listCredentials(identityId) {
      const [row] = await queries.rows<{ readonly found: readonly CredentialRow[] }>(CREDENTIALS_OF, [identityId, projectId]);
      return row === undefined ? [] : toCredentials(row.found);
    },
    async samplePasswordHash() {
      const [row] = await queries.rows<{ readonly hash: string | null }>(SAMPLE_HASH, [projectId, randomUUID()]);
      return typeof row?.hash === "string" && row.hash !== MIGRATING_HASH ? costOf(row.hash) : null;
    },
  };
}

/** The columns each type keeps its state in. */
function stateOf(credential: NewCredential): { readonly slot: string; readonly config: unknown; readonly lastStep: bigint; readonly identifiers: readonly string[] } {
  switch (credential.type) {
    case "password":
      return { slot: "single", config: { hash: credential.hash }, lastStep: 0n, identifiers: credential.identifiers };
    case "totp":
      return { slot: "single", config: { sealedSecret: credential.sealedSecret }, lastStep: BigInt(credential.lastStep), identifiers: [] };
    case "lookup_secret":
      return { slot: "single", config: { storage: credential.storage, salt: credential.salt }, lastStep: 0n, identifiers: [] };
    default:
      return { slot: credential.slot, config: credential.document, lastStep: 0n, identifiers: credential.identifiers };
  }
}

async function insertIdentifiers(queries: Queries, projectId: ProjectId, type: FactorId, credentialId: string, identifiers: readonly string[]): Promise<void> {
  if (identifiers.length === 0) return;
  await queries.prisma.credentialIdentifier.createMany({
    data: [...new Set(identifiers)].map((identifier) => ({ projectId, type, identifier, credentialId })),
  });
}

async function insertCredential(queries: Queries, projectId: ProjectId, identityId: IdentityId, credential: NewCredential): Promise<CredentialId> {
  const id = randomUUID() as string as CredentialId;
  const { slot, config, lastStep, identifiers } = stateOf(credential);
  const { type, at } = credential;
  await queries.prisma.credential.create({
    data: {
      id, projectId, identityId, type, slot, config: plain(config), lastStep, enrolledAal: credential.enrolledAal ?? null,
      createdAt: at, updatedAt: at,
    },
    select: { id: true },
  });
  await insertIdentifiers(queries, projectId, type, id, identifiers);
  if (credential.type === "lookup_secret") {
    await queries.prisma.lookupCode.createMany({
      data: credential.codes.map((code, position) => ({
        id: randomUUID(), credentialId: id, position, digest: code.digest, sealed: code.sealed,
      })),
    });
  }
  return id;
}

async function passwordId(queries: Queries, projectId: ProjectId, identityId: IdentityId): Promise<CredentialId | null> {
  const row = await queries.prisma.credential.findFirst({ where: { projectId, identityId, type: "password", slot: "single" }, select: { id: true } });
  return row === null ? null : row.id as CredentialId;
}

async function setIdentifiers(queries: Queries, projectId: ProjectId, credentialId: CredentialId, identifiers: readonly string[]): Promise<void> {
  const present = await queries.prisma.credentialIdentifier.findMany({ where: { projectId, credentialId }, select: { identifier: true } });
  const have = new Set(present.map((row) => row.identifier));
  await queries.prisma.credentialIdentifier.deleteMany({ where: { projectId, credentialId, identifier: { notIn: [...identifiers] } } });
  await insertIdentifiers(queries, projectId, "password", credentialId, identifiers.filter((identifier) => !have.has(identifier)));
}

/** A password that is there keeps its names: `setPasswordIdentifiers` alone moves those, with the address they come from. */
async function putPassword(queries: Queries, projectId: ProjectId, identityId: IdentityId, hash: string, identifiers: readonly string[], at: Date): Promise<CredentialId> {
  const id = await passwordId(queries, projectId, identityId);
  if (id === null) return await insertCredential(queries, projectId, identityId, { type: "password", hash, identifiers, at });
  await queries.prisma.credential.updateMany({
    where: { id, projectId },
    data: { config: { hash }, updatedAt: at },
  });
  return id;
}

type Writes = Pick<ProjectDb,
  "insertCredential" | "putPassword" | "replacePasswordHash" | "setPasswordIdentifiers" | "deleteCredentials" | "deleteCredential"
  | "touchCredential">;

export function credentialWrites(queries: Queries, projectId: ProjectId): Writes {
  const { credential } = queries.prisma;
  return {
    insertCredential: (identityId, fresh) => insertCredential(queries, projectId, identityId, fresh),
    putPassword: (identityId, hash, identifiers, at) => putPassword(queries, projectId, identityId, hash, identifiers, at),
    async replacePasswordHash(id, from, to, at) {
      return (await queries.rows(REPLACE_HASH, [id, projectId, from, to, at.toISOString()])).length === 1;
    },
    async setPasswordIdentifiers(identityId, identifiers) {
      const id = await passwordId(queries, projectId, identityId);
      if (id !== null) await setIdentifiers(queries, projectId, id, identifiers);
    },
    deleteCredentials: async (identityId, type) => (await credential.deleteMany({ where: { projectId, identityId, type } })).count,
    deleteCredential: async (id) => (await credential.deleteMany({ where: { id, projectId } })).count === 1,
    async touchCredential(id, at) {
      await credential.updateMany({ where: { id, projectId }, data: { lastUsedAt: at } });
    },
  };
}

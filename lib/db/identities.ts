import { randomUUID } from "node:crypto";
import type { AddressChannel, Identity } from "../model/identity";
import type { IdentityId, ProjectId } from "../model/ids";
import { ACCOUNT_BY_ID, ACCOUNT_BY_IDENTIFIER, ACCOUNT_BY_RECOVERY_ADDRESS, ACCOUNT_BY_VERIFIABLE_ADDRESS, IDENTITY_BY_ID } from "./account-sql";
import type { Queries, Statement } from "./connection";
import type { AccountSnapshot, IdentityChange, NewIdentity, ProjectDb, ProjectReads } from "./handles";
import { plain, plainOrNull } from "./json";
import { type CredentialRow, type IdentityRow, toCredentials, toIdentity } from "./rows";

interface AccountRow {
  readonly identity: IdentityRow;
  readonly credentials: readonly CredentialRow[];
}
type Address = { readonly value: string; readonly via: AddressChannel };

async function account(queries: Queries, statement: Statement, params: readonly unknown[]): Promise<AccountSnapshot | null> {
  const [row] = await queries.rows<{ readonly found: AccountRow }>(statement, params);
  return row === undefined ? null : { identity: toIdentity(row.found.identity), credentials: toCredentials(row.found.credentials) };
}

async function findIdentity(queries: Queries, projectId: ProjectId, id: IdentityId): Promise<Identity | null> {
  const [row] = await queries.rows<{ readonly found: IdentityRow }>(IDENTITY_BY_ID, [id, projectId]);
  return row === undefined ? null : toIdentity(row.found);
}

type Reads = Pick<ProjectReads, "findIdentity" | "findAccount" | "findAccountByIdentifier" | "findAccountByAddress">;

export function identityReads(queries: Queries, projectId: ProjectId): Reads {
  return {
    findIdentity: (id) => findIdentity(queries, projectId, id),
    findAccount: (id) => account(queries, ACCOUNT_BY_ID, [id, projectId]),
    findAccountByIdentifier: (type, identifier) => account(queries, ACCOUNT_BY_IDENTIFIER, [type, projectId, identifier]),
    findAccountByAddress: (kind, via, value) =>
      account(queries, kind === "verifiable" ? ACCOUNT_BY_VERIFIABLE_ADDRESS : ACCOUNT_BY_RECOVERY_ADDRESS, [via, projectId, value]),
  };
}

function addressRow(projectId: ProjectId, identityId: IdentityId, at: Date, { value, via }: Address) {
  return { id: randomUUID(), projectId, identityId, value, via, createdAt: at, updatedAt: at };
}

async function insertIdentity(queries: Queries, projectId: ProjectId, identity: NewIdentity): Promise<Identity> {
  const { id, at } = identity;
  await queries.prisma.identity.create({
    data: {
      id, projectId, schemaId: identity.schemaId, state: identity.state ?? "active", stateChangedAt: at, traits: plain(identity.traits),
      metadataPublic: plainOrNull(identity.metadataPublic), metadataAdmin: plainOrNull(identity.metadataAdmin),
      externalId: identity.externalId ?? null, createdAt: at, updatedAt: at,
    },
    select: { id: true },
  });
  if (identity.verifiable.length > 0) {
    await queries.prisma.verifiableAddress.createMany({
      data: identity.verifiable.map((address) => ({
        ...addressRow(projectId, id, at, address),
        ...(address.verified === true ? { verified: true, status: "completed", verifiedAt: at } : {}),
      })),
    });
  }
  if (identity.recovery.length > 0) {
    await queries.prisma.recoveryAddress.createMany({ data: identity.recovery.map((address) => addressRow(projectId, id, at, address)) });
  }
  const stored = await findIdentity(queries, projectId, id);
  if (stored === null) throw new Error("an identity vanished inside its own transaction");
  return stored;
}

function added(wanted: readonly Address[], present: readonly Address[]): readonly Address[] {
  return wanted.filter((want) => !present.some((have) => have.via === want.via && have.value === want.value));
}

async function replaceAddresses(queries: Queries, projectId: ProjectId, identityId: IdentityId, change: IdentityChange, before: Identity): Promise<void> {
  const own = { projectId, identityId };
  if (change.verifiable !== undefined) {
    const gone = added(before.verifiableAddresses, change.verifiable);
    const fresh = added(change.verifiable, before.verifiableAddresses);
    if (gone.length > 0) await queries.prisma.verifiableAddress.deleteMany({ where: { ...own, OR: gone.map(({ via, value }) => ({ via, value })) } });
    if (fresh.length > 0) await queries.prisma.verifiableAddress.createMany({ data: fresh.map((address) => addressRow(projectId, identityId, change.at, address)) });
  }
  if (change.recovery !== undefined) {
    const gone = added(before.recoveryAddresses, change.recovery);
    const fresh = added(change.recovery, before.recoveryAddresses);
    if (gone.length > 0) await queries.prisma.recoveryAddress.deleteMany({ where: { ...own, OR: gone.map(({ via, value }) => ({ via, value })) } });
    if (fresh.length > 0) await queries.prisma.recoveryAddress.createMany({ data: fresh.map((address) => addressRow(projectId, identityId, change.at, address)) });
  }
}

async function updateIdentity(queries: Queries, projectId: ProjectId, id: IdentityId, change: IdentityChange): Promise<Identity | null> {
  const { count } = await queries.prisma.identity.updateMany({
    where: { id, projectId, version: change.version },
    data: {
      version: { increment: 1 }, updatedAt: change.at,
      ...(change.schemaId === undefined ? {} : { schemaId: change.schemaId }),
      ...(change.traits === undefined ? {} : { traits: plain(change.traits) }),
      ...(change.state === undefined ? {} : { state: change.state, stateChangedAt: change.at }),
      ...(change.metadataPublic === undefined ? {} : { metadataPublic: plainOrNull(change.metadataPublic) }),
      ...(change.metadataAdmin === undefined ? {} : { metadataAdmin: plainOrNull(change.metadataAdmin) }),
      ...(change.externalId === undefined ? {} : { externalId: change.externalId }),
    },
  });
  if (count === 0) return null;
  const before = await findIdentity(queries, projectId, id);
  if (before === null || (change.verifiable === undefined && change.recovery === undefined)) return before;
  await replaceAddresses(queries, projectId, id, change, before);
  return await findIdentity(queries, projectId, id);
}

type Writes = Pick<ProjectDb, "insertIdentity" | "updateIdentity" | "deleteIdentity">;

export function identityWrites(queries: Queries, projectId: ProjectId): Writes {
  return {
    insertIdentity: (identity) => insertIdentity(queries, projectId, identity),
    updateIdentity: (id, change) => updateIdentity(queries, projectId, id, change),
    deleteIdentity: async (id) => (await queries.prisma.identity.deleteMany({ where: { id, projectId } })).count === 1,
  };
}

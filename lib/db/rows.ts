import type { AssuranceLevel, AuthenticationMethod, FactorId, MethodName } from "../model/assurance";
import type { Credential, LookupCode } from "../model/credential";
import type { AddressChannel, Identity, JsonObject, JsonValue, RecoveryAddress, VerifiableAddress } from "../model/identity";
import type { AddressId, CredentialId, IdentityId, LookupCodeId, SessionId } from "../model/ids";
import type { Session, SessionDevice } from "../model/session";

/*
 * What the JSON of account-sql.ts looks like, and how it becomes a model. Instants arrive as ISO strings; both drivers
 * and Prisma hand the same parsed object over, so there is one decoder.
 */

type Instant = string;

interface AddressRow {
  readonly id: AddressId; readonly value: string; readonly via: AddressChannel; readonly createdAt: Instant; readonly updatedAt: Instant;
}
interface VerifiableRow extends AddressRow {
  readonly verified: boolean; readonly status: VerifiableAddress["status"]; readonly verifiedAt: Instant | null;
}
export interface IdentityRow {
  readonly id: IdentityId; readonly schemaId: string; readonly state: Identity["state"]; readonly stateChangedAt: Instant | null;
  readonly traits: JsonObject; readonly metadataPublic: JsonValue | null; readonly metadataAdmin: JsonValue | null;
  readonly externalId: string | null; readonly version: number; readonly createdAt: Instant; readonly updatedAt: Instant;
  readonly verifiable: readonly VerifiableRow[]; readonly recovery: readonly AddressRow[];
}
interface CodeRow {
  readonly id: LookupCodeId; readonly position: number; readonly digest: string; readonly sealed: string | null; readonly usedAt: Instant | null;
}
export interface CredentialRow {
  readonly id: CredentialId; readonly identityId: IdentityId; readonly type: FactorId; readonly config: Readonly<Record<string, unknown>>;
  readonly lastStep: number; readonly enrolledAal: "aal1" | "aal2" | null; readonly lastUsedAt: Instant | null;
  readonly createdAt: Instant; readonly updatedAt: Instant;
  readonly identifiers: readonly string[]; readonly codes: readonly CodeRow[] | null;
}
export interface StoredMethod {
  readonly method: MethodName; readonly aal: "aal1" | "aal2"; readonly completedAt: Instant; readonly provider?: string;
  readonly upstreamAcr?: string; readonly upstreamAmr?: readonly string[]; readonly enrolled?: true; readonly addressId?: AddressId;
}
export interface SessionRow {
  readonly id: SessionId; readonly identityId: IdentityId; readonly kind: Session["kind"]; readonly tokenHash: string;
  readonly aal: AssuranceLevel; readonly methods: readonly StoredMethod[]; readonly authenticatedAt: Instant; readonly issuedAt: Instant;
  readonly expiresAt: Instant; readonly revokedAt: Instant | null;
  readonly devices: readonly (Omit<SessionDevice, "createdAt"> & { readonly createdAt: Instant })[];
}

function instant(value: Instant | null): Date | null {
  return value === null ? null : new Date(value);
}

/** Oldest first; what is equally old, by a second key. ISO instants of one zone sort as text. */
function oldestFirst<Row extends { readonly createdAt: Instant }>(rows: readonly Row[], second: (row: Row) => string): readonly Row[] {
  if (rows.length < 2) return rows;
  return [...rows].sort((a, b) => compare(a.createdAt, b.createdAt) || compare(second(a), second(b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function recoveryAddress(row: AddressRow): RecoveryAddress {
  return { id: row.id, value: row.value, via: row.via, createdAt: new Date(row.createdAt), updatedAt: new Date(row.updatedAt) };
}

export function toIdentity(row: IdentityRow): Identity {
  return {
    id: row.id, schemaId: row.schemaId, state: row.state, stateChangedAt: instant(row.stateChangedAt), traits: row.traits,
    metadataPublic: row.metadataPublic, metadataAdmin: row.metadataAdmin, externalId: row.externalId,
    verifiableAddresses: oldestFirst(row.verifiable, valueOf).map((address) => ({
      ...recoveryAddress(address), verified: address.verified, status: address.status, verifiedAt: instant(address.verifiedAt),
    })),
    recoveryAddresses: oldestFirst(row.recovery, valueOf).map(recoveryAddress),
    version: row.version, createdAt: new Date(row.createdAt), updatedAt: new Date(row.updatedAt),
  };
}

function valueOf(row: AddressRow): string {
  return row.value;
}

function idOf(row: { readonly id: string }): string {
  return row.id;
}

/** Oldest first. */
export function toCredentials(rows: readonly CredentialRow[]): readonly Credential[] {
  return oldestFirst(rows, idOf).map(toCredential);
}

function toLookupCode(row: CodeRow): LookupCode {
  return { id: row.id, position: row.position, digest: row.digest, sealed: row.sealed, usedAt: instant(row.usedAt) };
}

/** Throws when the stored document is not what its type promises: a fault that must not read as "no second factor". */
function toCredential(row: CredentialRow): Credential {
  const base = {
    id: row.id, identityId: row.identityId, createdAt: new Date(row.createdAt), updatedAt: new Date(row.updatedAt),
    lastUsedAt: instant(row.lastUsedAt), enrolledAal: row.enrolledAal,
  };
  switch (row.type) {
    case "password":
      return { ...base, type: "password", hash: text(row, "hash"), identifiers: [...row.identifiers].sort() };
    case "totp":
      return { ...base, type: "totp", sealedSecret: text(row, "sealedSecret"), lastStep: row.lastStep };
    case "lookup_secret":
      return {
        ...base, type: "lookup_secret", storage: text(row, "storage") === "revealable" ? "revealable" : "hashed",
        salt: text(row, "salt"), codes: [...row.codes ?? []].sort((a, b) => a.position - b.position).map(toLookupCode),
      };
    default:
      return { ...base, type: row.type, identifiers: [...row.identifiers].sort(), document: row.config };
  }
}

function text(row: CredentialRow, field: string): string {
  const value = row.config[field];
  if (typeof value !== "string") throw new Error(`credential ${row.id} (${row.type}) has no ${field}`);
  return value;
}

export function toMethod(row: StoredMethod): AuthenticationMethod {
  return { ...row, completedAt: new Date(row.completedAt) };
}

export function fromMethod(method: AuthenticationMethod): StoredMethod {
  return { ...method, completedAt: method.completedAt.toISOString() };
}

export function toSession(row: SessionRow): Session {
  return {
    id: row.id, identityId: row.identityId, kind: row.kind, tokenHash: row.tokenHash, methods: row.methods.map(toMethod), aal: row.aal,
    authenticatedAt: new Date(row.authenticatedAt), issuedAt: new Date(row.issuedAt), expiresAt: new Date(row.expiresAt),
    revokedAt: instant(row.revokedAt), devices: oldestFirst(row.devices, idOf).map((device) => ({ ...device, createdAt: new Date(device.createdAt) })),
  };
}

import type { AssuranceLevel, FactorId } from "../model/assurance";
import type { AddressChannel, Identity, JsonObject, JsonValue, VerifiableAddress } from "../model/identity";
import type { AddressId, CredentialId, IdentityId, LookupCodeId, SessionId } from "../model/ids";
import type { Session } from "../model/session";
import type { Statement } from "./connection";
import type { CredentialRow, IdentityRow, SessionRow, StoredMethod } from "./rows";

/*
 * The hot read. The same facts as the reads of account-sql.ts, packed into arrays: naming every member, and asking for what a
 * kind of credential never has, was a third of its cost. The tuples below are the order of the columns above them.
 */

/** Of `s`. A session that is proved again and again gathers a device each time: the last ten are told. */
export const LAST_DEVICES = "(SELECT * FROM session_device k WHERE k.session_id = s.id ORDER BY k.created_at DESC, k.id DESC LIMIT 10)";

const DEVICES = `(SELECT json_agg(json_build_array(d.id, d.ip_address, d.user_agent, d.location, d.created_at)) FROM ${LAST_DEVICES} d)`;
type PackedDevice = readonly [id: string, ipAddress: string | null, userAgent: string | null, location: string | null, createdAt: string];

const ADDRESSES = `(SELECT json_agg(a.packed) FROM (
  SELECT json_build_array('verifiable', a.id, a.value, a.via, a.created_at, a.updated_at, a.verified, a.status, a.verified_at) AS packed
  FROM verifiable_address a WHERE a.identity_id = s.identity_id
  UNION ALL
  SELECT json_build_array('recovery', a.id, a.value, a.via, a.created_at, a.updated_at)
  FROM recovery_address a WHERE a.identity_id = s.identity_id) a)`;
type PackedAddress = readonly [id: AddressId, value: string, via: AddressChannel, createdAt: string, updatedAt: string];
type PackedVerifiable = readonly ["verifiable", ...PackedAddress, verified: boolean, status: VerifiableAddress["status"], verifiedAt: string | null];

const CREDENTIALS = `(SELECT json_agg(json_build_array(
  c.id, c.type, c.config, c.last_step, c.enrolled_aal, c.last_used_at, c.created_at, c.updated_at,
  CASE WHEN c.type NOT IN ('totp', 'lookup_secret') THEN ARRAY(
    SELECT n.identifier FROM credential_identifier n WHERE n.credential_id = c.id) END,
  CASE WHEN c.type = 'lookup_secret' THEN (
    SELECT json_agg(json_build_array(l.id, l.position, l.digest, l.sealed, l.used_at)) FROM lookup_code l WHERE l.credential_id = c.id) END))
  FROM credential c WHERE c.identity_id = s.identity_id)`;
type PackedCode = readonly [id: LookupCodeId, position: number, digest: string, sealed: string | null, usedAt: string | null];
type PackedCredential = readonly [
  id: CredentialId, type: FactorId, config: JsonObject, lastStep: number, enrolledAal: "aal1" | "aal2" | null, lastUsedAt: string | null,
  createdAt: string, updatedAt: string, identifiers: readonly string[] | null, codes: readonly PackedCode[] | null,
];

/** $1 token hash, $2 project. The hot one: whoami and every guarded page. */
export const SESSION_SNAPSHOT: Statement = {
  name: "rung_session_snapshot",
  text: `SELECT json_build_array(p.current_revision,
    s.id, s.identity_id, s.kind, s.token_hash, s.aal, s.methods, s.authenticated_at, s.issued_at, s.expires_at, s.revoked_at, ${DEVICES},
    i.schema_id, i.state, i.state_changed_at, i.traits, i.metadata_public, i.metadata_admin, i.external_id, i.version, i.created_at, i.updated_at,
    ${ADDRESSES}, ${CREDENTIALS}) AS found
  FROM session s JOIN identity i ON i.id = s.identity_id JOIN project p ON p.id = s.project_id
  WHERE s.token_hash = $1 AND s.project_id = $2::uuid`,
};
export type PackedSnapshot = readonly [
  currentRevision: number,
  id: SessionId, identityId: IdentityId, kind: Session["kind"], tokenHash: string, aal: AssuranceLevel, methods: readonly StoredMethod[],
  authenticatedAt: string, issuedAt: string, expiresAt: string, revokedAt: string | null, devices: readonly PackedDevice[] | null,
  schemaId: string, state: Identity["state"], stateChangedAt: string | null, traits: JsonObject, metadataPublic: JsonValue, metadataAdmin: JsonValue,
  externalId: string | null, version: number, createdAt: string, updatedAt: string,
  addresses: readonly (PackedVerifiable | readonly ["recovery", ...PackedAddress])[] | null, credentials: readonly PackedCredential[] | null,
];

export interface SnapshotRow {
  readonly session: SessionRow;
  readonly identity: IdentityRow;
  readonly credentials: readonly CredentialRow[];
  readonly currentRevision: number;
}

/** The rows that the other reads answer with names. */
export function unpacked(packed: PackedSnapshot): SnapshotRow {
  const [
    currentRevision, id, identityId, kind, tokenHash, aal, methods, authenticatedAt, issuedAt, expiresAt, revokedAt, devices,
    schemaId, state, stateChangedAt, traits, metadataPublic, metadataAdmin, externalId, version, createdAt, updatedAt, addresses, credentials,
  ] = packed;
  const verifiable: IdentityRow["verifiable"][number][] = [];
  const recovery: IdentityRow["recovery"][number][] = [];
  for (const address of addresses ?? []) {
    const facts = { id: address[1], value: address[2], via: address[3], createdAt: address[4], updatedAt: address[5] };
    if (address[0] === "recovery") recovery.push(facts);
    else verifiable.push({ ...facts, verified: address[6], status: address[7], verifiedAt: address[8] });
  }
  return {
    currentRevision,
    session: {
      id, identityId, kind, tokenHash, aal, methods, authenticatedAt, issuedAt, expiresAt, revokedAt, devices: (devices ?? []).map(device),
    },
    identity: {
      id: identityId, schemaId, state, stateChangedAt, traits, metadataPublic, metadataAdmin, externalId, version, createdAt, updatedAt,
      verifiable, recovery,
    },
    credentials: (credentials ?? []).map((credential) => credentialRow(identityId, credential)),
  };
}

function device([id, ipAddress, userAgent, location, createdAt]: PackedDevice): SessionRow["devices"][number] {
  return { id, ipAddress, userAgent, location, createdAt };
}

function credentialRow(identityId: IdentityId, packed: PackedCredential): CredentialRow {
  const [id, type, config, lastStep, enrolledAal, lastUsedAt, createdAt, updatedAt, identifiers, codes] = packed;
  return {
    id, identityId, type, config, lastStep, enrolledAal, lastUsedAt, createdAt, updatedAt, identifiers: identifiers ?? [],
    codes: codes?.map(([codeId, position, digest, sealed, usedAt]) => ({ id: codeId, position, digest, sealed, usedAt })) ?? null,
  };
}

import type { Statement } from "./connection";
import { LAST_DEVICES } from "./snapshot";

export { SESSION_SNAPSHOT } from "./snapshot";

/*
 * The reads that decide whether somebody is let in, each one round trip: Prisma would ask table by table. Every
 * sub-select is an index lookup by the row above it, so a million other people cost nothing. Sets arrive unordered; rows.ts
 * orders them.
 */

const ADDRESS = "'id', a.id, 'value', a.value, 'via', a.via, 'createdAt', a.created_at, 'updatedAt', a.updated_at";

export const IDENTITY = `json_build_object(
  'id', i.id, 'schemaId', i.schema_id, 'state', i.state, 'stateChangedAt', i.state_changed_at, 'traits', i.traits,
  'metadataPublic', i.metadata_public, 'metadataAdmin', i.metadata_admin, 'externalId', i.external_id, 'version', i.version,
  'createdAt', i.created_at, 'updatedAt', i.updated_at,
  'verifiable', coalesce((
    SELECT json_agg(json_build_object(${ADDRESS}, 'verified', a.verified, 'status', a.status, 'verifiedAt', a.verified_at))
    FROM verifiable_address a WHERE a.identity_id = i.id), '[]'),
  'recovery', coalesce((
    SELECT json_agg(json_build_object(${ADDRESS}))
    FROM recovery_address a WHERE a.identity_id = i.id), '[]'))`;

export const CREDENTIALS = `coalesce((
  SELECT json_agg(json_build_object(
    'id', c.id, 'identityId', c.identity_id, 'type', c.type, 'config', c.config, 'lastStep', c.last_step, 'enrolledAal', c.enrolled_aal,
    'lastUsedAt', c.last_used_at, 'createdAt', c.created_at, 'updatedAt', c.updated_at,
    'identifiers', coalesce((
      SELECT json_agg(n.identifier) FROM credential_identifier n WHERE n.credential_id = c.id), '[]'),
    'codes', CASE WHEN c.type = 'lookup_secret' THEN (
      SELECT json_agg(json_build_object('id', l.id, 'position', l.position, 'digest', l.digest, 'sealed', l.sealed, 'usedAt', l.used_at))
      FROM lookup_code l WHERE l.credential_id = c.id) END
  ))
  FROM credential c WHERE c.identity_id = i.id), '[]')`;

export const SESSION = `json_build_object(
  'id', s.id, 'identityId', s.identity_id, 'kind', s.kind, 'tokenHash', s.token_hash, 'aal', s.aal, 'methods', s.methods,
  'authenticatedAt', s.authenticated_at, 'issuedAt', s.issued_at, 'expiresAt', s.expires_at, 'revokedAt', s.revoked_at,
  'devices', coalesce((
    SELECT json_agg(json_build_object('id', d.id, 'ipAddress', d.ip_address, 'userAgent', d.user_agent, 'location', d.location, 'createdAt', d.created_at))
    FROM ${LAST_DEVICES} d), '[]'))`;

/** $1 session, $2 project. */
export const SESSION_BY_ID: Statement = {
  name: "rung_session_by_id",
  text: `SELECT ${SESSION} AS found FROM session s WHERE s.id = $1::uuid AND s.project_id = $2::uuid`,
};

/** $1 identity, $2 project, $3 instant, $4 session to leave out or null, $5 limit, $6 offset: any page a caller may name, also one past the end. */
export const LIVE_SESSIONS: Statement = {
  name: "rung_live_sessions",
  text: `SELECT ${SESSION} AS found, count(*) OVER ()::int AS total FROM session s
  WHERE s.identity_id = $1::uuid AND s.project_id = $2::uuid AND s.revoked_at IS NULL AND s.expires_at > $3::timestamptz
    AND s.id IS DISTINCT FROM $4::uuid
  ORDER BY s.issued_at DESC, s.id LIMIT $5::int OFFSET least($6::numeric, 9007199254740991)::bigint`,
};

/** $1 identity, $2 project, $3 instant, $4 session to leave out or null. */
export const LIVE_SESSION_COUNT: Statement = {
  name: "rung_live_session_count",
  text: `SELECT count(*)::int AS total FROM session s
  WHERE s.identity_id = $1::uuid AND s.project_id = $2::uuid AND s.revoked_at IS NULL AND s.expires_at > $3::timestamptz
    AND s.id IS DISTINCT FROM $4::uuid`,
};

/** $1 identity, $2 project. */
export const IDENTITY_BY_ID: Statement = {
  name: "rung_identity_by_id",
  text: `SELECT ${IDENTITY} AS found FROM identity i WHERE i.id = $1::uuid AND i.project_id = $2::uuid`,
};

const ACCOUNT = `json_build_object('identity', ${IDENTITY}, 'credentials', ${CREDENTIALS})`;

/** $1 identity, $2 project. */
export const ACCOUNT_BY_ID: Statement = {
  name: "rung_account_by_id",
  text: `SELECT ${ACCOUNT} AS found FROM identity i WHERE i.id = $1::uuid AND i.project_id = $2::uuid`,
};

/** $1 credential type, $2 project, $3 normalised identifier. */
export const ACCOUNT_BY_IDENTIFIER: Statement = {
  name: "rung_account_by_identifier",
  text: `SELECT ${ACCOUNT} AS found
  FROM credential_identifier k JOIN credential o ON o.id = k.credential_id JOIN identity i ON i.id = o.identity_id
  WHERE k.project_id = $2::uuid AND k.type = $1 AND k.identifier = $3`,
};

/** $1 via, $2 project, $3 normalised value. */
function accountByAddress(table: "verifiable_address" | "recovery_address"): Statement {
  return {
    name: `rung_account_by_${table}`,
    text: `SELECT ${ACCOUNT} AS found FROM ${table} k JOIN identity i ON i.id = k.identity_id
  WHERE k.project_id = $2::uuid AND k.via = $1 AND k.value = $3`,
  };
}
export const ACCOUNT_BY_VERIFIABLE_ADDRESS = accountByAddress("verifiable_address");
export const ACCOUNT_BY_RECOVERY_ADDRESS = accountByAddress("recovery_address");

/** $1 identity, $2 project. */
export const CREDENTIALS_OF: Statement = {
  name: "rung_credentials_of",
  text: `SELECT ${CREDENTIALS} AS found FROM identity i WHERE i.id = $1::uuid AND i.project_id = $2::uuid`,
};

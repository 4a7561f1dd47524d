import type { Identity, JsonObject, RecoveryAddress, VerifiableAddress } from "../model/identity";
import { rfc3339 } from "./message";

/** Public address of an identity schema: the id travels as base64url (contract 1.12). */
export function schemaUrl(baseUrl: string, schemaId: string): string {
  return `${baseUrl.endsWith("/") ? baseUrl.replace(/\/+$/, "") : baseUrl}/schemas/${segmentOf(schemaId)}`;
}

/** An installation has a handful of schemas, and every session that is shown names one. */
const SEGMENTS = new Map<string, string>();
const SEGMENTS_KEPT = 1_000;

function segmentOf(schemaId: string): string {
  const known = SEGMENTS.get(schemaId);
  if (known !== undefined) return known;
  const segment = base64Url(schemaId);
  if (SEGMENTS.size >= SEGMENTS_KEPT) SEGMENTS.clear();
  SEGMENTS.set(schemaId, segment);
  return segment;
}

/** The schema id of a path segment: base64url when it decodes to text that encodes back to itself, else the segment as it is. */
export function schemaIdOf(segment: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(segment)) return segment;
  const bytes = Uint8Array.from(binary(segment), (character) => character.charCodeAt(0));
  const text = new TextDecoder().decode(bytes);
  return base64Url(text) === segment && !/[\u0000-\u001f\ufffd]/.test(text) ? text : segment;
}

/** The identity as everybody may see it (contract 7.2): never its credentials, never the admin's metadata. */
export function identityToWire(identity: Identity, place: { readonly baseUrl: string }): JsonObject {
  return {
    id: identity.id,
    schema_id: identity.schemaId,
    schema_url: schemaUrl(place.baseUrl, identity.schemaId),
    state: identity.state,
    ...(identity.stateChangedAt === null ? {} : { state_changed_at: rfc3339(identity.stateChangedAt) }),
    traits: identity.traits,
    ...(identity.verifiableAddresses.length === 0 ? {} : { verifiable_addresses: identity.verifiableAddresses.map(verifiableToWire) }),
    ...(identity.recoveryAddresses.length === 0 ? {} : { recovery_addresses: identity.recoveryAddresses.map(recoveryToWire) }),
    metadata_public: identity.metadataPublic,
    ...(identity.externalId === null ? {} : { external_id: identity.externalId }),
    created_at: rfc3339(identity.createdAt),
    updated_at: rfc3339(identity.updatedAt),
    organization_id: null,
  };
}

export function verifiableToWire(address: VerifiableAddress): JsonObject {
  return {
    id: address.id,
    value: address.value,
    verified: address.verified,
    via: address.via,
    status: address.status,
    ...(address.verifiedAt === null ? {} : { verified_at: rfc3339(address.verifiedAt) }),
    created_at: rfc3339(address.createdAt),
    updated_at: rfc3339(address.updatedAt),
  };
}

export function recoveryToWire(address: RecoveryAddress): JsonObject {
  return {
    id: address.id,
    value: address.value,
    via: address.via,
    created_at: rfc3339(address.createdAt),
    updated_at: rfc3339(address.updatedAt),
  };
}

function base64Url(text: string): string {
  const characters = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
  return btoa(characters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function binary(segment: string): string {
  try {
    return atob(segment.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}

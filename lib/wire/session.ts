import type { AuthenticationMethod } from "../model/assurance";
import type { Identity, JsonObject } from "../model/identity";
import type { Session, SessionDevice } from "../model/session";
import { identityToWire } from "./identity";
import { rfc3339 } from "./message";

/**
 * The session as its owner may see it (contract 7.1). `identity: null` hides the person from a native login whose level is not met.
 * `active` is computed: not revoked, not past its end, and the identity, where given, not switched off. Never the token.
 */
export function sessionToWire(session: Session, identity: Identity | null, place: { readonly baseUrl: string; readonly now: Date }): JsonObject {
  const live = session.revokedAt === null && session.expiresAt.getTime() > place.now.getTime();
  return {
    id: session.id,
    active: live && (identity === null || identity.state === "active"),
    expires_at: rfc3339(session.expiresAt),
    authenticated_at: rfc3339(session.authenticatedAt),
    authenticator_assurance_level: session.aal,
    authentication_methods: session.methods.map(methodToWire),
    issued_at: rfc3339(session.issuedAt),
    identity: identity === null ? null : identityToWire(identity, place),
    devices: session.devices.map(deviceToWire),
  };
}

function methodToWire(entry: AuthenticationMethod): JsonObject {
  return {
    method: entry.method,
    aal: entry.aal,
    completed_at: rfc3339(entry.completedAt),
    ...(entry.provider === undefined ? {} : { provider: entry.provider }),
    ...(entry.upstreamAcr === undefined ? {} : { upstream_acr: entry.upstreamAcr }),
    ...(entry.upstreamAmr === undefined ? {} : { upstream_amr: [...entry.upstreamAmr] }),
  };
}

function deviceToWire(device: SessionDevice): JsonObject {
  return { id: device.id, ip_address: device.ipAddress, user_agent: device.userAgent, location: device.location };
}

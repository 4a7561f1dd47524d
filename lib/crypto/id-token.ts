import { createHash } from "node:crypto";
import { createLocalJWKSet, decodeProtectedHeader, errors, jwtVerify } from "jose";
import type { JSONWebKeySet, JWTPayload } from "jose";
import type { JsonObject } from "../model/identity";
import { constantTimeEqual } from "./token";

/** Signatures with a public key. Never `none`, never HMAC: the client secret is no signing key of the provider's (T30). */
export const ID_TOKEN_ALGORITHMS: readonly string[] = [
  "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
];
/** Clocks of two machines. */
const SKEW_SECONDS = 30;
/** OpenID Connect Core, 2: `sub` has at most 255 ASCII characters. */
const SUBJECT = /^[\x21-\x7e]{1,255}$/;
const MAX_TOKEN_CHARACTERS = 32_768;

export interface IdTokenExpectation {
  /** Exactly this `iss`; `{tenantid}` stands for the token's own `tid`, which must be a uuid (Microsoft's shared issuer). */
  readonly issuer: string;
  readonly clientId: string;
  /** Other clients whose tokens are taken too (an app's own client id beside the server's). */
  readonly alsoFor?: readonly string[];
  /** Null only where a ceremony without a nonce is allowed (never a browser's). */
  readonly nonce: string | null;
  readonly jwks: JSONWebKeySet;
  /** What the provider says it signs with; anything outside the list above is ignored. */
  readonly algorithms: readonly string[];
  /** The access token of the same answer: `at_hash`, where present, must fit. Null: none came along, an app's SDK keeps it. */
  readonly accessToken: string | null;
  readonly now: Date;
}

export type IdTokenVerdict =
  | { readonly kind: "valid"; readonly claims: JsonObject & { readonly iss: string; readonly sub: string } }
  /** `unknown_key`: the key set may be stale; everything else is final. `why` is for the log, never for a screen. */
  | { readonly kind: "unknown_key" | "refused"; readonly why: string };

/**
 * Checks an id token (OpenID Connect Core, 3.1.3.7).
 *
 * Order: 1 a JWT signed by an allowed algorithm with a key of this provider · 2 exact issuer · 3 this client (or one it is also for) as
 * the only audience and, where named, authorised party · 4 not expired, not from the future · 5 the nonce of this browser · 6 the access token's hash.
 */
export async function verifyIdToken(token: string, expected: IdTokenExpectation): Promise<IdTokenVerdict> {
  if (token.length > MAX_TOKEN_CHARACTERS) return refused("too long");
  const algorithms = ID_TOKEN_ALGORITHMS.filter((name) => expected.algorithms.includes(name));
  try {
    const header = decodeProtectedHeader(token);
    if (typeof header.alg !== "string" || !algorithms.includes(header.alg)) return refused(`algorithm ${String(header.alg)}`);
    if (header.typ !== undefined && header.typ.toLowerCase() !== "jwt") return refused(`type ${header.typ}`);
    const { payload } = await jwtVerify(token, createLocalJWKSet(publicKeys(expected.jwks)), {
      algorithms, audience: [...clientsOf(expected)], currentDate: expected.now, clockTolerance: SKEW_SECONDS, requiredClaims: ["iss", "sub", "exp", "iat"],
    });
    const why = problemOf(payload, header.alg, expected);
    return why === null ? { kind: "valid", claims: payload as JsonObject & { iss: string; sub: string } } : refused(why);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return { kind: "unknown_key", why: "no key of the provider fits" };
    return refused(error instanceof errors.JOSEError ? error.code : "not a token");
  }
}

function problemOf(claims: JWTPayload, algorithm: string, expected: IdTokenExpectation): string | null {
  if (claims.iss !== issuerFor(expected.issuer, claims["tid"])) return "issuer";
  const clients = clientsOf(expected);
  const audience: unknown = claims.aud;
  const only: unknown = Array.isArray(audience) && audience.length === 1 ? audience[0] : audience;
  if (!clients.some((client) => client === only)) return "audience";
  if (claims["azp"] !== undefined && !clients.some((client) => client === claims["azp"])) return "authorised party";
  if (typeof claims.sub !== "string" || !SUBJECT.test(claims.sub)) return "subject";
  if (typeof claims.iat !== "number" || claims.iat > expected.now.getTime() / 1_000 + SKEW_SECONDS) return "issued in the future";
  if (expected.nonce !== null && (typeof claims["nonce"] !== "string" || !constantTimeEqual(claims["nonce"], expected.nonce))) return "nonce";
  const { accessToken } = expected;
  if (accessToken !== null && claims["at_hash"] !== undefined && claims["at_hash"] !== accessTokenHash(accessToken, algorithm)) return "access token hash";
  return null;
}

function clientsOf({ clientId, alsoFor = [] }: IdTokenExpectation): readonly string[] {
  return [clientId, ...alsoFor];
}

/** The `iss` to expect; no string at all where the tenant is none. */
function issuerFor(issuer: string, tenant: unknown): string | null {
  if (!issuer.includes("{tenantid}")) return issuer;
  const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  return typeof tenant === "string" && uuid.test(tenant) ? issuer.replace("{tenantid}", tenant) : null;
}

/** Core, 3.1.3.6: the left half of the hash that the algorithm names. */
function accessTokenHash(accessToken: string, algorithm: string): string {
  const size = /(256|384|512)$/.exec(algorithm)?.[1] ?? "512";
  const digest = createHash(`sha${size}`).update(accessToken, "ascii").digest();
  return digest.subarray(0, digest.length / 2).toString("base64url");
}

/** A shared secret in a published key set would let anybody sign. */
function publicKeys(jwks: JSONWebKeySet): JSONWebKeySet {
  return { keys: jwks.keys.filter((key) => key.kty !== "oct" && (key.use === undefined || key.use === "sig")) };
}

function refused(why: string): IdTokenVerdict {
  return { kind: "refused", why };
}

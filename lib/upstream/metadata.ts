import type { JSONWebKeySet } from "jose";
import type { OidcProviderConfig } from "../model/project";
import { HOUR_MS, MINUTE_MS } from "../model/time";
import { UpstreamError } from "./failure";
import { isHurried } from "./http";
import type { AskUpstream, UpstreamRules } from "./http";
import { createMemory } from "./memory";

/** Where a provider is found and what it can do. */
export interface Metadata {
  /** Null: an OAuth provider without id tokens (GitHub). */
  readonly issuer: string | null;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userinfoEndpoint: string | null;
  readonly jwksUri: string | null;
  readonly algorithms: readonly string[];
  /** The answer must name its issuer (RFC 9207). */
  readonly namesIssuer: boolean;
  readonly secretInHeader: boolean;
}

const ISSUERS: Readonly<Record<Exclude<OidcProviderConfig["kind"], "generic" | "github">, string>> = {
  google: "https://accounts.google.com", apple: "https://appleid.apple.com", gitlab: "https://gitlab.com",
  microsoft: "https://login.microsoftonline.com/common/v2.0",
};
const GITHUB: Metadata = {
  issuer: null, authorizationEndpoint: "https://github.com/login/oauth/authorize", tokenEndpoint: "https://github.com/login/oauth/access_token",
  userinfoEndpoint: "https://api.github.com/user", jwksUri: null, algorithms: [], namesIssuer: false, secretInHeader: false,
};
/** A moved endpoint is found within the hour; new keys at once, and no stranger makes us ask for keys more often than this. */
const DISCOVERY_FOR_MS = HOUR_MS;
const KEYS_FOR_MS = 10 * MINUTE_MS;
const KEYS_AGAIN_AFTER_MS = 10_000;

const documents = createMemory<Metadata>();
const keySets = createMemory<JSONWebKeySet>();

export function issuerOf(provider: OidcProviderConfig): string {
  if (provider.kind === "github") return "https://github.com";
  return provider.issuerUrl ?? (provider.kind === "generic" ? "" : ISSUERS[provider.kind]);
}

/** The discovery document, exactly of the issuer that was configured (OpenID Connect Discovery, 4.3); a failure is remembered for seconds, and those who wait share one request. Throws an UpstreamError. */
export async function metadataOf(provider: OidcProviderConfig, ask: AskUpstream, rules: UpstreamRules, now: Date): Promise<Metadata> {
  if (provider.kind === "github") return GITHUB;
  const issuer = issuerOf(provider);
  const lane = laneOf(issuer, rules);
  return documents.read(lane, now, DISCOVERY_FOR_MS, async () =>
    metadataIn(await jsonOf(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, ask, rules), issuer), isHurried(rules));
}

/** The provider's keys; `fresh` asks again where the last answer is not from this moment. Remembered and shared as above. Throws an UpstreamError. */
export async function keysOf(metadata: Metadata, ask: AskUpstream, rules: UpstreamRules, now: Date, fresh = false): Promise<JSONWebKeySet> {
  const { jwksUri } = metadata;
  if (jwksUri === null) throw new UpstreamError("oidc_misconfigured", "the provider publishes no keys");
  return keySets.read(laneOf(`${metadata.issuer ?? ""} ${jwksUri}`, rules), now, fresh ? KEYS_AGAIN_AFTER_MS : KEYS_FOR_MS, async () => {
    const { keys } = await jsonOf(jwksUri, ask, rules);
    if (!Array.isArray(keys)) throw new UpstreamError("oidc_bad_answer", "the key set is none");
    return { keys: keys.filter((key) => typeof key === "object" && key !== null) } as JSONWebKeySet;
  }, isHurried(rules));
}

/** What one project may ask is nothing that another, which may not, is told. */
function laneOf(url: string, { project, allowPrivate }: UpstreamRules): string {
  return `${project} ${String(allowPrivate)} ${url}`;
}

function metadataIn(document: Readonly<Record<string, unknown>>, issuer: string): Metadata {
  // Microsoft's shared issuers name every tenant's by a placeholder; the token's own tenant takes its place when it is verified.
  const shared = /^https:\/\/login\.microsoftonline\.com\/(common|organizations|consumers)\/v2\.0$/.test(issuer);
  const said = document["issuer"];
  if (said !== issuer && !(shared && said === "https://login.microsoftonline.com/{tenantid}/v2.0") && !(shared && isTenant(said))) {
    throw new UpstreamError("oidc_misconfigured", "the discovery document is of another issuer");
  }
  const plain = issuer.startsWith("http:");
  const endpoint = (name: string): string | null => {
    const value = document[name];
    if (typeof value !== "string" || !URL.canParse(value)) return null;
    const url = new URL(value);
    if (url.username !== "" || url.password !== "" || (url.protocol !== "https:" && !(plain && url.protocol === "http:"))) return null;
    return value;
  };
  const authorizationEndpoint = endpoint("authorization_endpoint");
  const tokenEndpoint = endpoint("token_endpoint");
  const jwksUri = endpoint("jwks_uri");
  if (authorizationEndpoint === null || tokenEndpoint === null || jwksUri === null) {
    throw new UpstreamError("oidc_misconfigured", "the discovery document misses an endpoint");
  }
  const authMethods = textsIn(document["token_endpoint_auth_methods_supported"]);
  return {
    issuer: String(said), authorizationEndpoint, tokenEndpoint, jwksUri, userinfoEndpoint: endpoint("userinfo_endpoint"),
    algorithms: textsIn(document["id_token_signing_alg_values_supported"], ["RS256"]),
    namesIssuer: document["authorization_response_iss_parameter_supported"] === true,
    secretInHeader: authMethods.length === 0 || authMethods.includes("client_secret_basic"),
  };
}

function isTenant(value: unknown): boolean {
  return typeof value === "string" && /^https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}\/v2\.0$/.test(value);
}

function textsIn(value: unknown, otherwise: readonly string[] = []): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : otherwise;
}

/** A JSON object from one of the provider's addresses. Redirects are answers like any other, and wrong ones. */
export async function jsonOf(
  url: string, ask: AskUpstream, rules: UpstreamRules, headers: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await ask({ url, method: "GET", headers }, rules).catch((cause: unknown) => {
    throw new UpstreamError("oidc_unavailable", "no answer", { cause });
  });
  if (answer.status >= 500) throw new UpstreamError("oidc_unavailable", `status ${answer.status}`);
  if (answer.status !== 200) throw new UpstreamError("oidc_bad_answer", `status ${answer.status}`);
  return objectIn(answer.body);
}

export function objectIn(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  } catch {
    // told below
  }
  throw new UpstreamError("oidc_bad_answer", "the answer is no JSON object");
}

import type { MethodConfig, OidcProviderConfig } from "../model/project";
import { isLoopback } from "./cookies";
import type { Reader } from "./reader";
import { isJsonObject } from "./schema";
import { escapeSegment } from "./sentences";

type Kind = OidcProviderConfig["kind"];

const NAMES: Readonly<Record<Exclude<Kind, "generic">, string>> = {
  google: "Google", github: "GitHub", microsoft: "Microsoft", apple: "Apple", gitlab: "GitLab",
};
const SCOPES: Readonly<Record<Kind, readonly string[]>> = {
  generic: ["openid", "email", "profile"], google: ["openid", "email", "profile"], microsoft: ["openid", "email", "profile"],
  gitlab: ["openid", "email", "profile"], apple: ["openid", "email", "name"], github: ["read:user", "user:email"],
};
/** Dotted names. */
const PATH = /^[A-Za-z_$][\w$:/-]*(\.[\w$:/-]+)*$/;

/** `selfservice.methods.oidc.config`. */
export function oidcConfig(reader: Reader): Pick<MethodConfig["oidc"], "providers" | "baseRedirectUri"> {
  const at = "selfservice.methods.oidc.config";
  const seen = new Set<string>();
  const providers = reader.list(`${at}.providers`).flatMap((value, index) => {
    if (!isJsonObject(value)) return [];
    const entry = reader.inside(`/${at.replaceAll(".", "/")}/providers/${index}`, value);
    const provider = readProvider(entry);
    // Ids stand in addresses and cookies; some of these do not know big from small letters.
    if (seen.has(provider.id.toLowerCase())) entry.refuse("id", "stands twice; every provider needs its own id.");
    seen.add(provider.id.toLowerCase());
    return [provider];
  });
  const base = reader.text(`${at}.base_redirect_uri`) ?? null;
  if (base !== null && !isSafeUrl(base)) reader.refuse(`${at}.base_redirect_uri`, "must be a URL that begins with https://.");
  return { providers, baseRedirectUri: base?.replace(/\/+$/, "") ?? null };
}

function readProvider(entry: Reader): OidcProviderConfig {
  const id = entry.text("id") ?? "";
  const kind = (entry.text("provider") ?? "generic") as Kind;
  const apple = kind === "apple" ? appleKey(entry) : null;
  if (kind !== "apple" && entry.text("client_secret") === undefined) entry.refuse("client_secret", "is missing.");
  const pkce = entry.text("pkce");
  return {
    id, kind, apple,
    label: entry.text("label") ?? (kind === "generic" ? id : NAMES[kind]),
    clientId: entry.text("client_id") ?? "",
    clientSecret: entry.text("client_secret") ?? "",
    additionalAudiences: texts(entry, "additional_id_token_audiences"),
    issuerUrl: issuerUrl(entry, kind),
    scope: entry.at("scope") === undefined ? SCOPES[kind] : texts(entry, "scope"),
    claims: claimMapping(entry),
    aal2AcrValues: texts(entry, "aal2_acr_values"),
    aal2AmrValues: texts(entry, "aal2_amr_values"),
    pkce: pkce === "force" || pkce === "never" ? pkce : "auto",
  };
}

function issuerUrl(entry: Reader, kind: Kind): string | null {
  const given = entry.text("issuer_url");
  const tenant = entry.text("microsoft_tenant");
  if (tenant !== undefined && kind !== "microsoft") entry.refuse("microsoft_tenant", "has a meaning for the provider microsoft only.");
  if (given !== undefined && !isSafeUrl(given)) entry.refuse("issuer_url", "must be a URL that begins with https://.");
  if (given === undefined && kind === "generic") entry.refuse("issuer_url", "is missing; a generic provider is found by its issuer.");
  if (given !== undefined) return given;
  return kind === "microsoft" && tenant !== undefined ? `https://login.microsoftonline.com/${tenant}/v2.0` : null;
}

/**
 * Which claim fills which trait, by dotted names; without any, the e-mail address alone. Differs from Kratos, where a Jsonnet
 * program (`mapper_url`) does this: beside `claims` it is kept without effect, alone it is refused.
 */
function claimMapping(entry: Reader): Readonly<Record<string, string>> {
  const given = entry.map("claims");
  if (given.length === 0) {
    if (entry.at("mapper_url") !== undefined) {
      entry.refuse("mapper_url", "is not evaluated here. Name the claims instead, such as claims: { email: email, name.first: given_name }.");
    }
    return { email: "email" };
  }
  const claims: Record<string, string> = {};
  for (const [trait, claim] of given) {
    if (PATH.test(trait) && typeof claim === "string" && PATH.test(claim)) claims[trait] = claim;
    else entry.refuse(`${entry.pointer}/claims/${escapeSegment(trait)}`, "must name a trait and a claim, each as words joined by dots.");
  }
  return claims;
}

function appleKey(entry: Reader): OidcProviderConfig["apple"] {
  for (const name of ["apple_team_id", "apple_private_key_id", "apple_private_key"]) {
    if (entry.text(name) === undefined) entry.refuse(name, "is missing; Apple's client secret is signed with it.");
  }
  const privateKey = entry.text("apple_private_key") ?? "";
  if (privateKey !== "" && !/^-----BEGIN (EC )?PRIVATE KEY-----/.test(privateKey.trim())) {
    entry.refuse("apple_private_key", "must be a private key in PEM form.");
  }
  return { teamId: entry.text("apple_team_id") ?? "", keyId: entry.text("apple_private_key_id") ?? "", privateKey };
}

/** Https, or http that never leaves the machine. */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

function texts(entry: Reader, path: string): readonly string[] {
  return entry.list(path).filter((value) => typeof value === "string");
}

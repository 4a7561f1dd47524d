import type { JsonObject, JsonValue } from "../model/identity";
import type { OidcProviderConfig } from "../model/project";
import type { UpstreamPerson } from "../model/upstream";
import { UpstreamError } from "./failure";

/** More is no name, no address and no level of anybody. */
const MAX_TEXT = 512;
const MAX_CLAIMS_CHARACTERS = 16_384;
const MAX_AMR = 16;
const MAX_ADDRESS = 254;
/** About the token, not about the person. */
const PROTOCOL_CLAIMS: ReadonlySet<string> = new Set(["aud", "exp", "nbf", "iat", "nonce", "at_hash", "c_hash", "s_hash", "azp", "jti", "sid"]);

/**
 * The person of a verified id token. Level and time are the token's alone; userinfo, of the same subject, only adds what may fill
 * traits. An address counts as verified where its own source says so with `true`.
 */
export function personFrom(provider: OidcProviderConfig, issuer: string, idToken: JsonObject, userinfo: JsonObject): UpstreamPerson {
  const subject = idToken["sub"];
  if (typeof subject !== "string" || subject === "") throw new UpstreamError("oidc_bad_answer", "no subject");
  const { acr, amr, auth_time: authTime } = idToken;
  return {
    provider: provider.id, issuer, subject,
    claims: bounded({ ...userinfo, ...idToken }),
    email: emailOf(provider, idToken, userinfo),
    acr: isWord(acr) ? acr : null,
    amr: amrOf(amr),
    authTime: typeof authTime === "number" && Number.isSafeInteger(authTime) && authTime > 0 ? authTime : null,
  };
}

/** GitHub has no id token: the numeric id names the account, for ever; names can be taken over by others. */
export function gitHubPerson(provider: OidcProviderConfig, user: JsonObject, emails: readonly JsonValue[]): UpstreamPerson {
  const { id } = user;
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id <= 0) throw new UpstreamError("oidc_bad_answer", "no subject");
  const primary = emails.find((entry): entry is JsonObject => typeof entry === "object" && entry !== null && !Array.isArray(entry) && (entry as JsonObject)["primary"] === true);
  const value = primary?.["email"];
  const email = typeof value === "string" && isAddress(value) ? { value, verified: primary?.["verified"] === true } : null;
  const picked = Object.fromEntries(["id", "login", "name", "html_url", "avatar_url", "location", "company"].flatMap((name) => (Object.hasOwn(user, name) ? [[name, user[name] ?? null]] : [])));
  return {
    provider: provider.id, issuer: "https://github.com", subject: String(id),
    claims: bounded({ ...picked, sub: String(id), ...(email === null ? {} : { email: email.value, email_verified: email.verified }) }),
    email, acr: null, amr: [], authTime: null,
  };
}

/**
 * `email_verified` belongs to the address beside it. Microsoft sends addresses that any tenant may write into its directory: only
 * `xms_edov` vouches for one. Apple sends the flag as a text.
 */
function emailOf(provider: OidcProviderConfig, idToken: JsonObject, userinfo: JsonObject): UpstreamPerson["email"] {
  const source = typeof idToken["email"] === "string" ? idToken : userinfo;
  const value = source["email"];
  if (typeof value !== "string" || !isAddress(value)) return null;
  const flag = source["email_verified"] ?? (userinfo["email"] === value ? userinfo["email_verified"] : undefined);
  switch (provider.kind) {
    case "microsoft": {
      const owned = idToken["xms_edov"];
      return { value, verified: owned === true || owned === 1 || owned === "1" || owned === "true" };
    }
    case "apple": return { value, verified: flag === true || flag === "true" };
    default: return { value, verified: flag === true };
  }
}

/** One @, nothing invisible, no comment: what a mail server and we read alike. */
function isAddress(value: string): boolean {
  return value.length <= MAX_ADDRESS && /^[^\s@"(),:;<>[\\\]\p{C}]+@[^\s@"(),:;<>[\\\]\p{C}]+$/u.test(value);
}

/** Texts only; a list with anything else in it says nothing. */
function amrOf(amr: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(amr) || amr.length > MAX_AMR) return [];
  const texts = (amr as readonly JsonValue[]).filter(isWord);
  return texts.length === amr.length ? texts : [];
}

function isWord(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_TEXT && !/\p{C}/u.test(value);
}

/** What may fill traits. A provider that sends a library gets none of it stored. */
function bounded(claims: JsonObject): JsonObject {
  const kept = Object.fromEntries(Object.entries(claims).filter(([name]) => !PROTOCOL_CLAIMS.has(name)));
  if (JSON.stringify(kept).length <= MAX_CLAIMS_CHARACTERS) return kept;
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => typeof value !== "object" && String(value).length <= MAX_TEXT).slice(0, 64));
}

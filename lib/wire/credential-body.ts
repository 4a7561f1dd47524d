import type { JsonObject, JsonValue } from "../model/identity";
import { countAt, flagAt, instantAt, isObject, listAt, malformed, member, objectAt, onlyMembers, textAt } from "./members";

/** A security key or passkey as another system knew it (contract/admin.md 1.11). Binary members are base64url here. */
export interface KeyImport {
  readonly id: string;
  readonly publicKey: string;
  readonly format: string;
  /** As a uuid. */
  readonly aaguid: string;
  readonly signCount: number;
  readonly cloned: boolean;
  readonly name: string;
  readonly addedAt: Date | null;
  readonly passwordless: boolean;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backupState: boolean;
  readonly transports: readonly string[];
}
/** `id`: one of the set as it is; else `code`, a new one or one of a set that shows its codes. */
export interface CodeImport {
  readonly id: string | null;
  readonly code: string | null;
  readonly usedAt: Date | null;
}

/** What an admin says of a credential: to add, to replace, to merge, as its type has it (contract/admin.md 1.8). */
export type CredentialImport =
  | { readonly type: "password"; readonly secret: { readonly clear: string } | { readonly hash: string } | "migrate" }
  | { readonly type: "totp"; readonly url: string }
  | { readonly type: "lookup_secret"; readonly codes: readonly CodeImport[] }
  | { readonly type: "webauthn" | "passkey"; readonly keys: readonly KeyImport[]; readonly userHandle: string | null }
  | { readonly type: "oidc"; readonly links: readonly { readonly provider: string; readonly subject: string }[] };

/** `strict`: an unknown member is refused (create, batch). `patched`: the stored shape, as a patched document has it. */
export type Reading = "strict" | "lenient" | "patched";

const IMPORTED = ["password", "oidc", "saml", "totp", "lookup_secret", "webauthn", "passkey"] as const;
type Imported = (typeof IMPORTED)[number];
const MEMBERS: Readonly<Record<Imported, readonly string[]>> = {
  password: ["password", "hashed_password", "use_password_migration_hook"], oidc: ["providers"], saml: ["providers"], totp: ["totp_url"],
  lookup_secret: ["codes"], webauthn: ["credentials", "user_handle"], passkey: ["credentials", "user_handle"],
};
const KEY_MEMBERS = [
  "id", "public_key", "attestation_type", "attestation", "authenticator", "display_name", "added_at", "is_passwordless", "flags", "transport",
];
export const MAX_CODES = 200;
const MAX_KEYS = 100;
const MAX_SUBJECT = 512;

/** The member `credentials` of a body. Throws `bad_request` naming what cannot be read. */
export function readCredentials(credentials: JsonObject, reading: Reading): readonly CredentialImport[] {
  if (reading === "strict") onlyMembers(credentials, IMPORTED, "credentials");
  return IMPORTED.flatMap((type) => {
    const envelope = objectAt(credentials, type, "credentials.");
    if (envelope === null) return [];
    if (reading === "strict") onlyMembers(envelope, ["config"], `credentials.${type}`);
    const config = objectAt(envelope, "config", `credentials.${type}.`) ?? {};
    if (reading === "strict") onlyMembers(config, MEMBERS[type], `credentials.${type}.config`);
    return readOne(type, config, reading);
  });
}

function readOne(type: Imported, config: JsonObject, reading: Reading): readonly CredentialImport[] {
  const at = `credentials.${type}.config.`;
  switch (type) {
    case "password": return readPassword(config, at);
    case "totp": {
      const url = textAt(config, "totp_url", at);
      return url === null || url === "" ? [] : [{ type, url }];
    }
    case "lookup_secret": {
      const codes = listAt(config, reading === "patched" ? "recovery_codes" : "codes", at).map((code) => readCode(code, reading, at));
      if (codes.length > MAX_CODES) throw malformed(`${at}codes has more than ${String(MAX_CODES)} entries`);
      return codes.length === 0 && reading !== "patched" ? [] : [{ type, codes }];
    }
    case "webauthn":
    case "passkey": return readKeys(type, config, reading, at);
    case "oidc": return readLinks(config, reading, at);
    case "saml":
      if (listAt(config, "providers", at).length > 0) throw malformed("credentials.saml is not offered by this server");
      return [];
  }
}

function readPassword(config: JsonObject, at: string): readonly CredentialImport[] {
  const clear = textAt(config, "password", at);
  const hash = textAt(config, "hashed_password", at);
  if (flagAt(config, "use_password_migration_hook", at) === true) return [{ type: "password", secret: "migrate" }];
  if (clear !== null && clear !== "") return [{ type: "password", secret: { clear } }];
  return hash === null || hash === "" ? [] : [{ type: "password", secret: { hash } }];
}

function readCode(entry: JsonObject, reading: Reading, at: string): CodeImport {
  if (reading === "strict") onlyMembers(entry, ["code", "used_at"], `${at}codes`);
  const code = textAt(entry, "code", `${at}codes.`);
  const id = reading === "patched" ? textAt(entry, "id", `${at}recovery_codes.`) : null;
  if (id === null && (code === null || code.trim() === "" || code.length > 128)) throw malformed(`${at}codes has an entry without a code`);
  return { id, code, usedAt: instantAt(entry, "used_at", `${at}codes.`) };
}

function readLinks(config: JsonObject, reading: Reading, at: string): readonly CredentialImport[] {
  const links = listAt(config, "providers", at).map((entry) => {
    if (reading === "strict") onlyMembers(entry, ["subject", "provider", "use_auto_link", "organization"], `${at}providers`);
    const [subject, provider] = [textAt(entry, "subject", `${at}providers.`), textAt(entry, "provider", `${at}providers.`)];
    if (!subject || !provider || subject.length > MAX_SUBJECT || provider.length > MAX_SUBJECT) throw malformed(`${at}providers wants a subject and a provider in every entry`);
    return { subject, provider };
  });
  return links.length === 0 ? [] : [{ type: "oidc", links }];
}

function readKeys(type: "webauthn" | "passkey", config: JsonObject, reading: Reading, at: string): readonly CredentialImport[] {
  const listed = listAt(config, "credentials", at);
  if (listed.length > MAX_KEYS) throw malformed(`${at}credentials has more than ${String(MAX_KEYS)} keys`);
  const keys = listed.map((entry, index) => readKey(entry, type, reading, `${at}credentials[${String(index)}].`));
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw malformed(`${at}credentials names one key twice`);
  const userHandle = bytesAt(config, "user_handle", at);
  const complete = keys.length > 0 && userHandle !== null;
  if (type === "passkey" && !complete && reading !== "patched") throw malformed(`${at}credentials and user_handle must not be empty`);
  return keys.length === 0 && reading !== "patched" ? [] : [{ type, keys, userHandle }];
}

function readKey(entry: JsonObject, type: "webauthn" | "passkey", reading: Reading, at: string): KeyImport {
  if (reading === "strict") onlyMembers(entry, KEY_MEMBERS, at.slice(0, -1));
  const [id, publicKey] = [bytesAt(entry, "id", at), bytesAt(entry, "public_key", at)];
  if (id === null || publicKey === null) throw malformed(`${at}id and ${at}public_key must not be empty`);
  const authenticator = objectAt(entry, "authenticator", at) ?? {};
  const flags = objectAt(entry, "flags", at) ?? {};
  const aaguid = bytesAt(authenticator, "aaguid", `${at}authenticator.`);
  const transport = member(entry, "transport");
  return {
    id, publicKey, format: textAt(entry, "attestation_type", at) || "none", aaguid: uuidOf(aaguid, at),
    signCount: countAt(authenticator, "sign_count", `${at}authenticator.`) ?? 0,
    cloned: flagAt(authenticator, "clone_warning", `${at}authenticator.`) ?? false,
    name: textAt(entry, "display_name", at) ?? "", addedAt: instantAt(entry, "added_at", at),
    passwordless: flagAt(entry, "is_passwordless", at) ?? type === "passkey",
    userVerified: flagAt(flags, "user_verified", `${at}flags.`) ?? false,
    backupEligible: flagAt(flags, "backup_eligible", `${at}flags.`) ?? false, backupState: flagAt(flags, "backup_state", `${at}flags.`) ?? false,
    transports: Array.isArray(transport) ? (transport as readonly JsonValue[]).filter((one): one is string => typeof one === "string" && one.length <= 32) : [],
  };
}

/** Bytes as base64 in any alphabet, or as a list of numbers (the client's type); base64url here, null for none. */
function bytesAt(object: JsonObject, name: string, at: string): string | null {
  const value = member(object, name);
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "string" && value.length <= 4_096 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(value)) {
    return value.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  }
  if (Array.isArray(value) && value.length <= 1_024) {
    const bytes = (value as readonly JsonValue[]).filter((one): one is number => typeof one === "number" && Number.isInteger(one) && one >= 0 && one < 256);
    if (bytes.length === value.length) return bytes.length === 0 ? null : base64url(bytes);
  }
  throw malformed(`${at}${name} must be base64`);
}

function base64url(bytes: readonly number[]): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function uuidOf(text: string | null, at: string): string {
  if (text === null) return "00000000-0000-0000-0000-000000000000";
  const hex = Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  if (hex.length !== 32) throw malformed(`${at}authenticator.aaguid must be 16 bytes`);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The type of every credential of a patched document must be its key (contract/admin.md 1.9). */
export function checkPatchedTypes(credentials: JsonObject): void {
  for (const [key, envelope] of Object.entries(credentials)) {
    if (!isObject(envelope) || member(envelope, "type") !== key) throw malformed(`credentials.${key}.type must be ${key}`);
  }
}

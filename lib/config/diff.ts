import type { JsonObject, JsonValue } from "../model/identity";
import { durationInWords, parseDurationMs } from "./durations";
import { maskUserInfo } from "./mask";
import { isJsonObject } from "./schema";

/** A key that people know by a name: its words, and what its absence means. */
interface Known {
  readonly name: string;
  readonly otherwise?: JsonValue;
  readonly words?: (value: JsonValue) => string;
}

const strictOrLax = (value: JsonValue): string => (value === "aal1" ? "Lax" : "Strict");
const ENROLMENT: Readonly<Record<string, string>> = {
  optional: "optional", nudge: "suggested", "required-from-date": "required from a date", required: "required now",
};

const enrolmentInWords = (value: JsonValue): string => ENROLMENT[String(value)] ?? String(value);

const PROMPT: Readonly<Record<string, string>> = {
  "off": "never", "suggest-once": "once", "suggest-every": "again and again", "require-by": "until the date", "require-now": "at once",
};
const promptInWords = (value: JsonValue): string => PROMPT[String(value)] ?? String(value);

const KNOWN: Readonly<Record<string, Known>> = {
  "session.whoami.required_aal": { name: "Sign-in", otherwise: "highest_available", words: strictOrLax },
  "selfservice.flows.settings.required_aal": { name: "Account settings", otherwise: "highest_available", words: strictOrLax },
  "selfservice.flows.settings.privileged_session_max_age": { name: "Privileged window", otherwise: "1h" },
  "session.lifespan": { name: "Length of a session", otherwise: "24h" },
  "selfservice.flows.registration.enabled": { name: "Registration", otherwise: true },
  "selfservice.flows.recovery.enabled": { name: "Recovery", otherwise: false },
  "selfservice.flows.verification.enabled": { name: "Verification", otherwise: false },
  "selfservice.methods.password.enabled": { name: "Passwords", otherwise: true },
  "selfservice.methods.totp.enabled": { name: "Authenticator app", otherwise: false },
  "selfservice.methods.lookup_secret.enabled": { name: "Recovery codes", otherwise: false },
  "selfservice.methods.lookup_secret.config.storage": { name: "Recovery codes are kept", otherwise: "hashed" },
  "selfservice.methods.webauthn.enabled": { name: "Security keys", otherwise: false },
  "selfservice.methods.passkey.enabled": { name: "Passkeys", otherwise: false },
  "selfservice.methods.passkey.config.aal2_on_user_verification": { name: "Verified passkeys count as two factors", otherwise: false },
  "selfservice.methods.oidc.enabled": { name: "Social sign-in", otherwise: false },
  "selfservice.methods.code.enabled": { name: "Codes by mail or message", otherwise: true },
  "selfservice.methods.code.passwordless_enabled": { name: "Codes instead of a password", otherwise: false },
  "selfservice.methods.code.mfa_enabled": { name: "Codes as second factor", otherwise: false },
  "rung.enrolment.mode": { name: "Enrolment of a second factor", otherwise: "optional", words: enrolmentInWords },
  "rung.enrolment.from": { name: "Enrolment is required from" },
  "rung.enrolment.prompt.mode": { name: "Prompt for a second factor", words: promptInWords },
  "security.account_enumeration.mitigate": { name: "Known and unknown accounts answer alike", otherwise: true },
  "clients.http.disallow_private_ip_ranges": { name: "Private addresses are refused to hooks", otherwise: true },
  "rung.sessions.revoke_others_on_credential_change": { name: "Other sessions end when a factor changes", otherwise: true },
};

/** Values under these groups may be secret: a change is told, the value is not. */
const UNTOLD: readonly string[] = [
  "secrets", "courier", "serve", "dsn", "oauth2_provider", "identity.schemas", "selfservice.methods.oidc.config",
  "selfservice.methods.password.config.migrate_hook",
];

/**
 * What changed between two documents, one sentence each: `Sign-in: Lax to Strict`. Keys left out count with their defaults, so
 * writing a default down is no change. Values that may be secret are never told. Empty when nothing changed.
 */
export function describeChange(before: JsonObject, after: JsonObject): readonly string[] {
  const old = flatten(before);
  const now = flatten(after);
  const order = [...new Set([...Object.keys(KNOWN), ...old.keys(), ...now.keys()])];
  const sentences: string[] = [];
  for (const path of order) {
    const known = Object.hasOwn(KNOWN, path) ? KNOWN[path] : undefined;
    const from = old.get(path) ?? known?.otherwise;
    const to = now.get(path) ?? known?.otherwise;
    if (comparable(from) !== comparable(to)) sentences.push(sentence(path, known, from, to));
  }
  return [...new Set(sentences)];
}

function sentence(path: string, known: Known | undefined, from: JsonValue | undefined, to: JsonValue | undefined): string {
  const name = known?.name ?? nameOf(path);
  if (path.endsWith(".hooks") || path.startsWith("session.whoami.tokenizer.") || UNTOLD.some((group) => path === group || path.startsWith(`${group}.`))) return `${name}: changed`;
  const tell = (value: JsonValue): string => maskUserInfo(known?.words?.(value) ?? inWords(value));
  if (from === undefined) return `${name}: ${to === undefined ? "changed" : `set to ${tell(to)}`}`;
  return to === undefined ? `${name}: removed (was ${tell(from)})` : `${name}: ${tell(from)} to ${tell(to)}`;
}

function nameOf(path: string): string {
  const operation = /^rung\.operations\.(.+)$/.exec(path)?.[1];
  if (operation !== undefined) return `Operation ${operation}`;
  const prefix = /^rung\.protected_paths\.(.+)$/.exec(path)?.[1];
  return prefix === undefined ? path : `Protected path ${prefix}`;
}

/** Leaves by dotted path. Operations and protected paths stay whole, the latter by their prefix; lists stay whole too. */
function flatten(document: JsonObject): ReadonlyMap<string, JsonValue> {
  const leaves = new Map<string, JsonValue>();
  const walk = (value: JsonValue, path: string): void => {
    if (path === "rung.protected_paths" && Array.isArray(value)) {
      for (const rule of value as readonly JsonValue[]) {
        if (isJsonObject(rule)) leaves.set(`${path}.${String(rule["prefix"])}`, rule);
      }
      return;
    }
    if (!isJsonObject(value) || path.startsWith("rung.operations.")) leaves.set(path, value);
    else for (const [key, child] of Object.entries(value)) walk(child, path === "" ? key : `${path}.${key}`);
  };
  walk(document, "");
  return leaves;
}

/** Equal for values that mean the same: `60m` is `1h`. */
function comparable(value: JsonValue | undefined): string | undefined {
  const ms = typeof value === "string" ? parseDurationMs(value) : null;
  return ms === null ? JSON.stringify(value) : `${ms} ms`;
}

function inWords(value: JsonValue): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "string") {
    const ms = parseDurationMs(value);
    return ms === null ? value : durationInWords(ms);
  }
  if (isJsonObject(value) && typeof value["required_aal"] === "string") return requirementInWords(value);
  return JSON.stringify(value);
}

function requirementInWords(rule: JsonObject): string {
  const age = typeof rule["max_age"] === "string" ? `, within ${inWords(rule["max_age"])}` : "";
  const listed: unknown = rule["methods"];
  const methods = Array.isArray(listed) ? `, by ${listed.map(String).join(" or ")}` : "";
  return `${String(rule["required_aal"])}${age}${methods}`;
}

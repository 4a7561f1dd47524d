import type { FactorId } from "../model/assurance";
import type { FlowKind } from "../model/flow";
import type { JsonObject } from "../model/identity";

/** Whom a submission can be for: a factor, the traits, or the question who somebody is. */
export type SubmittedMethod = FactorId | "profile" | "identifier_first";

const FACTORS: ReadonlySet<string> = new Set<FactorId>(["password", "oidc", "totp", "webauthn", "passkey", "lookup_secret", "code"]);

/**
 * The field that belongs to a single factor, in the order it is looked for: Ory's forms omit `method` there (contract 5.14).
 * A login code asked for at the second step is `address` alone; a settings toggle is the toggle alone.
 */
const CHARACTERISTIC: Readonly<Record<FlowKind, readonly (readonly [string, FactorId | "profile"])[]>> = {
  login: [
    ["totp_code", "totp"], ["lookup_secret", "lookup_secret"], ["webauthn_login", "webauthn"], ["passkey_login", "passkey"],
    ["address", "code"], ["code", "code"], ["resend", "code"], ["provider", "oidc"], ["password", "password"],
  ],
  registration: [
    ["webauthn_register", "webauthn"], ["passkey_register", "passkey"], ["code", "code"], ["resend", "code"], ["provider", "oidc"],
    ["screen", "profile"], ["password", "password"],
  ],
  settings: [
    ["totp_unlink", "totp"], ["totp_code", "totp"],
    ["lookup_secret_reveal", "lookup_secret"], ["lookup_secret_regenerate", "lookup_secret"], ["lookup_secret_confirm", "lookup_secret"],
    ["lookup_secret_disable", "lookup_secret"], ["webauthn_register", "webauthn"], ["webauthn_remove", "webauthn"],
    ["passkey_settings_register", "passkey"], ["passkey_remove", "passkey"], ["link", "oidc"], ["unlink", "oidc"],
  ],
  recovery: [["code", "code"], ["email", "code"], ["recovery_address", "code"]],
  verification: [["code", "code"], ["email", "code"]],
};
/** Kinds in which somebody may save a profile. */
const HAS_PROFILE: ReadonlySet<FlowKind> = new Set<FlowKind>(["settings", "registration"]);

/**
 * Whom a submission is for: the field `method`, or the one field that belongs to a single factor. An empty text counts as absent
 * (Ory's clients send `resend: ""`). Null when nobody is named, or when `method` names something this kind does not have.
 */
export function methodOf(kind: FlowKind, payload: JsonObject): SubmittedMethod | null {
  const named = own(payload, "method");
  if (typeof named === "string" && named !== "") {
    if (named === "profile") return HAS_PROFILE.has(kind) ? "profile" : null;
    if (named === "identifier_first") return kind === "login" ? "identifier_first" : null;
    return isFactor(named) ? named : null;
  }
  for (const [field, method] of CHARACTERISTIC[kind]) if (isSent(own(payload, field))) return method;
  return null;
}

/** A toggle that says false, an empty text and null are not sent. */
function isSent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && value !== false && value !== "false";
}

function isFactor(method: string): method is FactorId {
  return FACTORS.has(method);
}

function own(payload: JsonObject, field: string): unknown {
  return Object.hasOwn(payload, field) ? payload[field] : undefined;
}

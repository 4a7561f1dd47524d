import type { FactorId } from "../model/assurance";
import type { HttpRequestConfig, MethodConfig, RelyingParty } from "../model/project";
import { oidcConfig } from "./providers";
import type { Reader } from "./reader";
import { requestConfig } from "./requests";

const TEN_MINUTES_MS = 600_000;
const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const AT = "selfservice.methods";

/** `selfservice.methods`, complete. Refuses sets of methods with which nobody could sign in. */
export function methodConfig(reader: Reader, baseUrl: string, brandName: string): MethodConfig {
  const on = (method: string, otherwise: boolean): boolean => reader.flag(`${AT}.${method}.enabled`, otherwise);
  const brand = reader.text("rung.brand.name");
  const attachment = reader.text(`${AT}.passkey.config.authenticator_selection.attachment`);
  const residentKey = reader.text(`${AT}.passkey.config.authenticator_selection.resident_key`);
  const uv = reader.text(`${AT}.passkey.config.authenticator_selection.user_verification`);
  const methods: MethodConfig = {
    password: {
      enabled: on("password", true),
      minLength: reader.number(`${AT}.password.config.min_password_length`, 8),
      identifierSimilarityCheck: reader.flag(`${AT}.password.config.identifier_similarity_check_enabled`, true),
      blocklist: reader.flag(`${AT}.password.config.haveibeenpwned_enabled`, true),
      migrateHook: migrateHook(reader),
    },
    totp: { enabled: on("totp", false), issuer: reader.text(`${AT}.totp.config.issuer`) ?? brand ?? new URL(baseUrl).hostname },
    lookup_secret: {
      enabled: on("lookup_secret", false),
      storage: reader.text(`${AT}.lookup_secret.config.storage`) === "revealable" ? "revealable" : "hashed",
    },
    profile: { enabled: on("profile", true) },
    link: { enabled: on("link", false), lifespanMs: reader.durationMs(`${AT}.link.config.lifespan`, HOUR_MS) },
    webauthn: {
      enabled: on("webauthn", false),
      passwordless: reader.flag(`${AT}.webauthn.config.passwordless`, false),
      rp: relyingParty(reader, `${AT}.webauthn.config.rp`, baseUrl, brandName),
    },
    passkey: {
      enabled: on("passkey", false),
      rp: relyingParty(reader, `${AT}.passkey.config.rp`, baseUrl, brandName),
      aal2OnUserVerification: reader.flag(`${AT}.passkey.config.aal2_on_user_verification`, false),
      userVerification: uv === "required" || uv === "discouraged" ? uv : "preferred",
      attachment: attachment === "platform" || attachment === "cross-platform" ? attachment : null,
      residentKey: residentKey === "preferred" || residentKey === "discouraged" ? residentKey : "required",
      timeoutMs: passkeyTimeoutMs(reader),
    },
    code: {
      enabled: on("code", true),
      passwordlessEnabled: reader.flag(`${AT}.code.passwordless_enabled`, false),
      mfaEnabled: reader.flag(`${AT}.code.mfa_enabled`, false),
      // Ten minutes, not Kratos' hour: the limit for out-of-band codes (J4).
      lifespanMs: reader.durationMs(`${AT}.code.config.lifespan`, TEN_MINUTES_MS),
      maxSubmissions: reader.number(`${AT}.code.config.max_submissions`, 5),
      missingCredentialFallback: reader.flag(`${AT}.code.config.missing_credential_fallback_enabled`, false),
    },
    oidc: { enabled: on("oidc", false), ...oidcConfig(reader) },
  };
  refuseLongCodes(reader, methods.code);
  if (methods.code.passwordlessEnabled && methods.code.mfaEnabled) {
    reader.refuse(`${AT}.code.mfa_enabled`, "must not be true together with passwordless_enabled: one mailbox cannot be both halves of a sign-in.");
  }
  if (firstFactors(methods).length === 0) {
    reader.refuse(AT, "must leave at least one way to sign in, such as password; as it stands nobody could.");
  }
  return methods;
}

/**
 * Ceilings for codes over a second channel: ten minutes where a code signs somebody in or goes to a phone, a day for recovery by
 * mail (J4, NIST SP 800-63B-4). Differs from Kratos: there an hour is the default, and no limit.
 */
function refuseLongCodes(reader: Reader, code: MethodConfig["code"]): void {
  const bySms = reader.list("courier.channels").length > 0;
  const signsIn = code.passwordlessEnabled || code.mfaEnabled;
  if (code.lifespanMs > DAY_MS) reader.refuse(`${AT}.code.config.lifespan`, "must be at most \"24h\".");
  else if (code.lifespanMs > TEN_MINUTES_MS && (signsIn || bySms)) {
    const reason = signsIn ? "while codes sign people in" : "while codes go out as text messages";
    reader.refuse(`${AT}.code.config.lifespan`, `must be at most "10m" ${reason}.`);
  }
}

/** The older system that still knows passwords; null while it is switched off, whatever else is written there. */
function migrateHook(reader: Reader): HttpRequestConfig | null {
  const at = `${AT}.password.config.migrate_hook`;
  if (!reader.flag(`${at}.enabled`, false)) return null;
  const given = reader.at(`${at}.config`);
  if (given === undefined) {
    reader.refuse(`${at}.config`, "is missing; a password migration hook needs at least url.");
    return null;
  }
  return requestConfig(reader.inside(`/${at.replaceAll(".", "/")}/config`, given));
}

/** The longer of the two timeouts: one ceremony is like the other here. */
function passkeyTimeoutMs(reader: Reader): number {
  const at = `${AT}.passkey.config.timeouts`;
  const given = ["registration", "login"].filter((name) => reader.at(`${at}.${name}`) !== undefined);
  const longest = Math.max(0, ...given.map((name) => reader.durationMs(`${at}.${name}`, FIVE_MINUTES_MS)));
  if (longest > TEN_MINUTES_MS) reader.refuse(at, "must be at most \"10m\": a challenge is not left lying about.");
  return longest === 0 ? FIVE_MINUTES_MS : longest;
}

/** Methods that can begin a session. */
export function firstFactors(methods: MethodConfig): readonly FactorId[] {
  return pick([
    ["password", methods.password.enabled], ["oidc", methods.oidc.enabled], ["passkey", methods.passkey.enabled],
    ["webauthn", methods.webauthn.enabled && methods.webauthn.passwordless],
    ["code", methods.code.enabled && methods.code.passwordlessEnabled],
  ]);
}

/** Methods that a person can own as second factor; only these satisfy an enrolment mode. */
export function secondFactors(methods: MethodConfig): readonly FactorId[] {
  return pick([
    ["totp", methods.totp.enabled], ["lookup_secret", methods.lookup_secret.enabled],
    ["webauthn", methods.webauthn.enabled && !methods.webauthn.passwordless],
    ["code", methods.code.enabled && methods.code.mfaEnabled],
  ]);
}

/** Methods whose proof can be worth `aal2`: second factors, and those that cover both at once. */
export function aal2Methods(methods: MethodConfig): readonly FactorId[] {
  const twoInOne = pick([
    ["passkey", methods.passkey.enabled && methods.passkey.aal2OnUserVerification], ["oidc", methods.oidc.enabled],
  ]);
  return [...secondFactors(methods), ...twoInOne];
}

function pick(rows: readonly (readonly [FactorId, boolean])[]): readonly FactorId[] {
  return rows.filter(([, on]) => on).map(([method]) => method);
}

function relyingParty(reader: Reader, at: string, baseUrl: string, brandName: string): RelyingParty {
  const base = new URL(baseUrl);
  const listed = reader.list(`${at}.origins`).filter((origin) => typeof origin === "string");
  const single = reader.text(`${at}.origin`);
  if (listed.length > 0 && single !== undefined) reader.refuse(`${at}.origin`, "must not stand beside origins; write one of the two.");
  const origins = listed.length > 0 ? listed : [single ?? base.origin];
  return { id: reader.text(`${at}.id`) ?? base.hostname, displayName: reader.text(`${at}.display_name`) ?? brandName, origins };
}

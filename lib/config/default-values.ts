import type { JsonObject, JsonValue } from "../model/identity";
import { HEADER_ALLOWLIST } from "./features";
import { isJsonObject } from "./schema";

/** What a document cannot say about itself, for its defaults. */
export interface DefaultsPlace {
  readonly baseUrl: string;
  /** The project's name. */
  readonly name: string;
}

/**
 * What holds for every key that a document leaves out, as a document of its own. Defaults that only follow another key or the
 * address are not written down (`session.cookie.name`, `rung.brand.name` and the like, docs/config.md): writing them would
 * nail them to what they were.
 */
export function defaultValues(document: JsonObject, place: DefaultsPlace): JsonObject {
  return {
    clients: { http: { disallow_private_ip_ranges: true, private_ip_exception_urls: [] }, web_hook: { header_allowlist: HEADER_ALLOWLIST } },
    cookies: { path: "/", same_site: "Lax" },
    courier: { delivery_strategy: "smtp", message_retries: 5 },
    feature_flags: {
      cacheable_sessions: false, choose_recovery_address: false, faster_session_extend: false, legacy_require_verified_login_error: false,
      password_profile_registration_node_group: "default", refresh_login_choose_address: false, use_continue_with_transitions: false,
    },
    identity: identityDefaults(document),
    rung: {
      courier: { sms_per_day: 500, sms_prefixes: [] }, operations: {}, protected_paths: [], sessions: { revoke_others_on_credential_change: true },
    },
    security: { account_enumeration: { mitigate: true } },
    selfservice: {
      allowed_return_urls: [], default_browser_return_url: "/", flows: flowDefaults(document), methods: methodDefaults(document, place),
    },
    serve: { public: { cors: { allow_credentials: true, allowed_origins: ["*"], enabled: false } } },
    session: { cookie: { persistent: true }, lifespan: "24h0m0s", whoami: { required_aal: "highest_available" } },
  };
}

function identityDefaults(document: JsonObject): JsonObject {
  const listed = at(document, "identity.schemas");
  const preset: readonly JsonValue[] = [{ id: "default", url: "preset://email" }];
  const ids = (isList(listed) && listed.length > 0 ? listed : preset).map((schema) => (isJsonObject(schema) ? schema["id"] : undefined)).filter((id) => typeof id === "string");
  return { default_schema_id: ids.includes("default") ? "default" : ids[0] ?? "default", schemas: preset };
}

function flowDefaults(document: JsonObject): JsonObject {
  const flow = (name: string): JsonObject => ({ lifespan: "1h0m0s", ui_url: `/${name}` });
  const oneStep = at(document, "selfservice.flows.registration.enable_legacy_one_step") === true;
  return {
    error: { ui_url: "/error" },
    login: { ...flow("login"), style: "unified" },
    logout: { clear_browser_data: false },
    recovery: { ...flow("recovery"), enabled: false, notify_unknown_recipients: false, use: "code" },
    registration: { ...flow("registration"), enable_legacy_one_step: false, enabled: true, style: oneStep ? "unified" : "profile_first" },
    settings: { ...flow("settings"), privileged_session_max_age: "1h0m0s", required_aal: "highest_available" },
    verification: { ...flow("verification"), enabled: false, notify_unknown_recipients: false, use: "code" },
  };
}

function methodDefaults(document: JsonObject, place: DefaultsPlace): JsonObject {
  const { hostname, origin } = new URL(place.baseUrl);
  const brand = at(document, "rung.brand.name");
  const rp = (method: string): JsonObject => ({
    display_name: typeof brand === "string" ? brand : place.name, id: hostname,
    // One of the two may stand there, never both.
    ...(at(document, `selfservice.methods.${method}.config.rp.origin`) === undefined && { origins: [origin] }),
  });
  const timeout = (other: string): JsonValue => at(document, `selfservice.methods.passkey.config.timeouts.${other}`) ?? "5m0s";
  return {
    code: {
      config: { lifespan: "10m0s", max_submissions: 5, missing_credential_fallback_enabled: false }, enabled: true, mfa_enabled: false,
      passwordless_enabled: false,
    },
    link: { config: { lifespan: "1h0m0s" }, enabled: false },
    lookup_secret: { config: { storage: "hashed" }, enabled: false },
    oidc: { config: { providers: [] }, enabled: false },
    passkey: {
      config: {
        aal2_on_user_verification: false, authenticator_selection: { resident_key: "required", user_verification: "preferred" },
        rp: rp("passkey"), timeouts: { login: timeout("registration"), registration: timeout("login") },
      },
      enabled: false,
    },
    password: {
      config: {
        haveibeenpwned_enabled: true, identifier_similarity_check_enabled: true, migrate_hook: { enabled: false }, min_password_length: 8,
      },
      enabled: true,
    },
    profile: { enabled: true },
    totp: { config: { issuer: typeof brand === "string" ? brand : hostname }, enabled: false },
    webauthn: { config: { passwordless: false, rp: rp("webauthn") }, enabled: false },
  };
}

function at(document: JsonObject, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const key of path.split(".")) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

import type { LooseningKind } from "../model/loosening";

/** By which kinds a key can protect less; a text says why it never does. */
export type Declared = readonly LooseningKind[] | string;

const NO_PROTECTION = "words and places of the project's own; nobody gets in by it";
const OUTGOING = "says what is sent and how we show who we are; nobody gets in by it";
const HOOK = "selfservice.flows.{flow}.after.hooks.*";
const FOR_A_METHOD = "selfservice.flows.{flow}.after.{method}.hooks.*";
const BEFORE = "selfservice.flows.{flow}.before.hooks.*";
const STOPS: Declared = ["hook_gone"];

/** The members of one outgoing request at `at`, which but for its address say nothing about protection. */
function requestAt(at: string, url: Declared): readonly (readonly [string, Declared])[] {
  const others = ["method", "headers.*", "body", "auth.type", ...["in", "name", "value", "user", "password"].map((name) => `auth.config.${name}`)];
  return [[`${at}.url`, url], ...others.map((name) => [`${at}.${name}`, OUTGOING] as const)];
}

function hooksAt(at: string, hook: Declared): readonly (readonly [string, Declared])[] {
  return [
    [`${at}.hook`, hook], ...requestAt(`${at}.config`, STOPS), [`${at}.config.id`, NO_PROTECTION], [`${at}.config.response.ignore`, "with `parse` or `can_interrupt` it is refused"],
    [`${at}.config.response.parse`, STOPS], [`${at}.config.can_interrupt`, STOPS],
  ];
}

function all(prefix: string, names: Readonly<Record<string, Declared>>): readonly (readonly [string, Declared])[] {
  return Object.entries(names).map(([name, declared]) => [`${prefix}.${name}`, declared]);
}

/**
 * Every key of a configuration, with the ways in which a change of it protects less. `{flow}` and `{method}` stand for one name;
 * keys that are kept without effect are not here. A test fails for a key of the schema that no row, or more than one, is about.
 */
export const LOOSENING_KEYS: readonly (readonly [string, Declared])[] = [
  ...all("identity", { "default_schema_id": ["schema"], "schemas.*.id": ["schema"], "schemas.*.url": ["schema"], "schemas.*.selfservice_selectable": ["schema"] }),
  ...all("session", {
    "lifespan": ["lifespan"], "earliest_possible_extend": ["extend"], "cookie.name": ["cookie"], "cookie.persistent": ["cookie"], "cookie.domain": ["cookie"],
    "cookie.path": ["cookie"], "cookie.same_site": ["cookie"], "cookie.secure": ["cookie"], "whoami.required_aal": ["sign_in"],
    "whoami.tokenizer.templates.*.ttl": ["token"], "whoami.tokenizer.templates.*.jwks_url": ["token"],
    "whoami.tokenizer.templates.*.claims.*": "says more of a person to whoever holds their session already",
    "whoami.tokenizer.templates.*.subject_source": "two names of the same person",
  }),
  ...all("cookies", { domain: ["cookie"], path: ["cookie"], same_site: ["cookie"], secure: ["cookie"] }),
  ...all("selfservice", {
    "default_browser_return_url": NO_PROTECTION, "allowed_return_urls": ["return_url"], "flows.{flow}.style": "which screen comes first; every step stays",
    "flows.{flow}.lifespan": ["flow_lifespan"], "flows.{flow}.ui_url": ["screen", "path"], "flows.{flow}.enabled": ["registration_on", "recovery_on", "verification_off"],
    "flows.registration.enable_legacy_one_step": "which screen comes first; every step stays",
    "flows.{flow}.use": "only `code` is accepted", "flows.{flow}.notify_unknown_recipients": "the screen is the same either way; the letter goes to whom the address belongs",
    "flows.settings.required_aal": ["settings"], "flows.settings.privileged_session_max_age": ["window"],
    "flows.{flow}.after.default_browser_return_url": NO_PROTECTION, "flows.{flow}.after.{method}.default_browser_return_url": NO_PROTECTION,
    "flows.logout.clear_browser_data": ["logout_data"], "flows.error.ui_url": ["screen", "path"],
  }),
  ...hooksAt(BEFORE, "only web_hook stands there; see its own members"),
  ...hooksAt(HOOK, ["verified_address", "hook_gone"]), ...hooksAt(FOR_A_METHOD, ["verified_address", "hook_gone"]),
  ...all("selfservice.methods.password", {
    "enabled": ["first_factor_on"], "config.min_password_length": ["password_rules"], "config.identifier_similarity_check_enabled": ["password_rules"],
    "config.haveibeenpwned_enabled": ["password_rules"], "config.migrate_hook.enabled": ["older_system"],
  }),
  ...requestAt("selfservice.methods.password.config.migrate_hook.config", ["older_system"]),
  ...all("selfservice.methods", {
    "totp.enabled": ["second_factor"], "totp.config.issuer": NO_PROTECTION, "lookup_secret.enabled": ["second_factor"], "lookup_secret.config.storage": ["revealable_codes"],
    "profile.enabled": "a change of what identifies a person asks for a recent proof by itself",
    "webauthn.enabled": ["second_factor", "first_factor_off"], "webauthn.config.passwordless": ["second_factor"],
    "link.enabled": ["admin_links"], "link.config.lifespan": ["admin_links"],
  }),
  ...(["webauthn", "passkey"] as const).flatMap((method) => all(`selfservice.methods.${method}.config.rp`, {
    id: ["passkey_place"], display_name: NO_PROTECTION, origins: ["passkey_place"], ...(method === "webauthn" ? { origin: ["passkey_place"] } : {}),
  })),
  ...all("selfservice.methods.passkey", {
    "enabled": ["first_factor_off"], "config.aal2_on_user_verification": ["passkey_counts"], "config.authenticator_selection.attachment": "which keys the browser offers first",
    "config.authenticator_selection.resident_key": "where the key is kept, not what it proves", "config.authenticator_selection.user_verification": ["user_verification"],
    "config.timeouts.registration": ["flow_lifespan"], "config.timeouts.login": ["flow_lifespan"],
  }),
  ...all("selfservice.methods.code", {
    "enabled": ["second_factor", "weak_second_factor", "first_factor_on"], "passwordless_enabled": ["first_factor_on"], "mfa_enabled": ["weak_second_factor", "second_factor"], "config.lifespan": ["code_rules"],
    "config.max_submissions": ["code_rules"], "config.missing_credential_fallback_enabled": ["code_fallback"],
  }),
  ...all("selfservice.methods.oidc", { "enabled": ["first_factor_on", "provider"], "config.base_redirect_uri": "the provider sends people only where it was told as well" }),
  ...all("selfservice.methods.oidc.config.providers.*", {
    id: ["provider"], provider: ["provider"], label: NO_PROTECTION, client_id: ["provider"], client_secret: OUTGOING, issuer_url: ["provider"], microsoft_tenant: ["provider"],
    scope: "asks for more or less of the same person", "claims.*": ["provider"], aal2_acr_values: ["upstream"], aal2_amr_values: ["upstream"], pkce: ["provider"],
    apple_team_id: OUTGOING, apple_private_key_id: OUTGOING, apple_private_key: OUTGOING, additional_id_token_audiences: ["provider"],
  }),
  ...all("rung", {
    "operations.*.required_aal": ["operation"], "operations.*.max_age": ["operation"], "operations.*.methods": ["operation"], "protected_paths.*.prefix": ["path"],
    "protected_paths.*.required_aal": ["path"], "protected_paths.*.max_age": ["path"], "protected_paths.*.methods": ["path"],
    "enrolment.mode": ["enrolment"], "enrolment.from": ["enrolment"], "enrolment.prompt.mode": ["enrolment"], "enrolment.prompt.every_days": "how often is asked; the wall decides who passes",
    "brand.name": NO_PROTECTION, "sessions.revoke_others_on_credential_change": ["keeps_sessions"], "courier.sms_per_day": ["sms_limit"], "courier.sms_prefixes": ["sms_limit"],
  }),
  ...all("courier", {
    "delivery_strategy": ["mail_transport", "courier_host"], "smtp.connection_uri": ["mail_transport", "courier_host"], "smtp.from_address": NO_PROTECTION, "smtp.from_name": NO_PROTECTION,
    "smtp.local_name": OUTGOING, "smtp.headers.*": OUTGOING, "channels.*.id": "there is one channel", "channels.*.type": "there is one type", "message_retries": OUTGOING,
  }),
  ...requestAt("courier.http.request_config", ["mail_transport", "courier_host"]), ...requestAt("courier.channels.*.request_config", ["mail_transport", "courier_host"]),
  ...all("serve.public.cors", { enabled: ["cors"], allowed_origins: ["cors"], allow_credentials: ["cors"] }),
  ["security.account_enumeration.mitigate", ["enumeration"]],
  ...all("feature_flags", {
    cacheable_sessions: ["session_cache"], cacheable_sessions_max_age: ["session_cache"], use_continue_with_transitions: "how an answer is written",
    choose_recovery_address: "a choice among a person's own addresses", refresh_login_choose_address: "a choice among a person's own addresses",
    legacy_require_verified_login_error: "how an answer is written", faster_session_extend: "what an admin is answered", password_profile_registration_node_group: "how an answer is written",
  }),
  ["selfservice.flows.logout.after.default_browser_return_url", NO_PROTECTION],
  ...all("clients", { "http.disallow_private_ip_ranges": ["private_addresses"], "http.private_ip_exception_urls": ["private_addresses"], "web_hook.header_allowlist": ["told_headers"] }),
];

const FLOW = "(login|registration|settings|recovery|verification)";
const METHOD = "(password|oidc|totp|webauthn|passkey|lookup_secret|code|profile)";
const ROWS = LOOSENING_KEYS.map(([key, declared]) => ({
  declared, pattern: new RegExp(`^${key.split(".").map((part) => (part === "*" ? "\\*" : part === "{flow}" ? FLOW : part === "{method}" ? METHOD : part)).join("\\.")}$`),
}));

/** What is declared of a key, `*` standing for an entry; null when nothing is, or two things are. */
export function declaredOf(key: string): Declared | null {
  const [row, other] = ROWS.filter(({ pattern }) => pattern.test(key));
  return other === undefined ? row?.declared ?? null : null;
}

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../model/identity";
import type { ProjectKey } from "../model/ids";
import type { HttpRequestConfig, OidcProviderConfig, ProjectConfig, WebHookConfig } from "../model/project";
import { parseProjectConfig } from "./parse";
import { honouredKeys } from "./keys";
import { KEPT_WITHOUT_EFFECT, schemaAt } from "./schema";

const PLACE = { baseUrl: "https://id.shop.example", projectKey: "abcdefghij" as ProjectKey, name: "Shop" };
const parse = (document: JsonObject): ProjectConfig => parseProjectConfig(document, 1, PLACE);
/** Entries of maps, by the key that holds them. */
const ENTRIES: Readonly<Record<string, string>> = { operations: "any.name", templates: "any", claims: "any", headers: "X-Any" };
/** `a.b.*.c` as a document: `*` is the first item of a list, or the entry of a map. */
function put(path: string, value: JsonValue, beside: JsonObject = {}): JsonObject {
  const keys = path.split(".");
  const build = (index: number): JsonValue => {
    const key = keys[index];
    if (key === undefined) return value;
    const rest = build(index + 1);
    if (key !== "*") return { [key]: rest };
    const entry = ENTRIES[keys[index - 1] ?? ""];
    return entry === undefined ? [rest] : { [entry]: rest };
  };
  return merge(beside, build(0) as JsonObject);
}
function merge(left: JsonObject, right: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const old = result[key];
    const bothMaps = isMap(old) && isMap(value);
    // Of two lists the first items are one.
    const bothLists = Array.isArray(old) && Array.isArray(value) && isMap(old[0]) && isMap(value[0]);
    result[key] = bothMaps ? merge(old as JsonObject, value as JsonObject) : bothLists ? [merge(old[0] as JsonObject, value[0] as JsonObject)] : value;
  }
  return result;
}

function isMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

interface Honoured {
  readonly value: JsonValue;
  readonly reads: (config: ProjectConfig) => unknown;
  readonly gives: unknown;
  /** What must stand beside the key for it to mean anything. */
  readonly beside?: JsonObject;
}
const WITH_TOTP: JsonObject = { selfservice: { methods: { totp: { enabled: true } } } };
const rows = new Map<string, Honoured>();
const row = (path: string, value: JsonValue, reads: Honoured["reads"], gives: unknown = value, beside: JsonObject = {}): void => {
  rows.set(path, { value, reads, gives, beside });
};

/** One outgoing request at `at`, which needs `beside` to be read at all. */
function requestRows(at: string, reads: (config: ProjectConfig) => HttpRequestConfig | undefined | null, beside: JsonObject): void {
  row(`${at}.url`, "https://hooks.example/x", (c) => reads(c)?.url, "https://hooks.example/x", beside);
  row(`${at}.method`, "PUT", (c) => reads(c)?.method, "PUT", beside);
  row(`${at}.headers.*`, "1", (c) => reads(c)?.headers, { "X-Any": "1" }, beside);
  row(`${at}.body`, { who: "${ctx.identity.id}" }, (c) => reads(c)?.body, { kind: "template", value: { who: "${ctx.identity.id}" } }, beside);
  const auth = (config: JsonObject, type: string): JsonObject => merge(beside, put(`${at}.auth`, { type, config }));
  row(`${at}.auth.type`, "basic_auth", (c) => reads(c)?.auth?.type, "basic_auth", auth({ user: "u", password: "p" }, "basic_auth"));
  const key = auth({ in: "header", name: "X-Key", value: "k" }, "api_key");
  for (const [name, value] of [["in", "cookie"], ["name", "X-Other"], ["value", "z"]] as const) {
    row(`${at}.auth.config.${name}`, value, (c) => reads(c)?.auth, { type: "api_key", in: "header", name: "X-Key", value: "k", [name]: value }, key);
  }
  for (const [name, value] of [["user", "a"], ["password", "b"]] as const) {
    row(`${at}.auth.config.${name}`, value, (c) => reads(c)?.auth, { type: "basic_auth", user: "u", password: "p", [name]: value }, auth({ user: "u", password: "p" }, "basic_auth"));
  }
}
function hookRows(at: string, names: ((config: ProjectConfig) => unknown) | null, hooks: (config: ProjectConfig) => readonly WebHookConfig[] | undefined): void {
  const beside = put(at, { hook: "web_hook", config: { url: "https://h.example/", method: "POST" } });
  row(`${at}.hook`, "web_hook", names ?? ((c) => [hooks(c)?.length === 1 ? "web_hook" : "none"]), ["web_hook"], beside);
  requestRows(`${at}.config`, (c) => hooks(c)?.[0]?.request, beside);
  row(`${at}.config.id`, "crm", (c) => hooks(c)?.[0]?.id, "crm", beside);
  row(`${at}.config.response.ignore`, true, (c) => hooks(c)?.[0]?.ignore, true, beside);
  row(`${at}.config.response.parse`, true, (c) => hooks(c)?.[0]?.parse, true, beside);
  row(`${at}.config.can_interrupt`, true, (c) => hooks(c)?.[0]?.canInterrupt, true, beside);
}

row("identity.default_schema_id", "b", (c) => c.defaultSchemaId, "b", { identity: { schemas: [{ id: "a", url: "preset://email" }, { id: "b", url: "preset://email" }] } });
row("identity.schemas.*.id", "person", (c) => c.schemas[0]?.id, "person");
row("identity.schemas.*.selfservice_selectable", true, (c) => c.schemas[0]?.selectable, true, { identity: { schemas: [{ id: "a", url: "preset://email" }] } });
row("identity.schemas.*.url", "preset://email", (c) => c.schemas[0]?.schema["$id"]);
row("session.lifespan", "72h0m0s", (c) => c.session.lifespanMs, 72 * 3_600_000);
row("session.cookie.name", "shop", (c) => c.session.cookieName);
row("session.cookie.persistent", false, (c) => c.session.cookiePersistent);
for (const at of ["session.cookie", "cookies"]) {
  row(`${at}.domain`, "shop.example", (c) => c.session.cookieDomain);
  row(`${at}.path`, "/app", (c) => c.session.cookiePath);
  row(`${at}.same_site`, "Strict", (c) => c.session.cookieSameSite);
  row(`${at}.secure`, true, (c) => c.session.cookieSecure);
}
row("session.whoami.required_aal", "aal1", (c) => c.policy.signIn, "lax");
row("selfservice.default_browser_return_url", "/home", (c) => c.defaultReturnUrl, "https://id.shop.example/home");
row("selfservice.allowed_return_urls", ["/", "https://*.shop.example/x"], (c) => c.allowedReturnUrls, ["https://id.shop.example/", "https://*.shop.example/x"]);
for (const flow of ["login", "registration", "settings", "recovery", "verification"] as const) {
  const at = `selfservice.flows.${flow}`;
  row(`${at}.lifespan`, "30m0s", (c) => c.flows[flow].lifespanMs, 1_800_000);
  row(`${at}.ui_url`, "https://ui.shop.example/x", (c) => c.flows[flow].uiUrl);
  row(`${at}.after.default_browser_return_url`, "/done", (c) => c.flows[flow].afterReturnUrl, "https://id.shop.example/done");
  hookRows(`${at}.before.hooks.*`, null, (c) => c.flows[flow].beforeWebHooks);
  hookRows(`${at}.after.hooks.*`, (c) => c.flows[flow].afterHooks[""], (c) => c.flows[flow].afterWebHooks[""]);
  for (const method of ["password", "oidc", "totp", "webauthn", "passkey", "lookup_secret", "code", "profile"] as const) {
    if (schemaAt([...at.split("."), "after", method]) === null) continue;
    row(`${at}.after.${method}.default_browser_return_url`, "/done", (c) => c.flows[flow].afterReturnUrlByMethod[method], "https://id.shop.example/done");
    hookRows(`${at}.after.${method}.hooks.*`, (c) => c.flows[flow].afterHooks[method], (c) => c.flows[flow].afterWebHooks[method]);
  }
}
row("selfservice.flows.login.style", "identifier_first", (c) => c.loginStyle);
row("selfservice.flows.registration.style", "unified", (c) => c.registrationStyle);
row("selfservice.flows.registration.enable_legacy_one_step", true, (c) => c.registrationStyle, "unified");
row("selfservice.flows.registration.enabled", false, (c) => c.flows.registration.enabled);
row("selfservice.flows.recovery.enabled", true, (c) => c.flows.recovery.enabled);
row("selfservice.flows.verification.enabled", true, (c) => c.flows.verification.enabled);
row("selfservice.flows.settings.required_aal", "aal1", (c) => c.policy.settings, "lax");
row("selfservice.flows.settings.privileged_session_max_age", "15m0s", (c) => c.policy.privilegedMaxAgeSeconds, 900);
row("selfservice.flows.logout.after.default_browser_return_url", "/bye", (c) => c.logoutReturnUrl, "https://id.shop.example/bye");
row("selfservice.flows.logout.clear_browser_data", true, (c) => c.clearBrowserDataAtLogout);
row("selfservice.flows.error.ui_url", "/oops", (c) => c.errorUiUrl, "https://id.shop.example/oops");
const PASSKEYS: JsonObject = { selfservice: { methods: { passkey: { enabled: true } } } };
row("selfservice.methods.password.enabled", false, (c) => c.methods.password.enabled, false, PASSKEYS);
row("selfservice.methods.password.config.min_password_length", 15, (c) => c.methods.password.minLength);
row("selfservice.methods.password.config.identifier_similarity_check_enabled", false, (c) => c.methods.password.identifierSimilarityCheck);
row("selfservice.methods.password.config.haveibeenpwned_enabled", false, (c) => c.methods.password.blocklist);
row("selfservice.methods.totp.enabled", true, (c) => c.methods.totp.enabled);
row("selfservice.methods.totp.config.issuer", "Bank", (c) => c.methods.totp.issuer);
row("selfservice.methods.lookup_secret.enabled", true, (c) => c.methods.lookup_secret.enabled);
row("selfservice.methods.lookup_secret.config.storage", "revealable", (c) => c.methods.lookup_secret.storage);
row("selfservice.methods.profile.enabled", false, (c) => c.methods.profile.enabled);
row("selfservice.methods.webauthn.enabled", true, (c) => c.methods.webauthn.enabled);
row("selfservice.methods.webauthn.config.passwordless", true, (c) => c.methods.webauthn.passwordless);
row("selfservice.methods.webauthn.config.rp.origin", "https://a.shop.example", (c) => c.methods.webauthn.rp.origins, ["https://a.shop.example"]);
for (const method of ["webauthn", "passkey"] as const) {
  const at = `selfservice.methods.${method}.config.rp`;
  row(`${at}.id`, "shop.example", (c) => c.methods[method].rp.id);
  row(`${at}.display_name`, "The Shop", (c) => c.methods[method].rp.displayName);
  row(`${at}.origins`, ["https://shop.example"], (c) => c.methods[method].rp.origins);
}
row("selfservice.methods.passkey.enabled", true, (c) => c.methods.passkey.enabled);
row("selfservice.methods.passkey.config.aal2_on_user_verification", true, (c) => c.methods.passkey.aal2OnUserVerification);
row("selfservice.methods.passkey.config.authenticator_selection.user_verification", "required", (c) => c.methods.passkey.userVerification);
row("selfservice.methods.code.enabled", false, (c) => c.methods.code.enabled);
row("selfservice.methods.code.passwordless_enabled", true, (c) => c.methods.code.passwordlessEnabled);
row("selfservice.methods.code.mfa_enabled", true, (c) => c.methods.code.mfaEnabled);
row("selfservice.methods.code.config.lifespan", "5m", (c) => c.methods.code.lifespanMs, 300_000);
row("selfservice.methods.code.config.max_submissions", 3, (c) => c.methods.code.maxSubmissions);
row("selfservice.methods.oidc.enabled", true, (c) => c.methods.oidc.enabled);
const HOUR_MS = 3_600_000;
row("selfservice.methods.passkey.config.authenticator_selection.attachment", "platform", (c) => c.methods.passkey.attachment);
row("selfservice.methods.passkey.config.authenticator_selection.resident_key", "preferred", (c) => c.methods.passkey.residentKey);
row("selfservice.methods.passkey.config.timeouts.registration", "2m0s", (c) => c.methods.passkey.timeoutMs, 120_000);
row("selfservice.methods.passkey.config.timeouts.login", "3m0s", (c) => c.methods.passkey.timeoutMs, 180_000, put("selfservice.methods.passkey.config.timeouts.registration", "1m0s"));
row("selfservice.methods.code.config.missing_credential_fallback_enabled", true, (c) => c.methods.code.missingCredentialFallback);
for (const flow of ["recovery", "verification"] as const) {
  row(`selfservice.flows.${flow}.use`, "code", (c) => c.flows[flow].lifespanMs, HOUR_MS);
  row(`selfservice.flows.${flow}.notify_unknown_recipients`, true, (c) => c.notifyUnknown[flow]);
}
row("session.earliest_possible_extend", "1h", (c) => c.earliestExtendMs, HOUR_MS);
const TEMPLATE = put("session.whoami.tokenizer.templates.*", { ttl: "5m" });
const KEYS = "base64://eyJrZXlzIjpbe31dfQ==";
row("session.whoami.tokenizer.templates.*.ttl", "2m", (c) => c.tokenizer["any"], { ttlMs: 120_000, jwksUrl: "rung:managed", claims: {}, subjectSource: "id" });
row("session.whoami.tokenizer.templates.*.jwks_url", KEYS, (c) => c.tokenizer["any"]?.jwksUrl, KEYS, TEMPLATE);
row("session.whoami.tokenizer.templates.*.claims.*", "identity.traits.email", (c) => c.tokenizer["any"]?.claims, { any: "identity.traits.email" }, TEMPLATE);
row("session.whoami.tokenizer.templates.*.subject_source", "external_id", (c) => c.tokenizer["any"]?.subjectSource, "external_id", TEMPLATE);
const OIDC = "selfservice.methods.oidc.config";
row(`${OIDC}.base_redirect_uri`, "https://id.shop.example/", (c) => c.methods.oidc.baseRedirectUri, "https://id.shop.example");
type Provider = OidcProviderConfig;
const GENERIC = { id: "acme", provider: "generic", client_id: "c", client_secret: "s", issuer_url: "https://idp.example" };
const provider = (key: string, value: JsonValue, reads: (p: Provider | undefined) => unknown, gives: unknown = value, changes: JsonObject = {}): void => {
  row(`${OIDC}.providers.*.${key}`, value, (c) => reads(c.methods.oidc.providers[0]), gives, put(`${OIDC}.providers.*`, { ...GENERIC, ...changes }));
};
provider("id", "other", (p) => p?.id);
provider("provider", "google", (p) => p?.kind);
provider("label", "Acme Inc", (p) => p?.label);
provider("client_id", "x", (p) => p?.clientId);
provider("client_secret", "y", (p) => p?.clientSecret);
provider("issuer_url", "https://id.example/", (p) => p?.issuerUrl);
const { issuer_url: _issuer, ...PRESET } = GENERIC;
row(`${OIDC}.providers.*.microsoft_tenant`, "t-1", (c) => c.methods.oidc.providers[0]?.issuerUrl, "https://login.microsoftonline.com/t-1/v2.0",
  put(`${OIDC}.providers.*`, { ...PRESET, provider: "microsoft" }));
provider("scope", ["openid"], (p) => p?.scope);
provider("claims.*", "sub", (p) => p?.claims, { any: "sub" });
provider("aal2_acr_values", ["urn:mfa"], (p) => p?.aal2AcrValues);
provider("additional_id_token_audiences", ["com.example.app"], (p) => p?.additionalAudiences);
provider("aal2_amr_values", ["mfa"], (p) => p?.aal2AmrValues);
provider("pkce", "force", (p) => p?.pkce);
const APPLE: JsonObject = { provider: "apple", apple_team_id: "T", apple_private_key_id: "K", apple_private_key: "-----BEGIN PRIVATE KEY-----" };
provider("apple_team_id", "TEAM", (p) => p?.apple?.teamId, "TEAM", APPLE);
provider("apple_private_key_id", "KEY", (p) => p?.apple?.keyId, "KEY", APPLE);
provider("apple_private_key", "-----BEGIN EC PRIVATE KEY-----", (p) => p?.apple?.privateKey, "-----BEGIN EC PRIVATE KEY-----", APPLE);
const SMTP = put("courier.smtp.connection_uri", "smtps://u:p@mail.example:465");
row("courier.smtp.connection_uri", "smtp://mail.example", (c) => c.courier.email, { kind: "smtp", connectionUri: "smtp://mail.example", localName: null, headers: {} });
row("courier.smtp.local_name", "id.example", (c) => c.courier.email?.kind === "smtp" && c.courier.email.localName, "id.example", SMTP);
row("courier.smtp.headers.*", "1", (c) => c.courier.email?.kind === "smtp" && c.courier.email.headers, { "X-Any": "1" }, SMTP);
row("courier.smtp.from_address", "a@b.example", (c) => c.courier.from.address);
row("courier.smtp.from_name", "Bank", (c) => c.courier.from.name);
row("courier.message_retries", 2, (c) => c.courier.retries);
row("selfservice.methods.link.enabled", true, (c) => c.methods.link.enabled);
row("selfservice.methods.link.config.lifespan", "2h0m0s", (c) => c.methods.link.lifespanMs, 7_200_000);
const OLD_PASSWORDS = put("selfservice.methods.password.config.migrate_hook", { enabled: true, config: { url: "https://old.example/" } });
row("selfservice.methods.password.config.migrate_hook.enabled", true, (c) => c.methods.password.migrateHook?.url, "https://old.example/", OLD_PASSWORDS);
requestRows("selfservice.methods.password.config.migrate_hook.config", (c) => c.methods.password.migrateHook, OLD_PASSWORDS);
const MAIL_API = { courier: { delivery_strategy: "http", http: { request_config: { url: "https://mail.example/" } } } };
row("courier.delivery_strategy", "http", (c) => c.courier.email?.kind, "http", MAIL_API);
requestRows("courier.http.request_config", (c) => (c.courier.email?.kind === "http" ? c.courier.email.request : null), MAIL_API);
const SMS = put("courier.channels.*", { id: "sms", request_config: { url: "https://sms.example/" } });
row("courier.channels.*.id", "sms", (c) => c.courier.sms?.url, "https://sms.example/", SMS);
row("courier.channels.*.type", "http", (c) => c.courier.sms?.url, "https://sms.example/", SMS);
requestRows("courier.channels.*.request_config", (c) => c.courier.sms, SMS);
row("rung.courier.sms_per_day", 7, (c) => c.courier.smsPerDay);
row("rung.courier.sms_prefixes", ["+49"], (c) => c.courier.smsPrefixes);
row("security.account_enumeration.mitigate", false, (c) => c.mitigateEnumeration);
row("feature_flags.cacheable_sessions", true, (c) => c.features.cacheableSessionsSeconds, 86_400);
row("feature_flags.cacheable_sessions_max_age", "1m", (c) => c.features.cacheableSessionsSeconds, 60, put("feature_flags.cacheable_sessions", true));
row("feature_flags.use_continue_with_transitions", true, (c) => c.features.useContinueWithTransitions);
row("feature_flags.choose_recovery_address", true, (c) => c.features.chooseRecoveryAddress);
row("feature_flags.legacy_require_verified_login_error", true, (c) => c.features.legacyRequireVerifiedLoginError);
row("feature_flags.refresh_login_choose_address", true, (c) => c.features.refreshLoginChooseAddress);
row("feature_flags.faster_session_extend", true, (c) => c.features.fasterSessionExtend);
row("feature_flags.password_profile_registration_node_group", "password", (c) => c.features.passwordProfileGroup);
row("clients.http.disallow_private_ip_ranges", false, (c) => c.webHooks.allowPrivateRanges, true);
row("clients.http.private_ip_exception_urls", ["http://10.0.0.5/hooks/**"], (c) => c.webHooks.privateExceptionUrls);
row("clients.web_hook.header_allowlist", ["Accept", "X-Tenant"], (c) => c.webHooks.headerAllowlist);
row("serve.public.cors.enabled", true, (c) => c.cors, { enabled: true, origins: ["*"], credentials: true });
row("serve.public.cors.allowed_origins", ["https://a.example"], (c) => c.cors.origins);
row("serve.public.cors.allow_credentials", false, (c) => c.cors.credentials);
row("rung.enrolment.prompt.mode", "suggest-once", (c) => c.enrolmentPrompt, { mode: "suggest-once", everyDays: 14 });
row("rung.enrolment.prompt.every_days", 30, (c) => c.enrolmentPrompt, { mode: "suggest-every", everyDays: 30 }, put("rung.enrolment.prompt.mode", "suggest-every"));
const anyRule = { required_aal: "aal2" };
const operation: JsonObject = merge(WITH_TOTP, { rung: { operations: { "any.name": anyRule } } });
row("rung.operations.*.required_aal", "aal2", (c) => c.policy.operations["any.name"], { aal: "aal2" }, WITH_TOTP);
row("rung.operations.*.max_age", "5m0s", (c) => c.policy.operations["any.name"]?.maxAgeSeconds, 300, operation);
row("rung.operations.*.methods", ["totp"], (c) => c.policy.operations["any.name"]?.methods, ["totp"], operation);
const inPath = (rule: JsonObject): JsonObject => merge(WITH_TOTP, { rung: { protected_paths: [{ prefix: "/pay", ...anyRule, ...rule }] } });
row("rung.protected_paths.*.prefix", "/pay", (c) => c.policy.protectedPaths[0]?.prefix, "/pay", inPath({}));
row("rung.protected_paths.*.required_aal", "aal2", (c) => c.policy.protectedPaths[0]?.requirement, { aal: "aal2" }, inPath({}));
row("rung.protected_paths.*.max_age", "5m0s", (c) => c.policy.protectedPaths[0]?.requirement.maxAgeSeconds, 300, inPath({ max_age: "5m0s" }));
row("rung.protected_paths.*.methods", ["totp"], (c) => c.policy.protectedPaths[0]?.requirement.methods, ["totp"], inPath({ methods: ["totp"] }));
row("rung.enrolment.mode", "nudge", (c) => c.policy.enrolment, { mode: "nudge" });
row("rung.enrolment.from", "2027-01-01T00:00:00Z", (c) => c.policy.enrolment, { mode: "required-from-date", from: new Date("2027-01-01T00:00:00Z") },
  merge(WITH_TOTP, { rung: { enrolment: { mode: "required-from-date" } } }));
row("rung.brand.name", "Bank", (c) => c.brand.name);
row("rung.sessions.revoke_others_on_credential_change", false, (c) => c.revokeOthersOnCredentialChange);

/** Keys whose rows above are whole documents already, or need more than the key itself. */
function documentFor(path: string, { value, beside = {} }: Honoured): JsonObject {
  if (path.startsWith("rung.protected_paths.")) return beside;
  if (path === "identity.schemas.*.id") return put("identity.schemas.*", { id: value, url: "preset://email" });
  if (path === "identity.schemas.*.url") return put("identity.schemas.*", { id: "x", url: value });
  return put(path, value, beside);
}

describe("every key of the schema is honoured, or listed as kept without effect", () => {
  it.each([...rows])("%s", (path, honoured) => {
    expect(honoured.reads(parse(documentFor(path, honoured)))).toEqual(honoured.gives);
  });

  it("no key is in neither list", () => {
    const unaccounted = honouredKeys().filter((path) => !rows.has(path));
    expect(unaccounted).toEqual([]);
  });

  it("docs/config.md names every key", () => {
    const text = readFileSync(new URL("../../docs/config.md", import.meta.url), "utf8");
    const last = (path: string): string => path.split(".").filter((part) => part !== "*").at(-1) ?? "";
    expect([...rows.keys(), ...KEPT_WITHOUT_EFFECT].map(last).filter((key) => !text.includes(`\`${key}\``) && !text.includes(`.${key}\``))).toEqual([]);
  });

  it("no row names a key that does not exist", () => {
    const known = new Set(honouredKeys());
    expect([...rows.keys()].filter((path) => !known.has(path))).toEqual([]);
  });

  it.each(KEPT_WITHOUT_EFFECT.filter((path) => !path.includes("*")))("%s is kept and changes nothing", (path) => {
    const node = schemaAt(path.split("."));
    const type = [node?.type].flat()[0];
    const samples: Readonly<Record<string, JsonValue>> = { object: {}, array: [], boolean: true, string: "x", number: 1, integer: 1 };
    const value = node?.enum?.[0] ?? samples[String(type)] ?? null;
    const { document: _saved, ...config } = parse(put(path, value));
    const { document: _empty, ...plain } = parse({});
    expect(config).toEqual(plain);
  });
});

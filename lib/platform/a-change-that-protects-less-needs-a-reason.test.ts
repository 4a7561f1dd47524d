import { describe, expect, test } from "vitest";
import { honouredKeys } from "../config/keys";
import { parseProjectConfig } from "../config/parse";
import { LOOSENING_KINDS } from "../model/loosening";
import type { LooseningKind } from "../model/loosening";
import type { JsonObject, JsonValue } from "../model/identity";
import type { ProjectKey } from "../model/ids";
import { en } from "../i18n/locales/en";
import { looseningsOf } from "./loosening";
import { declaredOf, LOOSENING_KEYS } from "./loosening-keys";

const NOW = new Date("2026-07-01T10:00:00Z");
const PLACE = { baseUrl: "https://id.shop.example", projectKey: "abcdefghij" as ProjectKey, name: "Shop" };

const isMap = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
function merge(left: JsonObject, right: JsonObject): JsonObject {
  return Object.entries(right).reduce<JsonObject>((sum, [key, value]) => {
    const old = sum[key];
    return { ...sum, [key]: isMap(old) && isMap(value) ? merge(old, value) : value };
  }, left);
}
const put = (path: string, value: JsonValue): JsonObject => path.split(".").reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), value) as JsonObject;
const doc = (...parts: readonly (readonly [string, JsonValue])[]): JsonObject => parts.reduce<JsonObject>((sum, [path, value]) => merge(sum, put(path, value)), {});
const kindsOf = (from: JsonObject, to: JsonObject): readonly LooseningKind[] =>
  looseningsOf(parseProjectConfig(from, 1, PLACE), parseProjectConfig(to, 1, PLACE), NOW).map(({ kind }) => kind);

type Example = readonly [key: string, kind: LooseningKind, from: JsonObject, to: JsonObject];
const M = "selfservice.methods";
const F = "selfservice.flows";
/** One key from one value to another, beside what gives it a meaning. */
const moved = (key: string, kind: LooseningKind, from: JsonValue | undefined, to: JsonValue | undefined, beside: JsonObject = {}, at = key): Example => [
  key, kind, from === undefined ? beside : merge(beside, put(at, from)), to === undefined ? beside : merge(beside, put(at, to)),
];
const schema = (email: JsonObject): string => `base64://${Buffer.from(JSON.stringify({ properties: { traits: { type: "object", properties: { email: { type: "string", "ory.sh/kratos": email } } } } })).toString("base64")}`;
const QUIET = schema({ credentials: { password: { identifier: true } }, verification: { via: "email" } });
const OPEN = schema({ credentials: { password: { identifier: true }, code: { identifier: true, via: "email" } }, verification: { via: "email" } });
const TOTP = put(`${M}.totp.enabled`, true);
const PASSKEYS = put(`${M}.passkey.enabled`, true);
const RULE = (rule: JsonObject): JsonObject => merge(TOTP, put("rung.operations", { pay: rule }));
const PATH = (...rules: readonly JsonObject[]): JsonObject => merge(TOTP, put("rung.protected_paths", rules));
const ADMIN = PATH({ prefix: "/admin", required_aal: "aal2" });
const HOOK = (url: string, more: JsonObject = { response: { parse: true } }): JsonObject => ({ hook: "web_hook", config: { url, method: "POST", ...more } });
const provider = (changes: JsonObject = {}): JsonObject => doc([`${M}.oidc.enabled`, true], [`${M}.oidc.config.providers`, [{
  id: "acme", provider: "generic", client_id: "c", client_secret: "s", issuer_url: "https://idp.example", aal2_acr_values: ["a"], aal2_amr_values: ["b"], pkce: "force", ...changes,
}]]);
const changed = (key: string, value: JsonValue, kind: LooseningKind = "provider"): Example => [`${M}.oidc.config.providers.*.${key}`, kind, provider(), provider({ [key.replace(".*", "")]: value })];
const request = (at: string, url: string): JsonObject => (at.includes("channels") ? put("courier.channels", [{ id: "sms", request_config: { url } }])
  : doc(["courier.delivery_strategy", "http"], ["courier.http.request_config.url", url]));
const SMTP = put("courier.smtp.connection_uri", "smtps://mail.example");
const OLDER = (url: string, enabled = true): JsonObject => put(`${M}.password.config.migrate_hook`, { enabled, config: { url } });
const hooks = (key: string, at: string): readonly Example[] => {
  const gone = (member: string, from: JsonValue, to: JsonValue): Example => [`${key}.${member}`, "hook_gone", put(at, [from]), put(at, [to])];
  const here = HOOK("https://h.example/");
  return [
    gone("config.url", here, HOOK("https://other.example/", {})), gone("config.response.parse", here, HOOK("https://h.example/", { response: { parse: false } })),
    gone("config.can_interrupt", HOOK("https://h.example/", { can_interrupt: true }), HOOK("https://h.example/", {})),
    ...(key.includes("after") ? [
      [`${key}.hook`, "hook_gone", put(at, [{ hook: "revoke_active_sessions" }]), {}] as const, [`${key}.hook`, "verified_address", put(at, [{ hook: "require_verified_address" }]), {}] as const,
    ] : []),
  ];
};
const TEMPLATE = (template: JsonObject): JsonObject => put("session.whoami.tokenizer.templates", { app: template });

const EXAMPLES: readonly Example[] = [
  ["identity.default_schema_id", "schema", doc(["identity", { default_schema_id: "a", schemas: [{ id: "a", url: QUIET }, { id: "b", url: OPEN }] }]), doc(["identity", { default_schema_id: "b", schemas: [{ id: "a", url: QUIET }, { id: "b", url: OPEN }] }])],
  ["identity.schemas.*.id", "schema", put("identity.schemas", [{ id: "a", url: QUIET }]), put("identity.schemas", [{ id: "b", url: OPEN }])],
  ["identity.schemas.*.url", "schema", put("identity.schemas", [{ id: "a", url: QUIET }]), put("identity.schemas", [{ id: "a", url: OPEN }])],
  ["identity.schemas.*.selfservice_selectable", "schema", put("identity.schemas", [{ id: "a", url: QUIET }, { id: "b", url: OPEN }]), put("identity.schemas", [{ id: "a", url: QUIET }, { id: "b", url: OPEN, selfservice_selectable: true }])],
  moved("session.lifespan", "lifespan", "24h", "25h"), moved("session.earliest_possible_extend", "extend", "1h", "2h"), moved("session.earliest_possible_extend", "extend", "1h", undefined),
  moved("session.cookie.name", "cookie", undefined, "shop"), moved("session.cookie.persistent", "cookie", false, true),
  ...(["session.cookie", "cookies"] as const).flatMap((at) => [
    moved(`${at}.domain`, "cookie", undefined, "shop.example"), moved(`${at}.path`, "cookie", "/app/deep", "/app"), moved(`${at}.same_site`, "cookie", "Strict", "None"),
  ]),
  moved("session.whoami.required_aal", "sign_in", "highest_available", "aal1"), moved(`${F}.settings.required_aal`, "settings", "highest_available", "aal1"),
  moved(`${F}.settings.privileged_session_max_age`, "window", "15m", "16m"),
  ["session.whoami.tokenizer.templates.*.ttl", "token", TEMPLATE({ ttl: "1m" }), TEMPLATE({ ttl: "2m" })],
  ["session.whoami.tokenizer.templates.*.jwks_url", "token", {}, TEMPLATE({ jwks_url: "https://keys.example/set" })],
  moved("selfservice.allowed_return_urls", "return_url", ["https://shop.example/a"], ["https://shop.example/a", "https://other.example/"]),
  moved("selfservice.allowed_return_urls", "return_url", ["https://shop.example/"], ["https://shop.example/", "https://*.shop.example/"]),
  moved(`${F}.{flow}.lifespan`, "flow_lifespan", "10m", "11m", {}, `${F}.login.lifespan`), moved(`${F}.{flow}.ui_url`, "screen", "/login", "https://ui.other.example/", {}, `${F}.login.ui_url`),
  moved(`${F}.{flow}.enabled`, "registration_on", false, true, {}, `${F}.registration.enabled`), moved(`${F}.{flow}.enabled`, "recovery_on", false, true, {}, `${F}.recovery.enabled`),
  moved(`${F}.{flow}.enabled`, "verification_off", true, false, {}, `${F}.verification.enabled`), moved(`${F}.error.ui_url`, "screen", "/error", "https://ui.other.example/"),
  // A screen of our own is behind no rule, so the place it moves to loses the rule it had.
  ...["login", "registration", "settings", "recovery", "verification"].flatMap((flow) => ["/admin/x", "https://id.shop.example/admin/x?a=b", "/admin"].map((to) =>
    moved(`${F}.{flow}.ui_url`, "path", undefined, to, ADMIN, `${F}.${flow}.ui_url`))),
  ...["/admin/x", "https://id.shop.example/admin/x"].map((to) => moved(`${F}.error.ui_url`, "path", undefined, to, ADMIN)),
  moved(`${F}.logout.clear_browser_data`, "logout_data", true, false),
  ...hooks(`${F}.{flow}.before.hooks.*`, `${F}.registration.before.hooks`), ...hooks(`${F}.{flow}.after.hooks.*`, `${F}.login.after.hooks`),
  ...hooks(`${F}.{flow}.after.{method}.hooks.*`, `${F}.login.after.password.hooks`),
  moved(`${M}.password.enabled`, "first_factor_on", false, true, PASSKEYS), moved(`${M}.password.config.min_password_length`, "password_rules", 12, 8),
  moved(`${M}.password.config.identifier_similarity_check_enabled`, "password_rules", true, false), moved(`${M}.password.config.haveibeenpwned_enabled`, "password_rules", true, false),
  [`${M}.password.config.migrate_hook.enabled`, "older_system", OLDER("https://old.example/", false), OLDER("https://old.example/")],
  [`${M}.password.config.migrate_hook.config.url`, "older_system", OLDER("https://old.example/", false), OLDER("https://other.example/")],
  ...["totp", "lookup_secret", "webauthn"].map((method) => moved(`${M}.${method}.enabled`, "second_factor", true, false)),
  moved(`${M}.lookup_secret.config.storage`, "revealable_codes", "hashed", "revealable"), moved(`${M}.webauthn.enabled`, "first_factor_off", true, false, put(`${M}.webauthn.config.passwordless`, true)),
  moved(`${M}.webauthn.config.passwordless`, "second_factor", false, true, put(`${M}.webauthn.enabled`, true)),
  moved(`${M}.link.enabled`, "admin_links", false, true), moved(`${M}.link.config.lifespan`, "admin_links", "1h", "2h", put(`${M}.link.enabled`, true)),
  ...["webauthn", "passkey"].flatMap((method) => [
    moved(`${M}.${method}.config.rp.id`, "passkey_place", "id.shop.example", "shop.example"),
    moved(`${M}.${method}.config.rp.origins`, "passkey_place", ["https://id.shop.example"], ["https://id.shop.example", "https://shop.example"]),
  ]),
  moved(`${M}.webauthn.config.rp.origin`, "passkey_place", undefined, "https://shop.example"),
  moved(`${M}.passkey.enabled`, "first_factor_off", true, false), moved(`${M}.passkey.config.aal2_on_user_verification`, "passkey_counts", false, true),
  moved(`${M}.passkey.config.authenticator_selection.user_verification`, "user_verification", "required", "preferred"),
  moved(`${M}.passkey.config.timeouts.registration`, "flow_lifespan", "1m", "2m"), moved(`${M}.passkey.config.timeouts.login`, "flow_lifespan", "1m", "2m"),
  moved(`${M}.code.enabled`, "weak_second_factor", false, true, put(`${M}.code.mfa_enabled`, true)), moved(`${M}.code.enabled`, "second_factor", true, false, put(`${M}.code.mfa_enabled`, true)),
  moved(`${M}.code.enabled`, "first_factor_on", false, true, put(`${M}.code.passwordless_enabled`, true)),
  moved(`${M}.code.passwordless_enabled`, "first_factor_on", false, true), moved(`${M}.code.mfa_enabled`, "weak_second_factor", false, true), moved(`${M}.code.mfa_enabled`, "second_factor", true, false),
  moved(`${M}.code.config.lifespan`, "code_rules", "5m", "6m"), moved(`${M}.code.config.max_submissions`, "code_rules", 3, 5), moved(`${M}.code.config.missing_credential_fallback_enabled`, "code_fallback", false, true),
  [`${M}.oidc.enabled`, "first_factor_on", {}, provider()], [`${M}.oidc.enabled`, "provider", {}, provider()],
  changed("id", "other"), changed("provider", "google"), changed("client_id", "x"), changed("issuer_url", "https://other.example"), changed("claims.*", { email: "upn" }), changed("pkce", "auto"),
  changed("additional_id_token_audiences", ["x"]), changed("aal2_acr_values", ["a", "c"], "upstream"), changed("aal2_amr_values", ["b", "c"], "upstream"),
  [`${M}.oidc.config.providers.*.microsoft_tenant`, "provider", provider({ provider: "microsoft", issuer_url: "https://login.microsoftonline.com/t/v2.0" }), put(`${M}.oidc`, { enabled: true, config: { providers: [{ id: "acme", provider: "microsoft", client_id: "c", client_secret: "s", microsoft_tenant: "u", pkce: "force" }] } })],
  ["rung.operations.*.required_aal", "operation", RULE({ required_aal: "aal2", max_age: "5m" }), RULE({ required_aal: "aal1", max_age: "5m" })],
  ["rung.operations.*.required_aal", "operation", TOTP, RULE({ required_aal: "aal1" })],
  ["rung.operations.*.max_age", "operation", RULE({ required_aal: "aal2", max_age: "5m" }), RULE({ required_aal: "aal2", max_age: "6m" })],
  ["rung.operations.*.methods", "operation", RULE({ required_aal: "aal2", methods: ["totp"] }), RULE({ required_aal: "aal2" })],
  ["rung.protected_paths.*.prefix", "path", PATH({ prefix: "/", required_aal: "aal2" }), PATH({ prefix: "/", required_aal: "aal2" }, { prefix: "/open", required_aal: "aal1" })],
  ["rung.protected_paths.*.required_aal", "path", PATH({ prefix: "/a", required_aal: "aal2" }), PATH({ prefix: "/a", required_aal: "highest_available" })],
  ["rung.protected_paths.*.max_age", "path", PATH({ prefix: "/a", required_aal: "aal2", max_age: "5m" }), PATH({ prefix: "/a", required_aal: "aal2" })],
  ["rung.protected_paths.*.methods", "path", PATH({ prefix: "/a", required_aal: "aal2", methods: ["totp"] }), PATH({ prefix: "/a", required_aal: "aal2" })],
  // Also of a rule that a way in stands exactly upon.
  ["rung.protected_paths.*.required_aal", "path", ...(["aal2", "aal1"] as const).map((required_aal) => merge(PATH({ prefix: "/a", required_aal }), put(`${F}.login.ui_url`, "/a"))) as [JsonObject, JsonObject]],
  moved("rung.enrolment.mode", "enrolment", "required", "nudge", TOTP), moved("rung.enrolment.prompt.mode", "enrolment", "require-now", "suggest-once", TOTP),
  ["rung.enrolment.from", "enrolment", merge(TOTP, put("rung.enrolment", { mode: "required-from-date", from: "2026-08-01T00:00:00Z" })), merge(TOTP, put("rung.enrolment", { mode: "required-from-date", from: "2026-09-01T00:00:00Z" }))],
  moved("rung.sessions.revoke_others_on_credential_change", "keeps_sessions", true, false), moved("rung.courier.sms_per_day", "sms_limit", 5, 6), moved("rung.courier.sms_prefixes", "sms_limit", ["+49"], undefined),
  moved("rung.courier.sms_prefixes", "sms_limit", ["+49"], ["+49", "+1"]),
  moved("courier.smtp.connection_uri", "mail_transport", "smtps://mail.example", "smtp://mail.example?disable_starttls=true"),
  ["courier.delivery_strategy", "mail_transport", {}, request("http", "http://mail.example/")],
  ...["courier.http.request_config", "courier.channels.*.request_config"].map((at): Example => [`${at}.url`, "mail_transport", request(at, "https://x.example/"), request(at, "http://x.example/")]),
  moved("courier.smtp.connection_uri", "courier_host", "smtps://u:p@mail.example", "smtps://u:p@mail.other.example"),
  ["courier.delivery_strategy", "courier_host", SMTP, merge(SMTP, request("http", "https://mail.example/"))],
  ...["courier.http.request_config", "courier.channels.*.request_config"].flatMap((at) => ["https://other.example/a", "https://x.example/b", "https://x.example:8443/a"].map((to): Example =>
    [`${at}.url`, "courier_host", request(at, "https://x.example/a"), request(at, to)])),
  moved("serve.public.cors.enabled", "cors", false, true), moved("serve.public.cors.allowed_origins", "cors", ["https://a.example"], ["https://a.example", "https://b.example"], put("serve.public.cors.enabled", true)),
  moved("serve.public.cors.allow_credentials", "cors", false, true, put("serve.public.cors.enabled", true)),
  moved("security.account_enumeration.mitigate", "enumeration", true, false), moved("feature_flags.cacheable_sessions", "session_cache", false, true),
  moved("feature_flags.cacheable_sessions_max_age", "session_cache", "1m", "2m", put("feature_flags.cacheable_sessions", true)),
  moved("clients.http.disallow_private_ip_ranges", "private_addresses", true, false), moved("clients.http.private_ip_exception_urls", "private_addresses", undefined, ["http://10.0.0.5/**"]),
  moved("clients.web_hook.header_allowlist", "told_headers", ["Accept"], ["Accept", "X-Tenant"]),
];
/** On https, where the tests live, the cookie cannot be without Secure: refused, so never looser. */
const REFUSED_HERE = ["session.cookie.secure", "cookies.secure"];

/** Somebody else than before is believed, or gets the codes, whoever that was: no direction of these is the safe one. A key, or a kind. */
const EITHER_WAY: readonly string[] = [
  "courier_host", `${M}.webauthn.config.rp.origin`, ...["id", "provider", "client_id", "issuer_url", "microsoft_tenant", "claims.*"].map((key) => `${M}.oidc.config.providers.*.${key}`),
];

describe("every key of a configuration says whether a change of it can protect less", () => {
  test("no key without a declaration, none with two, none that is no key", () => {
    expect(honouredKeys().filter((key) => declaredOf(key) === null)).toEqual([]);
    const known = new Set(honouredKeys().map((key) => JSON.stringify(declaredOf(key))));
    expect(LOOSENING_KEYS.filter(([, declared]) => !known.has(JSON.stringify(declared)))).toEqual([]);
    expect(declaredOf("session.lifespan.new_key") ?? declaredOf("rung.new_key")).toBeNull();
  });

  test("each kind is declared of some key, and has its words", () => {
    const declared = new Set(LOOSENING_KEYS.flatMap(([, kinds]) => (typeof kinds === "string" ? [] : kinds)));
    expect([...LOOSENING_KINDS].filter((kind) => !declared.has(kind) || !Object.hasOwn(en, `console.loosening.${kind}`))).toEqual([]);
  });

  test("each declared direction has an example below", () => {
    const shown = new Set(EXAMPLES.map(([key, kind]) => `${key} ${kind}`));
    const wanted = LOOSENING_KEYS.flatMap(([key, kinds]) => (typeof kinds === "string" || REFUSED_HERE.includes(key) ? [] : kinds.map((kind) => `${key} ${kind}`)));
    expect(wanted.filter((one) => !shown.has(one))).toEqual([]);
  });

  test.each(EXAMPLES)("%s: %s one way and not back", (key, kind, from, to) => {
    expect(kindsOf(from, to)).toContain(kind);
    expect(kindsOf(to, from).includes(kind)).toBe(EITHER_WAY.includes(key) || EITHER_WAY.includes(kind));
    expect(kindsOf(to, to)).toEqual([]);
  });

  test("the server that codes go through is named without its password, also where it is the first; another way to the same is none other", () => {
    const noted = (from: JsonObject, to: JsonObject) => looseningsOf(parseProjectConfig(from, 1, PLACE), parseProjectConfig(to, 1, PLACE), NOW);
    const smtp = (uri: string): JsonObject => put("courier.smtp.connection_uri", uri);
    const http = (url: string): JsonObject => request("courier.http.request_config", url);
    const sms = (url: string): JsonObject => request("courier.channels.*.request_config", url);
    expect(noted(smtp("smtps://u:hush@mail.example:465"), smtp("smtps://v:hush@mail.other.example:465"))).toEqual([{ kind: "courier_host", name: "mail.other.example" }]);
    expect(noted(merge(http("https://x.example/?key=hush"), sms("https://y.example/")), merge(http("https://z.example/hush?key=hush"), sms("https://z.example/hush"))))
      .toEqual([{ kind: "courier_host", name: "z.example" }]);
    const same: readonly (readonly [JsonObject, JsonObject])[] = [
      [smtp("smtps://mail.example"), {}], [smtp("smtps://u:p@mail.example:465"), smtp("smtp://u:q@MAIL.example:465")], [http("http://x.example/a"), http("https://x.example/a")], [sms("https://x.example/a?key=1"), {}],
    ];
    expect(same.flatMap(([from, to]) => noted(from, to))).toEqual([]);
    // Before a first one the installation's own may have sent; and of two steps, out and in, none may go unsaid.
    for (const first of [smtp("smtps://mail.example"), sms("https://y.example/")]) expect(noted({}, first).map(({ kind }) => kind)).toEqual(["courier_host"]);
    // At one relay many have an account.
    expect(noted(smtp("smtps://u:p@relay.example"), smtp("smtps://v:p@relay.example"))).toEqual([{ kind: "courier_host", name: "relay.example" }]);
    expect(noted(sms("https://x.example/a?account=1"), sms("https://x.example/a?account=2"))).toEqual([{ kind: "courier_host", name: "x.example" }]);
  });

  const pathsOf = (from: JsonObject, to: JsonObject): readonly string[] =>
    looseningsOf(parseProjectConfig(from, 1, PLACE), parseProjectConfig(to, 1, PLACE), NOW).filter(({ kind }) => kind === "path").map(({ name }) => name);

  test("a screen that moves names the path that loses its rule, and one that moves past every rule, or to another host, none", () => {
    const at = (url: string): JsonObject => merge(ADMIN, put(`${F}.login.ui_url`, url));
    expect(pathsOf(ADMIN, at("/admin/x"))).toEqual(["/admin/x"]);
    expect(pathsOf(at("/admin/x"), at("/admin/y"))).toEqual(["/admin/y"]);
    expect([...pathsOf(ADMIN, at("/in")), ...pathsOf(ADMIN, at("/administration")), ...pathsOf(ADMIN, at("https://ui.other.example/admin/x"))]).toEqual([]);
  });

  test("settings that move guard the old place no longer, and are behind neither rule nor wall at the new one", () => {
    const moves = (from: JsonObject): readonly string[] => pathsOf(from, merge(from, put(`${F}.settings.ui_url`, "/admin/x")));
    const best = PATH({ prefix: "/admin", required_aal: "highest_available" });
    expect(moves(ADMIN)).toEqual(["/settings", "/admin/x"]);
    expect(moves(merge(ADMIN, doc([`${F}.login.ui_url`, "/admin/x"], [`${F}.error.ui_url`, "/admin"])))).toEqual(["/settings", "/admin/x"]);
    expect(moves(best)).toEqual(["/settings"]);
    expect(moves(merge(best, put("rung.enrolment.mode", "required")))).toEqual(["/settings", "/admin/x"]);
  });

  test("what has a sentence of its own is not said of every path as well", () => {
    const everywhere = PATH({ prefix: "/", required_aal: "aal2" });
    const elsewhere = put(`${F}.login.ui_url`, "https://ui.other.example/admin/x");
    expect(pathsOf(merge(everywhere, elsewhere), merge(PATH({ prefix: "/", required_aal: "aal1" }), elsewhere))).toEqual(["/"]);
    const walled = merge(everywhere, put("rung.enrolment.mode", "required"));
    expect(kindsOf(walled, everywhere)).toEqual(["enrolment"]);
    expect(kindsOf(everywhere, merge(everywhere, put(`${F}.settings.required_aal`, "aal1")))).toEqual(["settings"]);
  });
});

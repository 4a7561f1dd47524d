import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import type { ProjectKey } from "../model/ids";
import type { ProjectConfig } from "../model/project";
import { parseProjectConfig } from "./parse";
import { CONFIG_SCHEMA, KEPT_WITHOUT_EFFECT, schemaAt, validateDocument } from "./schema";
import type { SchemaNode } from "./schema";

const PLACE = { baseUrl: "https://id.shop.example", projectKey: "abcdefghij" as ProjectKey, name: "Shop" };
const parse = (document: JsonObject): ProjectConfig => parseProjectConfig(document, 1, PLACE);
/** `a.b.*.c` as a document: `*` is the first item of a list, or the entry `any.name` of a map. */
function put(path: string, value: JsonValue, beside: JsonObject = {}): JsonObject {
  const keys = path.split(".");
  const build = (index: number): JsonValue => {
    const key = keys[index];
    if (key === undefined) return value;
    const rest = build(index + 1);
    if (key !== "*") return { [key]: rest };
    const parent = keys[index - 1];
    return parent === "operations" ? { "any.name": { ...(rest as JsonObject) } } : [rest];
  };
  return merge(beside, build(0) as JsonObject);
}
function merge(left: JsonObject, right: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const old = result[key];
    const bothMaps = typeof old === "object" && old !== null && !Array.isArray(old) && typeof value === "object" && value !== null && !Array.isArray(value);
    result[key] = bothMaps ? merge(old as JsonObject, value as JsonObject) : value;
  }
  return result;
}

function leaves(node: SchemaNode, path: string): readonly string[] {
  const real = node.$ref === undefined ? node : CONFIG_SCHEMA.definitions?.[node.$ref.replace("#/definitions/", "")] ?? node;
  if (node.rungKept === true) return [];
  const below = Object.entries(real.properties ?? {}).flatMap(([key, child]) => leaves(child, path === "" ? key : `${path}.${key}`));
  const items = real.items?.properties === undefined ? [] : leaves(real.items, `${path}.*`);
  const values = typeof real.additionalProperties === "object" ? leaves(real.additionalProperties, `${path}.*`) : [];
  const all = [...below, ...items, ...values];
  return all.length > 0 ? all : [path];
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

row("identity.default_schema_id", "b", (c) => c.defaultSchemaId, "b", { identity: { schemas: [{ id: "a", url: "preset://email" }, { id: "b", url: "preset://email" }] } });
row("identity.schemas.*.id", "person", (c) => c.schemas[0]?.id, "person");
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
  row(`${at}.after.hooks.*.hook`, "web_hook", (c) => c.flows[flow].afterHooks[""], ["web_hook"]);
  for (const method of ["password", "oidc", "totp", "webauthn", "passkey", "lookup_secret", "code", "profile"] as const) {
    if (schemaAt([...at.split("."), "after", method]) === null) continue;
    row(`${at}.after.${method}.default_browser_return_url`, "/done", (c) => c.flows[flow].afterReturnUrlByMethod[method], "https://id.shop.example/done");
    row(`${at}.after.${method}.hooks.*.hook`, "web_hook", (c) => c.flows[flow].afterHooks[method], ["web_hook"]);
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
    const unaccounted = leaves(CONFIG_SCHEMA, "").filter((path) => !rows.has(path));
    expect(unaccounted).toEqual([]);
  });

  it("docs/config.md names every key", () => {
    const text = readFileSync(new URL("../../docs/config.md", import.meta.url), "utf8");
    const last = (path: string): string => path.split(".").filter((part) => part !== "*").at(-1) ?? "";
    expect([...rows.keys(), ...KEPT_WITHOUT_EFFECT].map(last).filter((key) => !text.includes(`\`${key}\``) && !text.includes(`.${key}\``))).toEqual([]);
  });

  it("no row names a key that does not exist", () => {
    const known = new Set(leaves(CONFIG_SCHEMA, ""));
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

describe("what is refused is refused in sentences", () => {
  const problemsOf = (document: unknown) => validateDocument(document);

  it.each(["session.whoami.required_aal", "selfservice.flows.settings.required_aal"])("%s: aal2 does not exist there", (path) => {
    const [problem, ...others] = problemsOf(put(path, "aal2"));
    expect(others).toEqual([]);
    expect(problem?.path).toBe(`/${path.replaceAll(".", "/")}`);
    expect(problem?.allowed).toEqual(["aal1", "highest_available"]);
    for (const words of ["\"aal1\"", "\"highest_available\"", "only these two", "Strict", "Lax", "rung.operations"]) expect(problem?.message).toContain(words);
  });

  it("an unknown key comes with the name that was meant", () => {
    expect(problemsOf({ session: { whoami: { requierd_aal: "aal1" } } })).toMatchObject([
      { path: "/session/whoami/requierd_aal", message: "is not a known key. Did you mean \"required_aal\"?" },
    ]);
    expect(problemsOf({ rung: { brnad: {} } })[0]?.message).toContain("\"brand\"");
    expect(problemsOf({ rung: { zzzzzz: {} } })[0]?.message).toContain("Known here: operations");
    expect(problemsOf(JSON.parse("{\"__proto__\":{}}"))).toHaveLength(1);
  });

  it.each<[JsonObject, string, RegExp]>([
    [{ session: { lifespan: "1 day" } }, "/session/lifespan", /such as "15m"/],
    [{ session: { lifespan: 3600 } }, "/session/lifespan", /whole numbers and units/],
    [{ selfservice: { methods: { totp: { enabled: "yes" } } } }, "/selfservice/methods/totp/enabled", /true or false/],
    [{ selfservice: { methods: { password: { config: { min_password_length: 5 } } } } }, "/selfservice/methods/password/config/min_password_length", /6 or more/],
    [{ selfservice: { flows: { registration: { after: { hooks: [{ hook: "session" }] } } } } }, "/selfservice/flows/registration/after/hooks/0/hook", /"web_hook"/],
    [{ rung: { operations: { "Pay Now": { required_aal: "aal2" } } } }, "/rung/operations/Pay Now", /usable name/],
    [{ rung: { operations: { pay: {} } } }, "/rung/operations/pay/required_aal", /missing/],
    [{ rung: { protected_paths: [{ prefix: "payment", required_aal: "aal2" }] } }, "/rung/protected_paths/0/prefix", /begins with/],
    [{ rung: { enrolment: { mode: "required-from-date", from: "2027-01-01" } } }, "/rung/enrolment/from", /time zone/],
    [{ identity: { schemas: [] } }, "/identity/schemas", /at least 1/],
    [{ session: [] as unknown as JsonObject }, "/session", /group of keys/],
  ])("%j", (document, path, message) => {
    const problems = problemsOf(document);
    expect(problems[0]?.path).toBe(path);
    expect(problems[0]?.message).toMatch(message);
  });

  it("documents that are no object at all are refused, not thrown over", () => {
    for (const value of [null, undefined, 1, "x", [], true]) expect(problemsOf(value).length).toBeGreaterThan(0);
  });

  it("the values themselves are never repeated: they may be secrets", () => {
    const secret = "hunter2-hunter2";
    const document = { secrets: secret, session: { lifespan: secret, cookie: { name: `${secret} ;` } }, selfservice: { methods: { totp: { enabled: secret } } } };
    expect(JSON.stringify(problemsOf(document))).not.toContain(secret);
  });

  it("all problems are told at once", () => {
    try {
      parse({ session: { lifespan: "x", whoami: { required_aal: "aal3" } }, nonsense: 1 });
      expect.unreachable();
    } catch (error) {
      expect(isDomainError(error) && error.code).toBe("config_invalid");
      expect(isDomainError(error) && error.details["problems"]).toHaveLength(3);
    }
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import type { ProjectKey } from "../model/ids";
import type { ProjectConfig } from "../model/project";
import { projectTemplate } from "./defaults";
import { parseProjectConfig } from "./parse";
import type { ConfigProblem } from "./schema";

const KEY = "abcdefghij" as ProjectKey;
const parse = (document: JsonObject, baseUrl = "https://id.shop.example"): ProjectConfig => parseProjectConfig(document, 7, { baseUrl, projectKey: KEY, name: "Shop" });
function problemsOf(document: JsonObject, baseUrl?: string): readonly ConfigProblem[] {
  try {
    parse(document, baseUrl);
    return [];
  } catch (error) {
    if (isDomainError(error) && error.code === "config_invalid") return error.details["problems"] as readonly ConfigProblem[];
    throw error;
  }
}
/** Paths of everything in a value that is missing. */
function holes(value: unknown, path = ""): readonly string[] {
  if (value === undefined || (typeof value === "number" && Number.isNaN(value))) return [path];
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => holes(child, `${path}.${key}`));
}

describe("an empty document is a complete configuration", () => {
  const config = parse({});
  it("with the defaults of the contract, and of the rulings where they win", () => {
    expect(config).toMatchObject({
      revision: 7, baseUrl: "https://id.shop.example", defaultReturnUrl: "https://id.shop.example/", allowedReturnUrls: [],
      csrfCookieName: "__Host-csrf_token_abcdefghij", deviceCookieName: "__Host-rung_device_abcdefghij",
      lastUsedCookieName: "__Host-rung_last_used_abcdefghij", loginStyle: "unified",
      registrationStyle: "profile_first", logoutReturnUrl: null, clearBrowserDataAtLogout: false, errorUiUrl: "https://id.shop.example/error", addressBackUrl: "https://id.shop.example/address-back",
      revokeOthersOnCredentialChange: true, brand: { name: "Shop" }, defaultSchemaId: "default",
      policy: { signIn: "strict", settings: "strict", privilegedMaxAgeSeconds: 3600, protectedPaths: [], operations: {}, enrolment: { mode: "optional" } },
      session: { lifespanMs: 86_400_000, cookieName: "__Host-ory_session_abcdefghij", cookieDomain: null, cookiePath: "/", cookieSameSite: "Lax", cookiePersistent: true, cookieSecure: true },
      methods: {
        password: { enabled: true, minLength: 8, identifierSimilarityCheck: true, blocklist: true }, totp: { enabled: false, issuer: "id.shop.example" },
        lookup_secret: { enabled: false, storage: "hashed" }, profile: { enabled: true }, webauthn: { enabled: false, passwordless: false },
        passkey: { enabled: false, aal2OnUserVerification: false, userVerification: "preferred", rp: { id: "id.shop.example", displayName: "Shop", origins: ["https://id.shop.example"] } },
        code: { enabled: true, passwordlessEnabled: false, mfaEnabled: false, lifespanMs: 600_000, maxSubmissions: 5 }, oidc: { enabled: false },
      },
    });
  });
  it("with every flow on our own pages, recovery and verification off, and no hooks", () => {
    const enabled = { login: true, registration: true, settings: true, recovery: false, verification: false };
    for (const [name, flow] of Object.entries(config.flows)) {
      expect(flow).toEqual({
        lifespanMs: 3_600_000, uiUrl: `https://id.shop.example/${name}`, enabled: enabled[name as keyof typeof enabled], afterReturnUrl: null,
        afterReturnUrlByMethod: {}, afterHooks: {}, afterWebHooks: {}, beforeWebHooks: [],
      });
    }
  });
});

describe("cookie names carry the project, and the prefix that browsers enforce", () => {
  it.each([
    ["https://id.shop.example", {}, "__Host-ory_session_abcdefghij", true],
    ["http://localhost:4000", {}, "__Host-ory_session_abcdefghij", true],
    ["http://bank.localhost:4000", {}, "__Host-ory_session_abcdefghij", true],
    ["http://127.0.0.1:4000", {}, "__Host-ory_session_abcdefghij", true],
    ["http://[::1]:4000", {}, "__Host-ory_session_abcdefghij", true],
    ["http://id.shop.example", {}, "ory_session_abcdefghij", false],
    ["http://localhost.evil.example", {}, "ory_session_abcdefghij", false],
    ["https://id.shop.example", { cookies: { domain: "shop.example" } }, "ory_session_abcdefghij", true],
    ["https://id.shop.example", { cookies: { path: "/x" } }, "ory_session_abcdefghij", true],
    ["http://localhost:4000", { cookies: { secure: false } }, "ory_session_abcdefghij", false],
    ["https://id.shop.example", { session: { cookie: { name: "ory_kratos_session" } } }, "ory_kratos_session", true],
  ] as const)("%s with %j", (baseUrl, document, name, secure) => {
    const { session, csrfCookieName, deviceCookieName, lastUsedCookieName } = parse(document, baseUrl);
    expect(session).toMatchObject({ cookieName: name, cookieSecure: secure });
    const prefixed = name !== "ory_session_abcdefghij";
    expect([csrfCookieName, deviceCookieName, lastUsedCookieName].map((name) => name.startsWith("__Host-"))).toEqual([prefixed, prefixed, prefixed]);
  });
});

describe("a document that could shut people out, or that browsers would not obey, is refused with the reason", () => {
  const totp = { totp: { enabled: true } };
  it.each<[string, JsonObject, string, RegExp]>([
    ["enrolment without a factor", { rung: { enrolment: { mode: "required" } } }, "/rung/enrolment/mode", /no second factor is enabled/],
    ["enrolment from a date without a factor", { rung: { enrolment: { mode: "required-from-date", from: "2027-01-01T00:00:00Z" } } }, "/rung/enrolment/mode", /shut out/],
    ["enrolment from no date", { selfservice: { methods: totp }, rung: { enrolment: { mode: "required-from-date" } } }, "/rung/enrolment/from", /instant/],
    ["a date without its mode", { selfservice: { methods: totp }, rung: { enrolment: { mode: "required", from: "2027-01-01T00:00:00Z" } } }, "/rung/enrolment/from", /no meaning/],
    ["a date that is none", { selfservice: { methods: totp }, rung: { enrolment: { mode: "required-from-date", from: "2027-13-01T00:00:00Z" } } }, "/rung/enrolment/from", /instant/],
    ["one mailbox, both halves", { selfservice: { methods: { code: { passwordless_enabled: true, mfa_enabled: true } } } }, "/selfservice/methods/code/mfa_enabled", /both halves/],
    ["no way to sign in", { selfservice: { methods: { password: { enabled: false }, ...totp } } }, "/selfservice/methods", /nobody could/],
    ["an operation nobody can reach", { rung: { operations: { pay: { required_aal: "aal2" } } } }, "/rung/operations/pay/required_aal", /nobody could ever pass/],
    ["an operation by a method that is off", { selfservice: { methods: totp }, rung: { operations: { pay: { required_aal: "aal2", methods: ["webauthn"] } } } }, "/rung/operations/pay/methods", /at least one enabled/],
    ["an operation at aal2 by password", { selfservice: { methods: totp }, rung: { operations: { pay: { required_aal: "aal2", methods: ["password"] } } } }, "/rung/operations/pay/methods", /prove aal2/],
    ["a window of nothing", { selfservice: { flows: { settings: { privileged_session_max_age: "0s" } } } }, "/selfservice/flows/settings/privileged_session_max_age", /at least "1s"/],
    ["a session for ever", { session: { lifespan: "99999999h" } }, "/session/lifespan", /ten years/],
    ["an age of nothing", { rung: { protected_paths: [{ prefix: "/x", required_aal: "aal1", max_age: "10ms" }] } }, "/rung/protected_paths/0/max_age", /could never be met/],
    ["one path, two rules", { rung: { protected_paths: [{ prefix: "/x", required_aal: "aal1" }, { prefix: "/x/", required_aal: "highest_available" }] } }, "/rung/protected_paths/1/prefix", /twice/],
    ["plain cookies over https", { cookies: { secure: false } }, "/cookies/secure", /https/],
    ["cookies of another host", { session: { cookie: { domain: "other.example" } } }, "/session/cookie/domain", /browsers would drop/],
    ["__Host- with a domain", { session: { cookie: { name: "__Host-x", domain: "shop.example" } } }, "/session/cookie/name", /needs Secure/],
    ["a wildcard over strangers", { selfservice: { allowed_return_urls: ["https://*.vercel.app"] } }, "/selfservice/allowed_return_urls/0", /strangers/],
    ["a wildcard as a page", { selfservice: { default_browser_return_url: "https://*.shop.example/" } }, "/selfservice/default_browser_return_url", /wildcard/],
    ["a script as a way back", { selfservice: { flows: { login: { after: { default_browser_return_url: "javascript://x/%0aalert(1)" } } } } }, "/selfservice/flows/login/after/default_browser_return_url", /http/],
    ["a page without a scheme", { selfservice: { flows: { login: { ui_url: "//ui.example/login" } } } }, "/selfservice/flows/login/ui_url", /scheme/],
    ["a page that is none", { selfservice: { flows: { login: { ui_url: "login" } } } }, "/selfservice/flows/login/ui_url", /whole URL/],
    ["a URL with a password", { selfservice: { flows: { error: { ui_url: "https://a:b@shop.example/" } } } }, "/selfservice/flows/error/ui_url", /password/],
    ["a default schema that is not there", { identity: { default_schema_id: "x" } }, "/identity/default_schema_id", /one of/],
    ["two schemas, one id", { identity: { schemas: [{ id: "a", url: "preset://email" }, { id: "a", url: "preset://email" }] } }, "/identity/schemas/1/id", /twice/],
  ])("%s", (_name, document, path, message) => {
    const problems = problemsOf(document);
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.find((problem) => problem.path === path)?.message).toMatch(message);
  });
  it("SameSite=None without Secure", () => {
    expect(problemsOf({ cookies: { same_site: "None" } }, "http://id.shop.example")).toHaveLength(1);
    expect(problemsOf({ cookies: { same_site: "None" } })).toEqual([]);
  });
});

describe("identity schemas come with the document", () => {
  const packed = (schema: unknown): JsonObject => ({
    identity: { schemas: [{ id: "x", url: `base64://${Buffer.from(typeof schema === "string" ? schema : JSON.stringify(schema)).toString("base64")}` }] },
  });
  const traits = (properties: JsonObject): JsonObject => ({ type: "object", properties: { traits: { type: "object", properties } } });
  const email = (extension: JsonValue): JsonObject => traits({ email: { type: "string", "ory.sh/kratos": extension } });

  it("as base64 or as the preset", () => {
    const schema = email({ credentials: { password: { identifier: true }, code: { identifier: true, via: "email" } }, verification: { via: "email" } });
    expect(parse(packed(schema))).toMatchObject({ defaultSchemaId: "x", schemas: [{ id: "x", schema }] });
    expect(parse({ identity: { schemas: [{ id: "preset://email", url: "preset://email" }] } }).schemas[0]?.schema).toHaveProperty(["properties", "traits", "required"], ["email"]);
  });
  it("and the same URL is the same object, so that what is derived from it can be kept", () => {
    const document = packed(email({}));
    expect(parse(document).schemas[0]?.schema).toBe(parse(document).schemas[0]?.schema);
  });
  it.each<[string, JsonObject, RegExp]>([
    ["a file", { identity: { schemas: [{ id: "x", url: "file:///etc/passwd" }] } }, /opens no files/],
    ["a fetch", { identity: { schemas: [{ id: "x", url: "https://evil.example/schema.json" }] } }, /fetches nothing/],
    ["another preset", { identity: { schemas: [{ id: "x", url: "preset://username" }] } }, /preset:\/\/email/],
    ["no JSON", packed("{"), /hold JSON/],
    ["no object", packed([]), /JSON object/],
    ["no traits", packed({ type: "object" }), /properties\.traits/],
    ["empty traits", packed(traits({})), /at least one property/],
    ["no JSON Schema", packed(traits({ a: { type: "strnig" } })), /valid JSON Schema/],
    ["a reference to elsewhere", packed(traits({ a: { $ref: "https://evil.example/x.json" } })), /valid JSON Schema/],
    ["an unknown member", packed(email({ credential: {} })), /unknown member "credential"/],
    ["an unknown credential", packed(email({ credentials: { constructor: {} } })), /unknown credential/],
    ["an unusable option", packed(email({ credentials: { password: { identifer: true } } })), /"identifer"/],
    ["a wrong via", packed(email({ verification: { via: "fax" } })), /"email" or "sms"/],
    ["sms without a format", packed(email({ recovery: { via: "sms" } })), /format/],
    ["a fault further down", packed(traits({ name: { type: "object", properties: { a: { type: "string", "ory.sh/kratos": 1 } } } })), /traits\.name\.a/],
  ])("%s is refused", (_name, document, message) => {
    expect(problemsOf(document)).toMatchObject([{ path: "/identity/schemas/0/url", message: expect.stringMatching(message) as string }]);
  });
});

describe("the templates", () => {
  it("parse anywhere, also on a base URL with a port", () => {
    for (const kind of ["app", "console"] as const) for (const lax of [false, true]) for (const baseUrl of ["http://localhost:4000", "https://id.shop.example/"]) {
      const config = parse(projectTemplate(kind, { lax }), baseUrl);
      expect(holes(config)).toEqual([]);
      expect([config.policy.signIn, config.policy.settings]).toEqual(lax ? ["lax", "lax"] : ["strict", "strict"]);
      expect(config.allowedReturnUrls).toEqual([`${baseUrl.replace(/\/$/, "")}/`]);
    }
  });
  it("app: guards payments and orders, and signs a new person in", () => {
    const { policy, flows, registrationStyle, methods } = parse(projectTemplate("app"));
    expect(policy.privilegedMaxAgeSeconds).toBe(900);
    expect(policy.operations).toEqual({
      "payment.view": { aal: "aal2", maxAgeSeconds: 900 },
      "payment.create": { aal: "aal2", maxAgeSeconds: 300, methods: ["totp", "webauthn", "passkey"] },
      "orders.view": { aal: "highest_available" },
      "orders.cancel": { aal: "highest_available", maxAgeSeconds: 3600 },
    });
    expect(policy.protectedPaths).toEqual([
      { prefix: "/payment", requirement: { aal: "aal2", maxAgeSeconds: 900 } }, { prefix: "/orders", requirement: { aal: "highest_available" } },
    ]);
    expect(flows.registration.afterHooks).toEqual({ code: ["session"], oidc: ["session"], passkey: ["session"], password: ["session"], webauthn: ["session"] });
    expect([flows.recovery.enabled, flows.verification.enabled]).toEqual([true, true]);
    expect(registrationStyle).toBe("unified");
    expect(Object.entries(methods).filter(([, method]) => method.enabled).map(([name]) => name).sort())
      .toEqual(["code", "lookup_secret", "passkey", "password", "profile", "totp", "webauthn"]);
    expect(methods).toMatchObject({ code: { mfaEnabled: false, passwordlessEnabled: false }, passkey: { aal2OnUserVerification: true }, webauthn: { passwordless: false } });
  });
  it("console: a second factor is required and nobody registers alone", () => {
    const { policy, flows } = parse(projectTemplate("console"));
    expect(policy).toMatchObject({ enrolment: { mode: "required" }, privilegedMaxAgeSeconds: 600, signIn: "strict" });
    expect([flows.registration.enabled, flows.recovery.enabled, flows.verification.enabled]).toEqual([false, false, false]);
  });
});

it("whatever parses is complete, and saves as it was written", () => {
  const mostly = <T, U>(sound: fc.Arbitrary<T>, unsound: fc.Arbitrary<U>): fc.Arbitrary<T | U> =>
    fc.nat(30).chain<T | U>((dice) => (dice === 0 ? unsound : sound));
  const duration = mostly(fc.constantFrom("1s", "15m0s", "24h", "1h30m"), fc.constantFrom("0s", "90000h"));
  const bool = fc.boolean();
  const url = mostly(fc.constantFrom("/", "/x", "https://shop.example/y"), fc.constantFrom("https://*.shop.example", "app://back", "javascript:1"));
  const some = <T>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(shape, { requiredKeys: [] });
  const flow = some({ lifespan: duration, ui_url: url, after: some({ default_browser_return_url: url, hooks: fc.constantFrom<JsonValue[]>([], [{ hook: "web_hook", config: { url: "https://h.example/", method: "POST" } }]) }) });
  const rule = fc.record({ required_aal: fc.constantFrom("aal1", "aal2", "highest_available"), max_age: duration, methods: mostly(fc.constant(["password", "totp"]), fc.constantFrom(["password"], ["passkey", "code"])) }, { requiredKeys: ["required_aal"] });
  const method = some({ enabled: bool });
  const document = some({
    session: some({ lifespan: duration, whoami: some({ required_aal: fc.constantFrom("aal1", "highest_available") }), cookie: some({ persistent: bool, same_site: mostly(fc.constantFrom("Lax", "Strict"), fc.constant("None")) }) }),
    cookies: some({ domain: fc.constant("shop.example"), path: fc.constantFrom("/", "/x"), secure: mostly(fc.constant(true), fc.constant(false)) }),
    selfservice: some({
      default_browser_return_url: url, allowed_return_urls: fc.array(url, { maxLength: 3 }),
      flows: some({ login: flow, settings: flow, recovery: flow, registration: flow, verification: flow }),
      methods: some({ password: mostly(fc.constant({ enabled: true }), fc.constant({ enabled: false })), totp: mostly(fc.constant({ enabled: true }), method), lookup_secret: method, webauthn: method, passkey: method, oidc: method, code: some({ enabled: bool, mfa_enabled: bool }) }),
    }),
    rung: some({
      operations: fc.dictionary(fc.constantFrom("a", "b.c"), rule), protected_paths: fc.array(rule.map((r) => ({ prefix: "/x", ...r })), { maxLength: 2 }),
      enrolment: fc.record({ mode: fc.constantFrom("optional", "nudge", "required", "required-from-date"), prompt: some({ mode: fc.constantFrom("off", "suggest-once", "require-now") }), from: fc.constant("2027-01-01T00:00:00Z") }, { requiredKeys: ["mode"] })
        .map(({ mode, from, prompt }) => ({ mode, ...(mode === "required-from-date" ? { from: from ?? "2027-06-01T00:00:00+02:00" } : {}), ...(prompt?.mode === undefined ? {} : { prompt }) })),
    }),
  });
  let parsed = 0;
  fc.assert(fc.property(document, fc.constantFrom("https://id.shop.example", "http://id.shop.example:4000"), (candidate, baseUrl) => {
    const saved = JSON.parse(JSON.stringify(candidate)) as JsonObject;
    if (problemsOf(saved, baseUrl).length > 0) return;
    parsed += 1;
    const config = parse(saved, baseUrl);
    expect(holes(config)).toEqual([]);
    expect(config.document).toEqual(JSON.parse(JSON.stringify(candidate)));
    for (const { uiUrl } of Object.values(config.flows)) expect(() => new URL(uiUrl)).not.toThrow();
  }), { numRuns: 2000 });
  expect(parsed).toBeGreaterThan(200);
});

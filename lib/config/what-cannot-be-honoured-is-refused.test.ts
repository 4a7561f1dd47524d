import { describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import type { ProjectKey } from "../model/ids";
import type { ProjectConfig } from "../model/project";
import { parseProjectConfig } from "./parse";
import type { ConfigProblem } from "./schema";

const PLACE = { baseUrl: "https://id.shop.example", projectKey: "abcdefghij" as ProjectKey, name: "Shop" };
const parse = (document: JsonObject, jsonnet = false): ProjectConfig => parseProjectConfig(document, 1, { ...PLACE, jsonnet });
function problemsOf(document: JsonObject, jsonnet = false): readonly ConfigProblem[] {
  try {
    parse(document, jsonnet);
    return [];
  } catch (error) {
    if (isDomainError(error) && error.code === "config_invalid") return error.details["problems"] as readonly ConfigProblem[];
    throw error;
  }
}
const base64 = (text: string): string => `base64://${Buffer.from(text).toString("base64")}`;
const hook = (config: JsonObject, name = "web_hook"): JsonObject => ({ hook: name, config: { url: "https://h.example/", method: "POST", ...config } });
const afterLogin = (...hooks: readonly JsonObject[]): JsonObject => ({ selfservice: { flows: { login: { after: { hooks } } } } });
const oidc = (...providers: readonly JsonObject[]): JsonObject => ({ selfservice: { methods: { oidc: { config: { providers } } } } });
const generic = (changes: JsonObject = {}): JsonObject => ({ id: "acme", provider: "generic", client_id: "c", client_secret: "s", issuer_url: "https://idp.example", ...changes });
const without = (from: JsonObject, ...keys: readonly string[]): JsonObject => Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));
const code = (config: JsonObject, rest: JsonObject = {}): JsonObject => ({ selfservice: { methods: { code: { ...rest, config } } } });
const tokenizer = (template: JsonObject): JsonObject => ({ session: { whoami: { tokenizer: { templates: { shop: template } } } } });
const prompt = (mode: string, wall: JsonObject = {}): JsonObject =>
  ({ selfservice: { methods: { totp: { enabled: true } } }, rung: { enrolment: { ...wall, prompt: { mode } } } });
const HOOK = "/selfservice/flows/login/after/hooks/0/config";
const PROVIDER = "/selfservice/methods/oidc/config/providers/0";
const JSONNET = base64("function(ctx) { id: ctx.identity.id }");

describe("what cannot be honoured is refused at its key", () => {
  it.each<[string, JsonObject, string, RegExp]>([
    ["Jsonnet without its addon", afterLogin(hook({ body: JSONNET })), `${HOOK}/body`, /addon is not installed/],
    ["a body from a file", afterLogin(hook({ body: "file:///etc/passwd" })), `${HOOK}/body`, /opens no files/],
    ["an empty body", afterLogin(hook({ body: "base64://" })), `${HOOK}/body`, /at most 1 MB/],
    ["ignore and parse", afterLogin(hook({ response: { ignore: true, parse: true } })), `${HOOK}/response/ignore`, /together with parse/],
    ["ignore and can_interrupt", afterLogin(hook({ response: { ignore: true }, can_interrupt: true })), `${HOOK}/response/ignore`, /together with can_interrupt/],
    ["a hook without a request", afterLogin({ hook: "web_hook" }), HOOK, /missing/],
    ["a request on a hook that makes none", afterLogin(hook({}, "revoke_active_sessions")), HOOK, /only web_hook/],
    ["another scheme", afterLogin(hook({ url: "ftp://h.example/" })), `${HOOK}/url`, /whole URL/],
    ["a relative address", afterLogin(hook({ url: "/hook" })), `${HOOK}/url`, /whole URL/],
    ["a password in an address", afterLogin(hook({ url: "https://a:b@h.example/" })), `${HOOK}/url`, /use auth/],
    ["a header of the connection", afterLogin(hook({ headers: { Host: "x" } })), `${HOOK}/headers/Host`, /cannot be|not a header/],
    ["a header of two lines", afterLogin(hook({ headers: { "X-A": "a\r\nX-B: b" } })), `${HOOK}/headers/X-A`, /one line/],
    ["half a key", afterLogin(hook({ auth: { type: "api_key", config: { in: "header", name: "X" } } })), `${HOOK}/auth/config/value`, /missing/],
    ["a user beside a key", afterLogin(hook({ auth: { type: "api_key", config: { in: "header", name: "X", value: "y", user: "u" } } })), `${HOOK}/auth/config/user`, /no meaning/],
    ["a cookie that is two", afterLogin(hook({ auth: { type: "api_key", config: { in: "cookie", name: "X", value: "a; b=c" } } })), `${HOOK}/auth/config/value`, /characters/],
    ["recovery by link", { selfservice: { flows: { recovery: { use: "link" } } } }, "/selfservice/flows/recovery/use", /must be "code"/],
    ["verification by link", { selfservice: { flows: { verification: { use: "link" } } } }, "/selfservice/flows/verification/use", /must be "code"/],
    ["codes that live for days", code({ lifespan: "25h" }), "/selfservice/methods/code/config/lifespan", /24h/],
    ["codes that sign in for an hour", code({ lifespan: "1h" }, { mfa_enabled: true }), "/selfservice/methods/code/config/lifespan", /10m/],
    ["a challenge that lies about", { selfservice: { methods: { passkey: { config: { timeouts: { login: "1h" } } } } } }, "/selfservice/methods/passkey/config/timeouts", /10m/],
    ["a provider without an issuer", oidc(without(generic(), "issuer_url")), `${PROVIDER}/issuer_url`, /missing/],
    ["a provider without a secret", oidc(without(generic(), "client_secret")), `${PROVIDER}/client_secret`, /missing/],
    ["two providers, one id", oidc(generic(), generic({ id: "ACME" })), "/selfservice/methods/oidc/config/providers/1/id", /twice/],
    ["an issuer in the clear", oidc(generic({ issuer_url: "http://idp.example" })), `${PROVIDER}/issuer_url`, /https/],
    ["a Jsonnet mapper", oidc(generic({ mapper_url: JSONNET })), `${PROVIDER}/mapper_url`, /Name the claims/],
    ["a claim that is no name", oidc(generic({ claims: { email: "a b" } })), `${PROVIDER}/claims/email`, /joined by dots/],
    ["Apple without its key", oidc({ id: "a", provider: "apple", client_id: "c" }), `${PROVIDER}/apple_private_key`, /signed/],
    ["an Apple key that is none", oidc({ id: "a", provider: "apple", client_id: "c", apple_team_id: "t", apple_private_key_id: "k", apple_private_key: "x" }), `${PROVIDER}/apple_private_key`, /PEM/],
    ["a tenant of nobody", oidc(generic({ microsoft_tenant: "t" })), `${PROVIDER}/microsoft_tenant`, /microsoft only/],
    ["a token with another subject", tokenizer({ claims: { sub: "identity.traits.email" } }), "/session/whoami/tokenizer/templates/shop/claims/sub", /by the server/],
    ["a claim from nowhere", tokenizer({ claims: { a: "request.headers" } }), "/session/whoami/tokenizer/templates/shop/claims/a", /path such as/],
    ["a mapped token", tokenizer({ claims_mapper_url: JSONNET }), "/session/whoami/tokenizer/templates/shop/claims_mapper_url", /Name the claims/],
    ["keys from the open road", tokenizer({ jwks_url: "http://keys.example/jwks" }), "/session/whoami/tokenizer/templates/shop/jwks_url", /rung:managed/],
    ["keys that are none", tokenizer({ jwks_url: base64("{}") }), "/session/whoami/tokenizer/templates/shop/jwks_url", /key set/],
    ["mail over HTTP to nowhere", { courier: { delivery_strategy: "http" } }, "/courier/http/request_config", /missing/],
    ["two text channels", { courier: { channels: ["https://a.example/", "https://b.example/"].map((url) => ({ id: "sms", request_config: { url } })) } }, "/courier/channels/1", /twice/],
    ["a mail header of two lines", { courier: { smtp: { connection_uri: "smtp://m.example", headers: { "X-A": "a\nBcc: x" } } } }, "/courier/smtp/headers/X-A", /one line/],
    ["cookies told to hooks", { clients: { web_hook: { header_allowlist: ["Accept", "Cookie"] } } }, "/clients/web_hook/header_allowlist/1", /signed in/],
    ["an exception that is no URL", { clients: { http: { private_ip_exception_urls: ["10.0.0.0/8"] } } }, "/clients/http/private_ip_exception_urls/0", /URL without query/],
    ["a prompt softer than its wall", prompt("suggest-once", { mode: "required" }), "/rung/enrolment/prompt/mode", /does not fit/],
    ["a prompt harder than its wall", prompt("require-now", { mode: "nudge" }), "/rung/enrolment/prompt/mode", /does not fit/],
    ["a prompt by no date", prompt("require-by"), "/rung/enrolment/from", /instant/],
    ["a prompt before a factor nobody can have", { rung: { enrolment: { prompt: { mode: "require-now" } } } }, "/rung/enrolment/prompt/mode", /shut out/],
    ["days without a rhythm", { rung: { enrolment: { prompt: { mode: "suggest-once", every_days: 3 } } } }, "/rung/enrolment/prompt/every_days", /suggest-every/],
  ])("%s", (_name, document, path, message) => {
    const problems = problemsOf(document);
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.find((problem) => problem.path === path)?.message).toMatch(message);
  });

  it.each<[string, readonly string[]]>([
    ["login", ["revoke_active_sessions", "require_verified_address", "verification", "show_verification_ui"]], ["registration", []], ["settings", []],
    ["recovery", ["revoke_active_sessions"]], ["verification", []],
  ])("built-in hooks stand in the list of %s only where Ory has them", (flow, allowed) => {
    const all = ["session", "revoke_active_sessions", "require_verified_address", "verification", "show_verification_ui", "verify_new_address", "notify_previous_addresses", "b2b_sso"];
    const inList = (place: string, name: string): JsonObject => ({ selfservice: { flows: { [flow]: { [place]: { hooks: [{ hook: name }] } } } } });
    expect(all.filter((name) => problemsOf(inList("after", name)).length === 0)).toEqual(all.filter((name) => allowed.includes(name)));
    expect(all.filter((name) => problemsOf(inList("before", name)).length === 0)).toEqual([]);
  });

  it("Jsonnet that reads files", () => {
    const document = afterLogin(hook({ body: base64("function(ctx) { a: importstr '/etc/passwd' }") }));
    expect(problemsOf(document, true)).toMatchObject([{ path: `${HOOK}/body`, message: expect.stringContaining("import") as string }]);
  });

  it("no sentence repeats a secret", () => {
    const secret = "hunter2-hunter2";
    const document = {
      ...afterLogin(hook({ headers: { "X-A": `${secret}\n` }, auth: { type: "api_key", config: { in: "cookie", name: "a", value: `${secret};` } } })),
      courier: { smtp: { connection_uri: `imap://u:${secret}@x` } },
    };
    const told = JSON.stringify([problemsOf(document), problemsOf(oidc(generic({ client_secret: [secret] as JsonValue, issuer_url: `http://${secret}.example` })))]);
    expect(told).not.toContain(secret);
  });
});

describe("what is honoured in more than one way", () => {
  const bodyOf = (body: JsonValue, jsonnet = false) => parse(afterLogin(hook({ body })), jsonnet).flows.login.afterWebHooks[""]?.[0]?.request.body;
  it("a body: a JSON value, the same packed as base64, or Jsonnet where it can be evaluated", () => {
    const value = { id: "${ctx.identity.id}" };
    expect(bodyOf(value)).toEqual({ kind: "template", value });
    expect(bodyOf(base64(JSON.stringify(value)))).toEqual({ kind: "template", value });
    expect(bodyOf(JSONNET, true)).toEqual({ kind: "jsonnet", source: "function(ctx) { id: ctx.identity.id }" });
  });
  it("a Jsonnet mapper beside claims is kept, and the claims count", () => {
    const config = parse(oidc(generic({ mapper_url: JSONNET, claims: { "email": "mail", "name.first": "given_name" } })));
    expect(config.methods.oidc.providers[0]?.claims).toEqual({ "email": "mail", "name.first": "given_name" });
  });
  it("an issuer on the machine itself may speak plain http", () => {
    expect(problemsOf(oidc(generic({ issuer_url: "http://localhost:9000" })))).toEqual([]);
  });
  it("a prompt alone stands for its wall, a wall alone for its prompt", () => {
    const both = (document: JsonObject): unknown => {
      const { enrolmentPrompt, policy } = parse(document);
      return [enrolmentPrompt.mode, policy.enrolment.mode];
    };
    expect(both(prompt("require-now"))).toEqual(["require-now", "required"]);
    expect(both(prompt("require-by", { from: "2027-01-01T00:00:00Z" }))).toEqual(["require-by", "required-from-date"]);
    expect(both(prompt("suggest-every"))).toEqual(["suggest-every", "optional"]);
    expect(both(prompt("suggest-once", { mode: "required-from-date", from: "2027-01-01T00:00:00Z" }))).toEqual(["suggest-once", "required-from-date"]);
    const wall = (mode: string, from?: string): JsonObject => ({ selfservice: { methods: { totp: { enabled: true } } }, rung: { enrolment: { mode, ...(from && { from }) } } });
    expect(both(wall("required"))).toEqual(["require-now", "required"]);
    expect(both(wall("nudge"))).toEqual(["suggest-every", "nudge"]);
    expect(both({})).toEqual(["off", "optional"]);
  });
  it("mail comes from the project's own host under its brand until somebody says otherwise", () => {
    expect(parse({}).courier).toMatchObject({ email: null, sms: null, retries: 5, from: { address: "no-reply@id.shop.example", name: "Shop" } });
  });
  it("private ranges are refused, headers that sign in are not told, and accounts answer alike, by default", () => {
    const { webHooks, mitigateEnumeration, features, earliestExtendMs } = parse({});
    expect([webHooks.allowPrivateRanges, webHooks.privateExceptionUrls, mitigateEnumeration]).toEqual([false, [], true]);
    expect(webHooks.headerAllowlist).toContain("User-Agent");
    expect(webHooks.headerAllowlist).not.toContain("Cookie");
    expect([features.cacheableSessionsSeconds, earliestExtendMs]).toEqual([null, null]);
  });
});

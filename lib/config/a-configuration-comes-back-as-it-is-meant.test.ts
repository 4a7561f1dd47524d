import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../model/identity";
import type { ProjectKey } from "../model/ids";
import type { ProjectConfig } from "../model/project";
import { completeDocument } from "./complete";
import { projectTemplate } from "./defaults";
import { defaultValues } from "./default-values";
import { PLATFORM_OWNED, withoutPlatformKeys } from "./effects";
import { applyPatch } from "./patch";
import { parseProjectConfig } from "./parse";
import { childOf, CONFIG_SCHEMA, isJsonObject, KEPT_WITHOUT_EFFECT, resolve, schemaAt } from "./schema";
import type { SchemaNode } from "./schema";
import { updateDocument } from "./update";
import { parseYaml, printYaml } from "./yaml";

const PLACE = { baseUrl: "https://id.shop.example", projectKey: "abcdefghij" as ProjectKey, name: "Shop" };
const meaning = (document: JsonObject): Omit<ProjectConfig, "document"> => {
  const { document: _document, ...config } = parseProjectConfig(document, 1, PLACE);
  return config;
};
const put = (path: string, value: JsonValue): JsonObject => path.split(".").reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), value) as JsonObject;
const merge = (left: JsonObject, right: JsonObject): JsonObject => Object.fromEntries([...new Set([...Object.keys(left), ...Object.keys(right)])].map((key) => {
  const [a, b] = [left[key], right[key]];
  return [key, isJsonObject(a) && isJsonObject(b) ? merge(a, b) : b ?? a ?? null];
}));
const read = (document: JsonObject, path: string): unknown => path.split(".").reduce<unknown>((inner, key) => (isJsonObject(inner) ? inner[key] : undefined), document);

/** Changes that a person could make, each sound by itself and beside the others. */
const CHANGES: readonly JsonObject[] = [
  put("session.lifespan", "72h"), put("session.lifespan", "24h"), put("session.whoami.required_aal", "aal1"), put("session.cookie.path", "/"),
  put("session.cookie.name", "shop"), put("session.earliest_possible_extend", "90m"), put("cookies.same_site", "Strict"), put("cookies.domain", "shop.example"),
  put("selfservice.flows.settings", { required_aal: "aal1", privileged_session_max_age: "15m" }), put("selfservice.flows.login.ui_url", "https://ui.shop.example/in"),
  put("selfservice.flows.registration.enable_legacy_one_step", true), put("selfservice.flows.registration.style", "unified"),
  put("selfservice.flows.login.after.hooks", [{ hook: "revoke_active_sessions" }]), put("selfservice.flows.login.after.password.hooks", []),
  put("selfservice.methods.totp", { enabled: true }), put("selfservice.methods.totp.config.issuer", "Bank"), put("rung.brand.name", "Shop"), put("rung.brand.name", "Bank"),
  put("selfservice.methods.webauthn.config.rp.origin", "https://a.shop.example"), put("selfservice.methods.passkey.config.timeouts.login", "2m"),
  put("selfservice.methods.passkey.config.rp", { id: "shop.example", origins: ["https://shop.example"] }), put("selfservice.methods.code.config.lifespan", "5m"),
  put("identity.schemas", [{ id: "person", url: "preset://email" }]), put("session.whoami.tokenizer.templates.shop", { ttl: "90s", claims: { a: "identity.id" } }),
  put("session.whoami.tokenizer.templates.plain", {}), put("rung.operations", { "payment.view": { required_aal: "highest_available", max_age: "15m" } }),
  put("rung.enrolment.prompt", { mode: "suggest-every", every_days: 3 }), put("rung.protected_paths", [{ prefix: "/a", required_aal: "highest_available" }]),
  put("secrets", { cookie: ["0123456789abcdef"] }), put("dsn", "postgres://x"), put("serve", { admin: { port: 1 }, public: { host: "x", cors: { enabled: true, allowed_origins: ["https://a.example"] } } }),
  put("feature_flags.cacheable_sessions", true), put("courier.smtp", { connection_uri: "smtp://u:p@m.example", headers: { "X-A": "1" } }), put("clients.http.private_ip_exception_urls", ["http://10.0.0.5/x"]),
];
const documents = fc.uniqueArray(fc.nat(CHANGES.length - 1), { maxLength: 9 }).map((picked) => picked.map((index) => CHANGES[index] ?? {}).reduce(merge, {}));
const soundDocuments = documents.filter((document) => {
  try {
    meaning(document);
    return true;
  } catch {
    return false;
  }
});

function sorted(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.every((item: JsonValue) => sorted(item));
  if (!isJsonObject(value)) return true;
  const keys = Object.keys(value);
  return JSON.stringify(keys) === JSON.stringify([...keys].sort()) && Object.values(value).every(sorted);
}

/** Every key with one value of its own: neither a list, a free map, nor kept without effect. */
function scalars(schema: SchemaNode, path: string): readonly string[] {
  const node = resolve(schema) ?? schema;
  if (node.rungKept === true || node.items !== undefined || typeof node.additionalProperties === "object") return [];
  const keys = Object.keys(node.properties ?? {});
  return keys.length === 0 ? [path] : keys.flatMap((key) => scalars(childOf(node, key) ?? {}, path === "" ? key : `${path}.${key}`));
}

/** Keys whose default is another key, the address, or nothing at all: shown when somebody sets them (docs/config.md). */
const SHOWN_WHEN_SET = [
  /\.(before|after)\b/, /^session\.cookie\.(name|domain|path|same_site|secure)$/, /^cookies\.(domain|secure)$/, /^session\.earliest_possible_extend$/,
  /^rung\.(brand\.name|enrolment\.)/, /^feature_flags\.cacheable_sessions_max_age$/, /rp\.origin$/, /authenticator_selection\.attachment$/, /oidc\.config\.base_redirect_uri$/,
  /^courier\.(smtp|http|channels)\./, /migrate_hook\.config/,
];

describe("a configuration comes back as it is meant", () => {
  test("the complete form means what the document means, and is sorted and canonical", () => {
    fc.assert(fc.property(soundDocuments, (document) => {
      const complete = completeDocument(document, PLACE);
      expect(meaning(complete)).toEqual(meaning(withoutPlatformKeys(document).document));
      expect(sorted(complete)).toBe(true);
      expect(completeDocument(complete, PLACE)).toEqual(complete);
    }), { numRuns: 60 });
  });

  test("sent back as it was read, also through YAML, it changes nothing at all", () => {
    fc.assert(fc.property(soundDocuments, (document) => {
      const complete = completeDocument(document, PLACE);
      expect(updateDocument(document, complete, PLACE).document).toEqual(document);
      expect(updateDocument(document, parseYaml(printYaml(complete)), PLACE).document).toEqual(document);
    }), { numRuns: 60 });
  });

  test("whatever was there, what is sent is what holds afterwards; keys of the platform stay", () => {
    fc.assert(fc.property(soundDocuments, soundDocuments, (before, wanted) => {
      const { document } = updateDocument(before, wanted, PLACE);
      expect(completeDocument(document, PLACE)).toEqual(completeDocument(wanted, PLACE));
      expect(meaning(document)).toMatchObject({ session: meaning(wanted).session, policy: meaning(wanted).policy, methods: meaning(wanted).methods, flows: meaning(wanted).flows });
      for (const key of ["dsn"]) expect(document[key]).toEqual(before[key]);
      expect(isJsonObject(document["serve"]) ? document["serve"]["admin"] : undefined).toEqual(isJsonObject(before["serve"]) ? before["serve"]["admin"] : undefined);
    }), { numRuns: 60 });
  });

  test.each([...new Set(scalars(CONFIG_SCHEMA, ""))])("%s has its default shown, or is known to follow something else", (path) => {
    const shown = read(completeDocument({}, PLACE), path);
    if (SHOWN_WHEN_SET.some((pattern) => pattern.test(path))) expect(shown).toBeUndefined();
    else expect(shown).toBeDefined();
  });

  test("each shown default is the one that holds", () => {
    const nothing = meaning({});
    const walk = (value: JsonValue, path: string): void => {
      if (isJsonObject(value) && Object.keys(value).length > 0) for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
      else if (path !== ".identity.default_schema_id") expect(meaning(put(path.slice(1), value)), path).toEqual(nothing);
    };
    walk(defaultValues({}, PLACE), "");
  });

  test("a default that follows the address goes on following it after the whole was sent back", () => {
    const complete = completeDocument(projectTemplate("app"), PLACE);
    const { document } = updateDocument(projectTemplate("app"), merge(complete, put("session.lifespan", "2h")), PLACE);
    expect(document).toEqual(merge(projectTemplate("app"), put("session.lifespan", "2h0m0s")));
    const moved = completeDocument(document, { ...PLACE, baseUrl: "https://other.example" });
    expect(read(moved, "selfservice.methods.webauthn.config.rp.id")).toBe("other.example");
  });

  test("after a patch, defaults that follow a changed key follow it; sent as a whole, what is written holds", () => {
    const renamed = applyPatch(completeDocument({}, PLACE), [{ op: "add", path: "/rung/brand", value: { name: "Bank" } }]);
    const issuer = (touched: readonly string[] | null): unknown => read(completeDocument(updateDocument({}, renamed, PLACE, touched).document, PLACE), "selfservice.methods.totp.config.issuer");
    expect([issuer(["/rung/brand"]), issuer(null)]).toEqual(["Bank", "id.shop.example"]);
    const oneStep = put("selfservice.flows.registration.enable_legacy_one_step", true);
    const again = applyPatch(completeDocument(oneStep, PLACE), [
      { op: "remove", path: "/selfservice/flows/registration/enable_legacy_one_step" }, { op: "replace", path: "/selfservice/flows/registration/style", value: "unified" },
    ]);
    const at = "/selfservice/flows/registration";
    expect(updateDocument(oneStep, again, PLACE, [`${at}/enable_legacy_one_step`, `${at}/style`]).document).toEqual(put("selfservice.flows.registration.style", "unified"));
  });

  test("removing any key of the complete form brings its default back, and the next read shows it", () => {
    const complete = completeDocument(merge(put("session.lifespan", "72h"), put("selfservice.flows.login.ui_url", "/in")), PLACE);
    const { document } = updateDocument(put("session.lifespan", "72h"), applyPatch(complete, [{ op: "remove", path: "/session" }]), PLACE);
    expect(read(completeDocument(document, PLACE), "session.lifespan")).toBe("24h0m0s");
  });
});

describe("what has no effect is told", () => {
  const samples: Readonly<Record<string, JsonValue>> = { object: {}, array: [], boolean: true, string: "x", number: 1, integer: 1 };
  test.each(KEPT_WITHOUT_EFFECT.filter((path) => !path.includes("*")))("%s", (path) => {
    const node = schemaAt(path.split("."));
    const given = put(path, samples[String([node?.type].flat()[0])] ?? "x");
    const told = updateDocument({}, given, PLACE);
    const platform = PLATFORM_OWNED.includes(path.split(".")[0] ?? "") && !path.startsWith("serve.public.cors.");
    expect(told.warnings.map(({ code }) => code)).toEqual([platform ? 4001 : 4002]);
    expect(told.warnings[0]?.message).toContain(path.split(".")[0]);
    expect(Object.keys(told.document).length).toBe(platform ? 0 : 1);
  });

  test("only for what changes, where somebody patches", () => {
    const stored = put("secrets", { cookie: ["0123456789abcdef"] });
    const complete = completeDocument(stored, PLACE);
    expect(updateDocument(stored, complete, PLACE, []).warnings).toEqual([]);
    expect(updateDocument(stored, complete, PLACE).warnings).toMatchObject([{ code: 4002, message: "Key secrets is kept and has no effect on this server." }]);
  });
});

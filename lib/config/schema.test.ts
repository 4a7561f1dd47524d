import { describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import type { ProjectKey } from "../model/ids";
import type { ProjectConfig } from "../model/project";
import { parseProjectConfig } from "./parse";
import { validateDocument } from "./schema";

const PLACE = { baseUrl: "https://id.shop.example", projectKey: "abcdefghij" as ProjectKey, name: "Shop" };
const parse = (document: JsonObject): ProjectConfig => parseProjectConfig(document, 1, PLACE);
/** `a.b.c` as a document. */
function put(path: string, value: JsonValue): JsonObject {
  return path.split(".").reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), value) as JsonObject;
}

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

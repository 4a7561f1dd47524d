import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../model/identity";
import { createJsonnet, isJsonnetError } from "./jsonnet";
import type { JsonnetEngine } from "./jsonnet";
import { prepareRequest } from "./send";
import { renderTemplate } from "./template";

const CTX: JsonObject = {
  identity: { id: "i-1", traits: { email: "ada@example.test", age: 36, tags: ["a", "b"], news: false, none: null } },
  request_headers: { "User-Agent": ["curl"] }, odd: { "${ctx.identity.id}": 1 }, sneaky: "${ctx.identity.id}",
};

describe("a declarative template", () => {
  it.each<[string, unknown]>([
    ["${ctx.identity.traits.email}", "ada@example.test"], ["${ctx.identity.traits.age}", 36], ["${ctx.identity.traits.news}", false],
    ["${ctx.identity.traits.tags}", ["a", "b"]], ["${ctx.identity.traits.tags.1}", "b"], ["${ctx.identity.traits}", CTX["identity"] && (CTX["identity"] as JsonObject)["traits"]],
    ["${ctx.identity.traits.none}", null], ["${ctx.identity.nothing.below}", null], ["${ctx.request_headers.User-Agent.0}", "curl"], ["${ ctx.identity.id }", "i-1"], ["${ctx}", CTX],
    ["Hello ${ctx.identity.traits.email}!", "Hello ada@example.test!"], ["${ctx.identity.id}/${ctx.identity.traits.age}", "i-1/36"], ["<${ctx.nothing}>", "<>"],
    ["tags: ${ctx.identity.traits.tags}", "tags: [\"a\",\"b\"]"], ["$${ctx.identity.id}", "${ctx.identity.id}"], ["costs $5 ${other}", "costs $5 ${other}"], ["plain", "plain"],
    ["${ctx.constructor}", null], ["${ctx.__proto__}", null], ["${ctx.identity.toString}", null], ["${ctx.identity.traits.tags.length}", null], ["${ctx.identity.id.length}", null],
    ["${ctx.sneaky}", "${ctx.identity.id}"], ["${ctx['identity']}", "${ctx['identity']}"], ["${ctx.identity.id + 1}", "${ctx.identity.id + 1}"], ["${process.env.HOME}", "${process.env.HOME}"],
  ])("%s", (template, gives) => expect(renderTemplate(template, CTX)).toEqual(gives));
  it("works through maps and lists, and leaves their keys alone", () => {
    expect(renderTemplate({ user: { mail: "${ctx.identity.traits.email}" }, list: ["${ctx.identity.id}", 1, null, true], "${ctx.identity.id}": "x" }, CTX))
      .toEqual({ user: { mail: "ada@example.test" }, list: ["i-1", 1, null, true], "${ctx.identity.id}": "x" });
  });
  it("never throws and never evaluates, whatever it is given", () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (template, context) => {
      renderTemplate(template as JsonObject, { value: context } as JsonObject);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }));
  });
});

describe("Jsonnet", () => {
  const reasonOf = async (source: string, engine: JsonnetEngine | null): Promise<string> =>
    createJsonnet(() => Promise.resolve(engine))(source, CTX).then(({ kind }) => kind, (error: unknown) => (isJsonnetError(error) ? error.reason : String(error)));
  it("is refused where its addon is not installed", async () => {
    expect(await reasonOf("function(ctx) {}", null)).toBe("absent");
    const request = { url: "https://h.example/", method: "POST", headers: {}, auth: null, body: { kind: "jsonnet" as const, source: "function(ctx) {}" } };
    await expect(prepareRequest(request, CTX, createJsonnet(() => Promise.resolve(null)))).rejects.toMatchObject({ reason: "absent" });
  });
  it("gets the context as its argument, and its result is the body", async () => {
    const given: string[] = [];
    const evaluate = createJsonnet(() => Promise.resolve((source, ctx) => (given.push(source, ctx), Promise.resolve("{\"id\": \"i-1\"}\n"))));
    expect(await evaluate("function(ctx) { id: ctx.identity.id }", CTX)).toEqual({ kind: "value", value: { id: "i-1" } });
    expect(given).toEqual(["function(ctx) { id: ctx.identity.id }", JSON.stringify(CTX)]);
  });
  it("that says cancel sends nothing", async () => {
    const cancelling: JsonnetEngine = () => Promise.reject(new Error("RUNTIME ERROR: cancel\n\ttemplate:1:1-15\n"));
    expect(await reasonOf("error 'cancel'", cancelling)).toBe("cancelled");
    expect(await reasonOf("error 'no'", () => Promise.reject(new Error("RUNTIME ERROR: cancelled by nobody\n")))).toBe("broken");
    const request = { url: "https://h.example/", method: "POST", headers: {}, auth: null, body: { kind: "jsonnet" as const, source: "error 'cancel'" } };
    expect(await prepareRequest(request, CTX, createJsonnet(() => Promise.resolve(cancelling)))).toBeNull();
  });
  it.each(["import 'x'", "local a = importstr \"/etc/passwd\"; a", "{a: importbin 'x'}", "|||\n  \"\n||| + import 'x'", "# import"])("%j may not read files", async (source) => {
    expect(await reasonOf(source, () => Promise.resolve("1"))).toBe("import");
  });
  it("that answers no JSON is broken", async () => {
    expect(await reasonOf("important: 1", () => Promise.resolve("no"))).toBe("broken");
  });
});

describe("a request written out", () => {
  const base = { url: "https://h.example/", method: "POST", headers: {}, auth: null, body: { kind: "template" as const, value: { mail: "${ctx.identity.traits.email}", age: "${ctx.identity.traits.age}" } } };
  const never = createJsonnet(() => Promise.resolve(null));
  it("is JSON", async () => {
    expect(await prepareRequest(base, CTX, never)).toEqual({
      url: "https://h.example/", method: "POST", body: "{\"mail\":\"ada@example.test\",\"age\":36}", headers: { "accept": "application/json", "content-type": "application/json" },
    });
  });
  it("is a form where a header says so, made of flat texts only", async () => {
    const form = { ...base, headers: { "Content-Type": "application/x-www-form-urlencoded; charset=utf-8" } };
    expect((await prepareRequest(form, CTX, never))?.body).toBe("mail=ada%40example.test&age=36");
    await expect(prepareRequest({ ...form, body: { kind: "template", value: { a: "${ctx.identity}" } } }, CTX, never)).rejects.toThrow("needs texts");
    await expect(prepareRequest({ ...form, body: { kind: "template", value: ["a"] } }, CTX, never)).rejects.toThrow("map");
  });
  it("carries its credentials", async () => {
    const headers = async (auth: NonNullable<Parameters<typeof prepareRequest>[0]["auth"]>) => (await prepareRequest({ ...base, auth }, CTX, never))?.headers;
    expect(await headers({ type: "basic_auth", user: "u", password: "p:q" })).toMatchObject({ authorization: `Basic ${Buffer.from("u:p:q").toString("base64")}` });
    expect(await headers({ type: "api_key", in: "header", name: "X-Api-Key", value: "k" })).toMatchObject({ "x-api-key": "k" });
    expect(await headers({ type: "api_key", in: "cookie", name: "key", value: "k" })).toMatchObject({ cookie: "key=k" });
  });
  it("without a body has none", async () => {
    expect(await prepareRequest({ ...base, body: null, method: "GET" }, CTX, never)).toMatchObject({ body: null, headers: { accept: "application/json" } });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ApiFault, createApi } from "./api";
import { problemsOf } from "./commands/validate";
import { batchesOf, importBatch, peopleIn } from "./import-batch";
import { mergeFiles } from "./merge";
import { operationsOf } from "./patches";
import { oneOf } from "./select";
import { readSettings } from "./settings";
import { readDocuments } from "./sources";
import { runIn } from "./testing";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rung-told-"));
  writeFileSync(join(folder, "schema.json"), "{\"$id\":\"x\"}");
  writeFileSync(join(folder, "a.yaml"), "identity:\n  schemas:\n    - id: a\n      url: file://schema.json\nsession:\n  lifespan: 1h\nlist: [1]\n");
  writeFileSync(join(folder, "b.json"), "{\"session\":{\"cookie\":{\"persistent\":false}},\"list\":[2]}");
  writeFileSync(join(folder, "c.toml"), "a = 1");
  writeFileSync(join(folder, "bad.yaml"), "a: [1\nb: 2");
});
afterAll(() => rmSync(folder, { recursive: true }));

const rules = { io: { input: async () => "list: [3]", inputIsTerminal: false }, allowRemote: false };

describe("files", () => {
  test("several become one: groups are merged, lists appended, later values win", async () => {
    const documents = await readDocuments([join(folder, "a.yaml"), pathToFileURL(join(folder, "b.json")).href, `base64://${Buffer.from("session: { lifespan: 2h }").toString("base64")}`], rules);
    expect(mergeFiles(documents)).toMatchObject({ session: { lifespan: "2h", cookie: { persistent: false } }, list: [1, 2] });
  });

  test("a file that a document names is put into it, beside the document it is named in", async () => {
    const [document] = await readDocuments([join(folder, "a.yaml")], rules);
    expect(document).toMatchObject({ identity: { schemas: [{ url: `base64://${Buffer.from("{\"$id\":\"x\"}").toString("base64")}` }] } });
  });

  test("standard input is read where no file is named; what is elsewhere, of another kind, unreadable or missing is refused by name", async () => {
    expect(await readDocuments([], rules)).toEqual([{ list: [3] }]);
    await expect(readDocuments(["https://example.com/a.yaml"], rules)).rejects.toThrow(/--allow-remote-files/);
    await expect(readDocuments([join(folder, "c.toml")], rules)).rejects.toThrow(/\.yaml, \.yml, \.json/);
    await expect(readDocuments([join(folder, "bad.yaml")], rules)).rejects.toThrow(/bad\.yaml cannot be read as YAML/);
    await expect(readDocuments([join(folder, "none.yaml")], rules)).rejects.toThrow(/There is no file/);
    await expect(readDocuments([], { ...rules, io: { ...rules.io, inputIsTerminal: true } })).rejects.toThrow(/--file/);
    const allowed = { ...rules, allowRemote: true, send: async () => ({ status: 200, headers: {}, text: "a: 1" }) };
    expect(await readDocuments(["https://example.com/a.yaml"], allowed)).toEqual([{ a: 1 }]);
    await expect(readDocuments(["https://example.com/a.yaml"], { ...rules, allowRemote: "never" })).rejects.toThrow(/^(?!.*--allow).*Fetch it first/);
  });

  test("a document from elsewhere has no file of this machine read", async () => {
    const text = `identity:\n  schemas:\n    - id: a\n      url: ${pathToFileURL(join(folder, "schema.json")).href}\n`;
    const allowed = { ...rules, allowRemote: true, send: async () => ({ status: 200, headers: {}, text }) };
    await expect(readDocuments(["https://example.com/a.yaml"], allowed)).rejects.toThrow(/example\.com\/a\.yaml names file:.*schema\.json/);
  });

  test("a key with the name of a prototype is carried to whoever refuses it, and changes nothing here", () => {
    const merged = mergeFiles([JSON.parse("{\"__proto__\":{\"polluted\":1}}") as never]);
    expect(Object.keys(merged)).toEqual(["__proto__"]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("patches", () => {
  const none = { files: [], add: [], replace: [], remove: [] };
  test("files, adds, replaces, removes, in this order, below the identity config", () => {
    expect(operationsOf({ files: [[{ op: "test", path: "/a", value: 1 }]], remove: ["/d"], replace: ["/c=\"x=y\""], add: ["/b=[1]"] }, "config")).toEqual([
      { op: "test", path: "/services/identity/config/a", value: 1 }, { op: "add", path: "/services/identity/config/b", value: [1] },
      { op: "replace", path: "/services/identity/config/c", value: "x=y" }, { op: "remove", path: "/services/identity/config/d" },
    ]);
    expect(operationsOf({ ...none, replace: ["/name=\"Shop\""] }, "project")).toEqual([{ op: "replace", path: "/name", value: "Shop" }]);
  });

  test("a wrong form, a value that is no JSON, and nothing at all are told", () => {
    expect(() => operationsOf(none, "config")).toThrow(/--file, --add, --replace or --remove/);
    expect(() => operationsOf({ ...none, add: ["session"] }, "config")).toThrow(/\/some\/config\/key=some-value/);
    expect(() => operationsOf({ ...none, replace: ["/session/whoami/required_aal=aal1"] }, "config")).toThrow(/valid JSON[^]*'\/session\/whoami\/required_aal="aal1"'/);
    expect(() => operationsOf({ ...none, remove: ["session"] }, "config")).toThrow(/begins with/);
  });
});

describe("who is meant", () => {
  const shop = { id: "11111111-1111-4111-8111-111111111111", name: "Shop", slug: "calm-river" };
  const shops = { id: "22222222-2222-4222-8222-222222222222", name: "Shop two", slug: "wild-sea" };
  test("the beginning of a name, short name or id; a whole name wins", () => {
    expect(oneOf("project", "calm", [shop, shops])).toBe(shop.id);
    expect(oneOf("project", "2222", [shop, shops])).toBe(shops.id);
    expect(oneOf("project", "Shop", [shop, shops])).toBe(shop.id);
  });

  test("nobody or several: the candidates with name, short name and id", () => {
    expect(() => oneOf("project", "Sho", [shop, shops])).toThrow(/Several[^]*Shop {2}calm-river {2}1111[^]*Shop two/);
    expect(() => oneOf("project", "x", [shop])).toThrow(/No project begins with "x"[^]*calm-river/);
    expect(() => oneOf("workspace", "", [])).toThrow(/No workspace/);
  });
});

describe("the environment", () => {
  test("RUNG_ wins over ORY_, both spellings of an id count, an empty one does not", () => {
    expect(readSettings({ ORY_PROJECT_ID: "b", ORY_WORKSPACE: "w" })).toMatchObject({ project: "b", workspace: "w" });
    expect(readSettings({ RUNG_PROJECT: "a", ORY_PROJECT: "b", RUNG_WORKSPACE: " " })).toMatchObject({ project: "a", workspace: null });
  });

  test("the label api. is added to what the official tool would add it to, and to nothing else", () => {
    expect(readSettings({ ORY_CONSOLE_URL: "https://console.example.com:1234/" }).consoleApi?.href).toBe("https://api.console.example.com:1234/");
    expect(readSettings({ RUNG_CONSOLE_URL: "https://console.example.com", ORY_CONSOLE_URL: "https://other.example.com" }).consoleApi?.href).toBe("https://console.example.com/");
    expect(() => readSettings({ RUNG_CONSOLE_URL: "console" })).toThrow(/RUNG_CONSOLE_URL/);
  });

  test("a project key and --project contradict each other for people", async () => {
    const ran = await runIn(folder, ["list", "identities", "--project", "x"], { env: { ORY_PROJECT_API_KEY: "ory_pat_x", RUNG_CONSOLE_URL: "https://console.example.com" } });
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain("Drop --project");
  });
});

describe("refusals of the API", () => {
  const answering = (status: number, body: string) => createApi({ origin: new URL("https://c.example.com"), key: "ory_wak_secret", send: async () => ({ status, headers: {}, text: body }) });
  test("message, then reason; a body without the envelope is shown; the key never is", async () => {
    await expect(answering(404, "{\"error\":{\"message\":\"not found\",\"reason\":\"There is none.\"}}").call("GET", "/x")).rejects.toMatchObject({ lines: ["not found", "There is none."] });
    await expect(answering(500, "{\"oops\":1}").call("GET", "/x")).rejects.toMatchObject({ lines: ["{\n  \"oops\": 1\n}", "The request failed with status 500."] });
    await expect(answering(502, "<html>").call("GET", "/x")).rejects.toMatchObject({ lines: ["https://c.example.com answered with status 502."] });
    await expect(answering(200, "<html>").call("GET", "/x")).rejects.toThrow(/not JSON/);
  });
});

describe("people in files", () => {
  test("one, a list, or one a line", () => {
    expect(peopleIn("{\"a\":1}")).toEqual([{ a: 1 }]);
    expect(peopleIn("[{\"a\":1},{\"a\":2}]")).toHaveLength(2);
    expect(peopleIn("{\"a\":1}\n{\"a\":2}\n")).toEqual([{ a: 1 }, { a: 2 }]);
    expect(() => peopleIn("{\"a\":1")).toThrow(SyntaxError);
    expect(problemsOf("[{\"traits\":{}},{\"id\":\"x\",\"state\":\"on\"}]")).toEqual([
      "person 2: has a member \"id\", which nobody knows", "person 2: needs traits, an object", "person 2: has a state that is neither active nor inactive",
    ]);
  });

  test("batches hold what the endpoint takes: 500 people, 200 passwords in clear", () => {
    const plain = Array.from({ length: 1_001 }, (_, index) => ({ row: index + 1, body: { traits: {} } }));
    expect(batchesOf(plain).map((batch) => batch.length)).toEqual([500, 500, 1]);
    const clear = plain.slice(0, 401).map(({ row }) => ({ row, body: { traits: {}, credentials: { password: { config: { password: "x" } } } } }));
    expect(batchesOf(clear).map((batch) => batch.length)).toEqual([200, 200, 1]);
    expect(batchesOf(plain.slice(0, 5), 2).map((batch) => batch.length)).toEqual([2, 2, 1]);
  });

  test("of a batch that is refused as a whole the rows to blame are found, and nobody else is kept out", async () => {
    const sent: number[] = [];
    const api = {
      origin: new URL("https://p.example.com"), page: async () => ({ body: null, next: null }),
      async call(_method: string, _path: string, body?: unknown) {
        const { identities } = body as { readonly identities: readonly { readonly create: { readonly bad?: true } }[] };
        sent.push(identities.length);
        if (identities.some(({ create }) => create.bad)) throw new ApiFault(400, ["bad hash"]);
        return { identities: identities.map(() => ({ action: "create", identity: "id" })) };
      },
    };
    const results = await importBatch(api, [1, 2, 3, 4, 5].map((row) => ({ row, body: row === 4 ? { bad: true } : {} })));
    expect(results.map(({ row, action }) => [row, action])).toEqual([[1, "create"], [2, "create"], [3, "create"], [4, "error"], [5, "create"]]);
    expect(results[3]?.error).toEqual({ code: 400, reason: "bad hash" });
    await expect(importBatch({ ...api, call: async () => { throw new ApiFault(503, ["busy"]); } }, [{ row: 1, body: {} }])).rejects.toThrow("busy");
  });
});

import { describe, expect, test } from "vitest";
import { completionFor } from "./completion";
import { CliError } from "./errors";
import { parseFormat, print, row, table } from "./format";
import { jsonPath, jsonPointer } from "./jsonpath";
import { createProgram } from "./program";
import { runIn } from "./testing";

const LIST = table(["ID", "NAME", "SUBSCRIPTION PLAN"], [
  { value: { id: "a3f0c1d2-0000-4000-8000-000000000001", name: "Acme", plan: null }, cells: ["a3f0c1d2-0000-4000-8000-000000000001", "Acme", null] },
]);

describe("formats", () => {
  test("a table is filled with tabs, a missing cell is <none>", () => {
    expect(print(LIST, parseFormat("default"), false)).toBe(`ID${"\t".repeat(5)}NAME\tSUBSCRIPTION PLAN\na3f0c1d2-0000-4000-8000-000000000001\tAcme\t<none>\n`);
  });

  test("json is one line, json-pretty two spaces, yaml has its keys in order, quiet the first column", () => {
    const value = row({ b: 1, a: { d: "x", c: [1] } }, [["B", "1"], ["A", null]]);
    expect(print(value, parseFormat("json"), false)).toBe("{\"b\":1,\"a\":{\"d\":\"x\",\"c\":[1]}}\n");
    expect(print(value, parseFormat("json-pretty"), false)).toContain("\n  \"a\": {\n    \"d\"");
    expect(print(value, parseFormat("yaml"), false)).toBe("a:\n  c:\n    - 1\n  d: x\nb: 1\n");
    expect(print(value, parseFormat("table"), false)).toBe("B\t1\nA\t<none>\n");
    expect(print(LIST, parseFormat("json"), true)).toBe("a3f0c1d2-0000-4000-8000-000000000001\n");
    expect(print(LIST, parseFormat("yaml"), false)).toBe("- id: a3f0c1d2-0000-4000-8000-000000000001\n  name: Acme\n  plan: null\n");
    expect(print(table(["ID"], []), parseFormat("yaml"), false)).toBe("[]\n");
    expect(() => parseFormat("xml")).toThrow(/json-pretty/);
  });

  test("a name cannot move the cursor of whoever lists it", () => {
    expect(print(table(["NAME"], [{ value: null, cells: ["\u001b[2Jevil\tname\u202e"] }]), parseFormat("default"), false)).toBe("NAME\n [2Jevil name \n");
  });

  test("a path without a value is a failure, text comes without quotes", () => {
    expect(print(row({ a: "x" }, []), parseFormat("jsonpath=a"), false)).toBe("x\n");
    expect(print(row({ a: "x" }, []), parseFormat("jsonpointer=/a"), false)).toBe("x\n");
    expect(() => print(row({ a: "x" }, []), parseFormat("jsonpath=b"), false)).toThrow(CliError);
  });
});

const DOCUMENT = {
  session: { whoami: { required_aal: "aal1" } }, "a.b": 1, n: null,
  list: [{ id: "one", n: 1, on: true }, { id: "two", n: 2 }, { id: "three", n: 3, on: false }],
};

describe("paths", () => {
  test.each<[string, unknown]>([
    ["session.whoami.required_aal", "aal1"], ["a\\.b", 1], ["n", null], ["list.#", 3], ["list.1.id", "two"], ["list.#.id", ["one", "two", "three"]], ["list.#.on", [true, false]],
    ["list.#(id==\"two\").n", 2], ["list.#(n>1)#.id", ["two", "three"]], ["list.#(id%\"t*\")#.id", ["two", "three"]], ["list.#(on)#.id", ["one", "three"]],
    ["list.#(id==\"a.b)\")", undefined], ["ses*.who?mi.required_aal", "aal1"], ["session|@keys", ["whoami"]], ["list.@reverse.0.id", "three"], ["list.9", undefined],
    ["__proto__", undefined], ["list.length", undefined],
  ])("%s", (path, expected) => {
    expect(jsonPath(DOCUMENT, path)).toEqual(expected);
  });

  test("what cannot be read is said", () => {
    expect(() => jsonPath(DOCUMENT, "list.#(id==\"x\"")).toThrow(/brackets/);
    expect(() => jsonPath(DOCUMENT, "@pretty")).toThrow(/@this/);
    expect(() => jsonPointer(DOCUMENT, "session")).toThrow(/begins with/);
    expect(jsonPointer({ "a/b": { "c~": 1 } }, "/a~1b/c~0")).toBe(1);
  });
});

describe("help and shells", () => {
  test("every command teaches by examples of its own", async () => {
    const program = await createProgram({ io: { env: {}, out: () => undefined, err: () => undefined, input: async () => "", ask: async () => "", inputIsTerminal: false, drawsProgress: false } });
    const leaves = program.commands.flatMap((one) => (one.commands.length === 0 ? [one] : one.commands)).filter((one) => one.name() !== "help");
    expect(leaves.length).toBeGreaterThan(25);
    expect(leaves.map((one) => one.name())).toEqual(expect.arrayContaining(["backup", "restore", "explain", "rotate", "break-glass"]));
    for (const one of leaves) {
      let help = "";
      one.configureOutput({ writeOut: (text) => { help += text; } }).outputHelp();
      expect(help, one.name()).toMatch(/\nExamples:\n {2}(rung|cat|source) /);
      for (const shell of ["bash", "zsh", "fish"]) expect(completionFor(shell, program)).toContain(one.name());
    }
  });

  test("an unknown command is refused with the one that was meant; the exit code of every failure is 1", async () => {
    expect(await runIn("/nowhere", ["list", "projetcs"])).toMatchObject({ code: 1, out: "" });
    expect((await runIn("/nowhere", ["list", "projetcs"])).err).toContain("projects");
    expect((await runIn("/nowhere", ["version", "--bogus"])).code).toBe(1);
    expect(await runIn("/nowhere", ["--format", "json", "version"])).toEqual({ code: 0, out: "{\"version\":\"0.1.0\"}\n", err: "" });
    expect((await runIn("/nowhere", ["--help"])).code).toBe(0);
    expect((await runIn("/nowhere", ["backup", "--to", "list", "--help"])).out).toContain("--to <folder>");
    expect((await runIn("/nowhere", ["completion", "tcsh"])).err).toContain("bash, zsh, fish");
  });
});

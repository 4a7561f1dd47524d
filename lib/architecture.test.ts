import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/**
 * The dependency rule of the house. A room may import itself and what its row lists; the longest matching row counts. A name
 * with a slash opens one file or folder, not the room; `*` stands for one folder; `type:` allows `import type` only.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "lib/model": [], "lib/env": ["model"], "lib/policy": ["type:model"], "lib/i18n": ["model"], "lib/crypto": ["model"],
  "lib/observability": ["model"], "lib/webauthn": ["model"], "lib/wire": ["model", "i18n"], "lib/config": ["model", "policy"],
  "lib/db":             ["model", "observability"],                   // the only importer of Prisma
  "lib/limits":         ["model", "crypto", "type:db"],
  "lib/platform":       ["model", "policy", "config", "crypto", "observability", "wire/identity-schema", "type:db"],
  "lib/actions":        ["model", "wire", "crypto", "observability", "type:db"],
  "lib/courier":        ["model", "crypto", "i18n", "observability", "actions/guarded-fetch", "type:db"],
  "lib/identities":     ["model", "wire", "crypto", "policy", "webauthn", "factors/registry", "factors/totp", "factors/lookup_secret", "platform/audit",
                         "type:db"],
  "lib/sessions":       ["model", "policy", "crypto", "platform/audit", "type:db"],
  "lib/factors":        ["model", "type:i18n", "factors/*", "type:policy", "type:crypto", "type:db"],      // factor.ts and registry.ts
  "lib/factors/*":      ["model", "type:i18n", "policy", "wire", "crypto", "webauthn", "courier/outbox", "factors/factor", "type:db"],
  "lib/flows":          ["model", "type:i18n", "policy", "wire", "crypto", "factors/factor", "factors/registry", "sessions", "identities",
                         "limits", "actions", "courier/outbox", "platform/audit", "observability", "type:db"],
  "lib/services":       ["*", "!http", "!nextauth", "!background"],   // composition root; alone opens lib/db
  "lib/background":     ["model", "services", "courier", "config", "platform", "identities", "wire", "observability", "type:db"],
  "lib/upstream":       ["model", "crypto", "actions/guarded-fetch"],
  "lib/nextauth":       ["model", "policy", "crypto", "upstream", "sessions", "platform/resolve", "services", "type:db"],
  "lib/http":           ["model", "policy", "wire", "i18n", "crypto", "config", "platform", "identities", "sessions", "flows",
                         "limits", "observability", "services"],      // web-standard: no next/*, no server-only
  "lib/http/next":      ["model", "policy", "wire", "sessions", "flows", "platform", "http", "services"],   // next/*, server-only
  "components":         ["i18n", "type:model", "type:wire"],          // no server code can reach the browser
  "app":                ["http", "http/next", "nextauth", "components", "i18n", "type:model", "type:wire"],
  "proxy.ts": ["http"], "instrumentation.ts": ["services", "background"],
  "server.ts":          ["env", "http", "services", "background", "observability"],
  "cli":                ["env", "model", "config", "crypto", "platform", "services", "http/commands", "http/version", "db/open", "db/backup", "type:db"],
  "cli/dev":            ["*"],                                        // developer scripts, never shipped
};

/** Packages that one room keeps to itself. */
const KEPT_PACKAGES: readonly { readonly name: RegExp; readonly rooms: readonly string[] }[] = [
  { name: /^(@prisma\/|prisma$|pg$|@electric-sql\/|pglite-prisma-adapter)/, rooms: ["lib/db", "cli/dev", "prisma.config.ts"] },
  { name: /^@node-rs\//, rooms: ["lib/crypto", "cli/dev"] },
  { name: /^next$|^next\//, rooms: ["lib/http/next", "app", "components", "proxy.ts", "instrumentation.ts", "server.ts", "lib/nextauth"] },
  { name: /^next-auth/, rooms: ["lib/nextauth", "app"] },
  { name: /^server-only$/, rooms: ["lib/http/next", "app", "lib/nextauth"] },
];
const PURE = ["lib/policy", "lib/wire", "lib/model", "lib/i18n"];

interface Import {
  readonly from: string;
  readonly line: number;
  /** Path from the root without an ending, or the bare package name. */
  readonly target: string;
  readonly local: boolean;
  readonly typeOnly: boolean;
}

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const IGNORED = /^(lib\/db\/generated\/|node_modules\/|\.next|dist\/|e2e\/)/;
const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file) || file === "lib/db/testing.ts" || /(^|\/)testing(\/|\.ts$)/.test(file);
const withoutEnding = (path: string): string => path.replace(/\.(tsx?|mts|js|json)$/, "").replace(/\/index$/, "");

function filesUnder(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (IGNORED.test(`${path}${entry.isDirectory() ? "/" : ""}`)) return [];
    if (entry.isDirectory()) return filesUnder(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

const FILES = [
  ...["lib", "app", "components", "cli"].flatMap(filesUnder),
  ...readdirSync(ROOT).filter((name) => ["proxy.ts", "instrumentation.ts", "server.ts"].includes(name)),
];
const SOURCES = FILES.filter((file) => !isTest(file));
const TEXT = new Map(FILES.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]));
const textOf = (file: string): string => TEXT.get(file) ?? "";

function importsOf(file: string): readonly Import[] {
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true, file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS);
  const found: Import[] = [];
  const add = (specifier: ts.Node, typeOnly: boolean): void => {
    if (!ts.isStringLiteral(specifier)) return;
    const name = specifier.text;
    const local = name.startsWith(".") || name.startsWith("@/");
    const path = name.startsWith("@/") ? name.slice(2) : posix.join(posix.dirname(file), name);
    const line = source.getLineAndCharacterOfPosition(specifier.getStart()).line + 1;
    found.push({ from: file, line, target: local ? withoutEnding(path) : name, local, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0] !== undefined) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const IMPORTS: readonly Import[] = SOURCES.flatMap(importsOf);

/** The row that governs a path, and the folder that its `*` stands for. */
function roomOf(path: string): { readonly row: string; readonly folder: string } | null {
  const file = withoutEnding(path);
  let best: { row: string; folder: string } | null = null;
  for (const row of Object.keys(MAY_IMPORT)) {
    const bare = withoutEnding(row);
    const match = new RegExp(`^(${bare.replaceAll("*", "[^/]+")})(${bare.includes("*") ? "/" : "(/|$)"})`).exec(file);
    if (match?.[1] !== undefined && (best === null || bare.length > withoutEnding(best.row).length)) best = { row, folder: match[1] };
  }
  return best;
}

function nameMatches(name: string, target: string): boolean {
  if (name === "*") return true;
  const path = name === "components" || name === "app" ? name : `lib/${name}`;
  if (MAY_IMPORT[path] !== undefined) return roomOf(target)?.row === path;
  return new RegExp(`^${path.replaceAll("*", "[^/]+")}(/|$)`).test(target);
}

function mayImport({ from, target, typeOnly }: Import): boolean {
  const room = roomOf(from);
  if (room === null) return false;
  const theirs = roomOf(target);
  if (theirs !== null && theirs.folder === room.folder) return true;
  const row = MAY_IMPORT[room.row] ?? [];
  const refused = row.filter((name) => name.startsWith("!")).some((name) => new RegExp(`^lib/${name.slice(1)}(/|$)`).test(target));
  if (refused) return false;
  return row.some((name) => (name.startsWith("type:") ? typeOnly && nameMatches(name.slice(5), target) : nameMatches(name, target)));
}

const show = ({ from, line, target, typeOnly }: Import): string => `${from}:${String(line)} imports ${typeOnly ? "the types of " : ""}${target}`;

describe("the shape of the house", () => {
  test("every file has a room", () => {
    expect(SOURCES.filter((file) => roomOf(file) === null)).toEqual([]);
  });

  test("a room imports itself and what its row lists, nothing else", () => {
    const wrong = IMPORTS.filter((one) => one.local && !one.target.endsWith(".css") && !one.target.startsWith("lib/db/generated") && !mayImport(one));
    expect(wrong.map(show)).toEqual([]);
  });

  test("the database client stays in lib/db, the framework at the edge, every kept package in its room", () => {
    const wrong = IMPORTS.filter((one) => KEPT_PACKAGES.some(({ name, rooms }) => !one.local && name.test(one.target) && !rooms.includes(roomOf(one.from)?.row ?? one.from)));
    const generated = IMPORTS.filter((one) => one.target.startsWith("lib/db/generated") && roomOf(one.from)?.row !== "lib/db" && roomOf(one.from)?.row !== "cli/dev");
    expect([...wrong, ...generated].map(show)).toEqual([]);
  });

  test("no factor imports another", () => {
    const folder = (path: string): string | null => /^lib\/factors\/([^/]+)\//.exec(`${path}/`)?.[1] ?? null;
    const factors = new Set(SOURCES.filter((file) => /^lib\/factors\/[^/]+\//.test(file)).map((file) => folder(file)));
    const wrong = IMPORTS.filter((one) => factors.has(folder(one.from)) && one.local && factors.has(folder(one.target)) && folder(one.from) !== folder(one.target));
    expect(wrong.map(show)).toEqual([]);
  });

  test("value imports form no cycle", () => {
    const edges = new Map<string, string[]>();
    for (const one of IMPORTS) {
      if (!one.local || one.typeOnly) continue;
      const from = withoutEnding(one.from);
      edges.set(from, [...(edges.get(from) ?? []), one.target]);
    }
    const cycles = new Set<string>();
    const done = new Set<string>();
    const walk = (node: string, path: readonly string[]): void => {
      const at = path.indexOf(node);
      if (at !== -1) cycles.add([...path.slice(at), node].join(" → "));
      if (at !== -1 || done.has(node)) return;
      for (const next of edges.get(node) ?? []) walk(next, [...path, node]);
      done.add(node);
    };
    for (const node of edges.keys()) walk(node, []);
    expect([...cycles]).toEqual([]);
  });

  test("the pure rooms read neither clock nor environment nor chance, and import no package that could", () => {
    const forbidden = /\bnew Date\(\)|\bDate\.now\b|\bperformance\.|\bprocess\.env\b|\bMath\.random\b|\bsetTimeout\b|\bfetch\(/;
    const pure = SOURCES.filter((file) => PURE.includes(roomOf(file)?.row ?? "") && file !== "lib/model/time.ts");
    const reads = pure.filter((file) => forbidden.test(withoutComments(file)));
    const packages = IMPORTS.filter((one) => pure.includes(one.from) && !one.local && !one.typeOnly && /^node:(?!util$|buffer$)/.test(one.target));
    expect([...reads, ...packages.map(show)]).toEqual([]);
  });

  test("every file in lib/http/next may only be loaded on the server", () => {
    const files = SOURCES.filter((file) => roomOf(file)?.row === "lib/http/next");
    expect(files.filter((file) => !/^(\s|\/\*[\s\S]*?\*\/|\/\/.*\n)*import "server-only";/.test(textOf(file)))).toEqual([]);
  });

  test("no file but lib/http/cookies.ts writes a cookie", () => {
    const writes = /\.(append|set|setHeader|appendHeader)\(\s*["'`]set-cookie["'`]|document\.cookie\s*=|["'`]?set-cookie["'`]?\s*:|cookies\(\)\)?\.(set|delete)\(|cookieStore\.(set|delete)\(|cookies\.(set|delete)\(/i;
    const carriers = ["lib/http/cookies.ts", "lib/http/node.ts"];
    expect(SOURCES.filter((file) => !carriers.includes(file) && !file.startsWith("cli/dev/") && writes.test(withoutComments(file)))).toEqual([]);
  });

  test("nothing but lib/policy compares the levels of a session or a person", () => {
    // What a request asks for may be read elsewhere; what a session or a person has may not be judged elsewhere.
    const had = String.raw`(?:(?:session|decision|assurance|allowed|view|snapshot|row)\w*(?:\.\w+)*\.aal|\w*[aA]vailableAal|sessionAal\([^)]*\)|authenticator_assurance_level"?\]?)`;
    const compares = new RegExp(String.raw`${had}\s*(?:===|!==|==|!=|<=?|>=?)|(?:===|!==|==|!=|<=?|>=?)\s*${had}`);
    const rooms = ["lib/policy", "components"]; // components draw the level they are given
    const wrong = SOURCES.filter((file) => !rooms.includes(roomOf(file)?.row ?? "") && !file.startsWith("cli/dev/") && compares.test(withoutComments(file)));
    expect(wrong).toEqual([]);
  });

  test("no file is above 300 lines", () => {
    const data = /locales\/|\.data\.ts$/;
    expect(SOURCES.filter((file) => !data.test(file) && textOf(file).split("\n").length > 301)).toEqual([]);
  });

  test("test files import what they test, and the database only through lib/db/testing", () => {
    const wrong = FILES.filter((file) => /\.test\.tsx?$/.test(file) && roomOf(file)?.row !== "lib/db")
      .flatMap(importsOf)
      .filter((one) => one.local && !one.typeOnly && /^lib\/db\//.test(one.target) && one.target !== "lib/db/testing");
    expect(wrong.map(show)).toEqual([]);
  });
});

function withoutComments(file: string): string {
  return textOf(file).replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`])\/\/.*$/gm, "$1");
}

describe("the test itself", () => {
  const verdict = (from: string, target: string, typeOnly = false): boolean => mayImport({ from, line: 1, target, local: true, typeOnly });
  test("reads the table as it is meant", () => {
    expect(verdict("lib/policy/access.ts", "lib/model/policy", true)).toBe(true);
    expect(verdict("lib/policy/access.ts", "lib/model/policy")).toBe(false);
    expect(verdict("lib/factors/totp/login.ts", "lib/factors/totp/verify")).toBe(true);
    expect(verdict("lib/factors/totp/login.ts", "lib/factors/factor")).toBe(true);
    expect(verdict("lib/factors/totp/login.ts", "lib/factors/password/rules")).toBe(false);
    expect(verdict("lib/factors/totp/login.ts", "lib/factors/registry")).toBe(false);
    expect(verdict("lib/factors/registry.ts", "lib/factors/totp")).toBe(true);
    expect(verdict("lib/flows/engine.ts", "lib/factors/totp/login")).toBe(false);
    expect(verdict("lib/flows/engine.ts", "lib/platform/audit")).toBe(true);
    expect(verdict("lib/flows/engine.ts", "lib/platform/revisions")).toBe(false);
    expect(verdict("lib/services.ts", "lib/db/open")).toBe(true);
    expect(verdict("lib/services.ts", "lib/http/cookies")).toBe(false);
    expect(verdict("lib/http/whoami.ts", "lib/http/next/guard")).toBe(false);
    expect(verdict("lib/http/next/guard.ts", "lib/http/exchange")).toBe(true);
    expect(verdict("app/page.tsx", "lib/db/open", true)).toBe(false);
    expect(verdict("components/flow/node.tsx", "lib/model/node", true)).toBe(true);
    expect(verdict("proxy.ts", "lib/http/guard-path")).toBe(true);
    expect(verdict("cli/dev/bench.ts", "lib/db/open")).toBe(true);
  });

  test("sees every file of the house", () => {
    expect(SOURCES).toContain("lib/model/errors.ts");
    expect(relative(ROOT, join(ROOT, "lib"))).toBe("lib");
  });
});

// npm test: types, lint, unit, wire, process and browser tests; ends with the line "N passed, N failed".
//   --only types,lint,unit,unit-pg,wire,wire-pg,browser      some of the stages      -- PATTERN      only tests of these files
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findPostgres, startPostgres } from "./postgres.mjs";
import { ROOT, ensureBuilt, ensureGenerated, ensureInstalled, findCommand, installDebian, requireNode, run, stop } from "./prepare.mjs";

const STAGES = ["types", "lint", "unit", "unit-pg", "wire", "wire-pg", "browser"];

requireNode();
const chosen = stagesFrom(process.argv.slice(2));
const patterns = process.argv.includes("--") ? process.argv.slice(process.argv.indexOf("--") + 1) : [];
await ensureInstalled();
await ensureGenerated();

const reports = mkdtempSync(join(tmpdir(), "rung-test-"));
mkdirSync(join(ROOT, "test-results"), { recursive: true });
const bin = (name) => join(ROOT, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);
/** A test run inherits no settings of a real installation. */
const cleanEnv = Object.fromEntries(
  Object.entries(process.env).filter(([key]) => !/^(RUNG_|DATABASE_URL$|PORT$|HOST$|NODE_ENV$|NODE_OPTIONS$)/.test(key)),
);
const results = [];
let database = null;

/** Each of these keeps one core busy: they go side by side. */
const begun = new Map(chosen.filter((stage) => stage === "types" || stage === "lint").map((stage) => [stage, stageOf(stage)]));

try {
  for (const stage of chosen) await runStage(stage);
} finally {
  await database?.stop();
  rmSync(reports, { recursive: true, force: true });
}
summarise();

async function runStage(stage) {
  const began = Date.now();
  console.log(`\n── ${stage} ${"─".repeat(Math.max(0, 60 - stage.length))}`);
  const outcome = await (begun.get(stage) ?? stageOf(stage));
  results.push({ stage, seconds: Math.round((Date.now() - began) / 1_000), ...outcome });
}

async function stageOf(stage) {
  switch (stage) {
    case "types": return types();
    case "lint": return lint();
    case "unit": return vitest("unit", "vitest.config.ts", patterns, cleanEnv);
    case "unit-pg": return onPostgres((env) => vitest("unit-pg", "vitest.config.ts", patterns.length > 0 ? patterns : databaseTests(), env));
    case "wire": {
      await ensureBuilt({ quiet: true });
      return vitest("wire", "vitest.wire.config.ts", patterns, await wireEnv());
    }
    case "wire-pg": {
      await ensureBuilt({ quiet: true });
      const marked = patterns.length > 0 ? patterns : ["e2e/wire/step-up", "e2e/wire/login", "e2e/races"];
      return onPostgres(async (env) => vitest("wire-pg", "vitest.wire.config.ts", marked, { ...(await wireEnv()), ...env }));
    }
    case "browser": return browser();
  }
}

async function types() {
  // Next writes the types of its routes into next-env.d.ts and .next/types; a fresh clone has neither, and tsc passes without.
  const code = await run(bin("tsc"), ["--noEmit", "-p", "."], { env: cleanEnv, quiet: true });
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

async function lint() {
  const code = await run(bin("eslint"), [".", "--max-warnings", "0"], { env: cleanEnv, quiet: true });
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
}

/** Rooms whose promises depend on the database: run again on a server. */
function databaseTests() {
  return ["lib/db/", "lib/factors/", "lib/flows/", "lib/sessions/", "lib/identities/", "lib/limits/", "lib/platform/", "cli/a-dump-"];
}

async function vitest(name, config, files, env) {
  const report = join(reports, `${name}.json`);
  const code = await run(
    process.execPath,
    [join(ROOT, "node_modules", "vitest", "vitest.mjs"), "run", "--config", config, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...files],
    { env: { ...env, NODE_ENV: "test" } },
  );
  const json = readReport(report);
  if (json === null) return { passed: 0, failed: 1 };
  // A file that could not be loaded has no tests of its own, but is a failure all the same; so is a skipped test.
  const broken = json.testResults.filter((file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"));
  const failed = json.numFailedTests + broken.length + json.numPendingTests + json.numTodoTests;
  return { passed: json.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, failures: [...broken.map(({ name, message }) => ({ test: name, message })), ...failuresOf(json)] };
}

async function onPostgres(work) {
  const url = process.env.RUNG_TEST_DATABASE_URL;
  if (url !== undefined) return work({ ...cleanEnv, RUNG_TEST_DATABASE_URL: url });
  try {
    if (database === null) {
      const programs = findPostgres();
      if (programs === null) throw new Error("No PostgreSQL was found. Install it (Debian: apt-get install postgresql) or set RUNG_TEST_DATABASE_URL.");
      database = { ...(await startPostgres(programs)), programs };
    }
  } catch (error) {
    console.error(`The PostgreSQL part could not run: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: process.env.CI === undefined ? 0 : 1, note: "not run: no PostgreSQL" };
  }
  // pg_dump and its kind must be those of that very server.
  return work({ ...cleanEnv, PATH: [database.programs, cleanEnv.PATH].join(delimiter), RUNG_TEST_DATABASE_URL: database.url });
}

/** Clock shifts come from libfaketime where it can be had; the kit has a fallback for other systems. */
async function wireEnv() {
  if (process.platform === "linux" && findCommand(["faketime"]) === null) installDebian(["faketime"]);
  return cleanEnv;
}

async function browser() {
  await ensureBuilt({ quiet: true });
  const executable = await findBrowser();
  if (executable === null) {
    console.error("The browser tests could not run: no Chromium was found and none could be installed. Debian: apt-get install chromium.");
    return { passed: 0, failed: 1 };
  }
  const report = join(reports, "browser.json");
  const env = { ...(await wireEnv()), ...(executable === "" ? {} : { RUNG_CHROMIUM: executable }), PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  const code = await run(bin("playwright"), ["test", "--reporter=list,json", ...patterns], { env });
  const json = readReport(report);
  if (json?.stats === undefined) return { passed: 0, failed: 1 };
  const { stats } = json;
  const failed = stats.unexpected + stats.skipped;
  return { passed: stats.expected + stats.flaky, failed: failed === 0 && code !== 0 ? 1 : failed, failures: json.suites.flatMap(failedSpecs) };
}

/** Path of a Chromium, "" for Playwright's own, null for none. */
async function findBrowser() {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const found = process.env.RUNG_CHROMIUM ?? findCommand(names);
  if (found !== null) return found;
  const own = () => {
    const script = 'import("@playwright/test").then((p) => process.stdout.write(p.chromium.executablePath()))';
    const path = spawnSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" }).stdout;
    return path !== "" && existsSync(path);
  };
  if (own()) return "";
  if (installDebian(["chromium"])) return findCommand(names);
  return (await run(bin("playwright"), ["install", "chromium"], { quiet: true })) === 0 && own() ? "" : null;
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

function stagesFrom(args) {
  const at = args.findIndex((arg) => arg === "--only" || arg.startsWith("--only="));
  if (at === -1) return STAGES;
  const wanted = (args[at].includes("=") ? args[at].split("=")[1] : (args[at + 1] ?? "")).split(",").filter((name) => name !== "");
  const unknown = wanted.filter((name) => !STAGES.includes(name));
  if (wanted.length === 0 || unknown.length > 0) stop(`--only takes some of: ${STAGES.join(", ")}.`);
  return wanted;
}

/** Names and first lines of what failed, of a report of the unit and wire stages. */
function failuresOf({ testResults }) {
  return testResults.flatMap(({ name, assertionResults }) => assertionResults
    .filter(({ status }) => status !== "passed")
    .map(({ fullName, status, failureMessages }) => ({ test: `${name} › ${fullName}`, message: failureMessages[0] ?? status })));
}

/** The same of a suite of the browser stage. */
function failedSpecs({ specs, suites }) {
  const own = specs.filter(({ ok }) => !ok).map(({ file, title, tests }) => ({
    test: `${file} › ${title}`, message: tests.flatMap(({ results }) => results).flatMap(({ errors }) => errors)[0]?.message ?? "skipped",
  }));
  return [...own, ...(suites ?? []).flatMap(failedSpecs)];
}

/** What failed is said again at the end, where the end of a long log is all that one reads. */
function sayFailures() {
  for (const { stage, failures = [] } of results) {
    for (const { test, message } of failures.slice(0, 20)) {
      console.log(`\nFAILED in ${stage}: ${test.replace(`${ROOT}/`, "")}`);
      console.log(message.split("\n").filter((line) => !line.includes("node_modules")).slice(0, 12).map((line) => `  ${line.slice(0, 300)}`).join("\n"));
    }
  }
}

function summarise() {
  sayFailures();
  console.log("");
  for (const { stage, passed, failed, seconds, note } of results) {
    console.log(`${stage.padEnd(10)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${String(seconds).padStart(5)} s${note === undefined ? "" : `   ${note}`}`);
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

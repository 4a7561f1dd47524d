// What start, test and the other npm scripts need before they can run: packages, the generated client, the build.
// Plain Node built-ins only: on a fresh clone nothing is installed yet.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const INSTALL_STAMP = join(ROOT, "node_modules", ".rung-install.json");
const CLIENT_DIR = join(ROOT, "lib", "db", "generated");
const CLIENT_STAMP = join(CLIENT_DIR, ".schema-hash");
const BUILD_STAMP = join(ROOT, "dist", "build.json");
export const SERVER = join(ROOT, "dist", "server.js");

/** What ends up in the build. A change in any of these makes the next start build again. */
const SOURCES = [
  "app", "components", "lib", "public", "prisma", "cli", "proxy.ts", "server.ts", "instrumentation.ts", "next.config.js", "next.config.mjs",
  "next.config.ts", "postcss.config.mjs", "tsconfig.json", "package.json", "package-lock.json",
];
const NOT_BUILT = /(\.test\.tsx?$)|(^lib\/db\/generated\/)|(^cli\/dev\/(?!build\.mjs))/;

/** Ends the process with one sentence when this Node is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  stop(`Rung needs Node.js 20.19 or newer; this is ${process.versions.node}. Install a current Node.js from https://nodejs.org and try again.`);
}

/** Says one line and ends with code 1. */
export function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** The settings of `.env`; what the shell sets already wins. */
export function loadEnvFile() {
  const file = join(ROOT, ".env");
  if (!existsSync(file)) return;
  try {
    process.loadEnvFile(file);
  } catch (error) {
    stop(`The file .env cannot be read: ${error instanceof Error ? error.message : String(error)}. Correct it or remove it.`);
  }
}

/** Runs a command to its end. Quiet: its words are kept and shown only when it fails. Answers its exit code. */
export function run(command, args, { quiet = false, env = process.env, cwd = ROOT } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit", shell: process.platform === "win32" });
    const words = [];
    child.stdout?.on("data", (chunk) => words.push(chunk));
    child.stderr?.on("data", (chunk) => words.push(chunk));
    child.once("error", (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.once("close", (code, signal) => {
      const exit = code ?? (signal === null ? 1 : 128);
      if (quiet && exit !== 0) process.stderr.write(Buffer.concat(words).toString("utf8").split("\n").slice(-60).join("\n"));
      resolve(exit);
    });
  });
}

function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(relative(ROOT, path)).update("\0").update(readFileSync(path)).update("\0");
  return hash.digest("hex");
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.name === "node_modules" || entry.name.startsWith(".next") ? [] : filesUnder(join(path, entry.name))));
}

export function sourcesHash() {
  const files = SOURCES.flatMap((name) => filesUnder(join(ROOT, name)));
  return hashOf(files.filter((file) => !NOT_BUILT.test(relative(ROOT, file).replaceAll("\\", "/"))));
}

function stampIs(file, key, value) {
  try {
    return JSON.parse(readFileSync(file, "utf8"))[key] === value;
  } catch {
    return false;
  }
}

function writeStamp(file, content) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content)}\n`);
}

/** Installs from the lockfile when packages are missing or the lockfile changed since the last install. */
export async function ensureInstalled() {
  const lockfile = join(ROOT, "package-lock.json");
  const locked = existsSync(lockfile);
  const wanted = hashOf(locked ? [lockfile] : [join(ROOT, "package.json")]);
  const installed = join(ROOT, "node_modules", ".package-lock.json");
  if (existsSync(installed)) {
    if (stampIs(INSTALL_STAMP, "lock", wanted)) return;
    // Installed by hand: npm's own record is as new as the lockfile, so it is what the lockfile says.
    if (locked && statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs - 5_000) {
      writeStamp(INSTALL_STAMP, { lock: wanted });
      return;
    }
  }
  console.log(locked ? "Installing packages from the lockfile (a minute or two, once) …" : "Installing packages …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error", "--no-progress"];
  // The next step decides the mode; an inherited "production" would leave out what the build needs.
  const env = { ...process.env, NODE_ENV: "development", npm_config_production: "false" };
  const code = await run(npm, [locked ? "ci" : "install", ...quiet, "--include=dev"], { quiet: true, env });
  if (code !== 0) stop("\nInstalling the packages failed (npm's words are above). Check the network or the npm registry setting, then start again.");
  writeStamp(INSTALL_STAMP, { lock: hashOf(existsSync(lockfile) ? [lockfile] : [join(ROOT, "package.json")]) });
}

/** Generates the database client when it is missing or the schema changed. */
export async function ensureGenerated() {
  const wanted = hashOf([join(ROOT, "prisma", "schema.prisma")]);
  const present = existsSync(join(CLIENT_DIR, "client.ts"));
  if (present && stampIs(CLIENT_STAMP, "schema", wanted)) return;
  console.log("Generating the database client …");
  const code = await run(process.execPath, [join("cli", "dev", "generate.mjs")], { quiet: true });
  if (code !== 0) stop("\nGenerating the database client failed (its words are above). Run: npm run generate");
  writeStamp(CLIENT_STAMP, { schema: wanted });
}

/** Builds when the sources changed since the last build. Answers true when it built. */
export async function ensureBuilt({ quiet = true } = {}) {
  const wanted = sourcesHash();
  const whole = existsSync(SERVER) && existsSync(join(ROOT, ".next", "BUILD_ID"));
  if (whole && stampIs(BUILD_STAMP, "sources", wanted)) return false;
  console.log("Building (about a minute, only when something changed) …");
  rmSync(BUILD_STAMP, { force: true });
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const code = await run(process.execPath, [join("cli", "dev", "build.mjs")], { quiet, env });
  if (code !== 0 || !existsSync(SERVER)) stop("\nThe build failed (its words are above). Run: npm run build");
  writeStamp(BUILD_STAMP, { sources: wanted, builtAt: new Date().toISOString() });
  return true;
}

/** The first of these commands that is on the PATH (or is an existing file), or null. */
export function findCommand(names, extraDirectories = []) {
  const directories = [...(process.env.PATH ?? "").split(process.platform === "win32" ? ";" : ":"), ...extraDirectories];
  for (const name of names) {
    if (name.includes("/") && existsSync(name)) return name;
    const found = directories.map((directory) => join(directory, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  return null;
}

const isRootOnDebian = () => process.getuid?.() === 0 && findCommand(["apt-get"]) !== null;

/** Installs Debian packages when this user may; answers whether that worked. */
export function installDebian(packages) {
  if (!isRootOnDebian()) return false;
  console.log(`Installing ${packages.join(", ")} from the system's package source …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { env, stdio: "ignore" });
  return spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env, stdio: "ignore" }).status === 0;
}

// npm run rung -- …: the command line from a fresh clone. Installs, generates and bundles only what is missing or stale.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { ROOT, ensureGenerated, ensureInstalled, loadEnvFile, requireNode } from "./prepare.mjs";

const ENTRY = join(ROOT, "dist", "cli", "index.js");

requireNode();
loadEnvFile();
await onStandardError(async () => {
  await ensureInstalled();
  await ensureGenerated();
  if (stale()) {
    const { bundleCommandLine } = await import("./bundle.mjs");
    await bundleCommandLine();
  }
});

const child = spawn(process.execPath, [ENTRY, ...process.argv.slice(2)], { cwd: ROOT, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.once("close", (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 143);
});

/** Any source that is newer than the bundle. */
function stale() {
  if (!existsSync(ENTRY)) return true;
  const made = statSync(ENTRY).mtimeMs;
  return ["cli", "lib"].some((folder) => newer(join(ROOT, folder), made));
}

function newer(folder, than) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? newer(path, than) : /\.(ts|json|mjs)$/.test(entry.name) && statSync(path).mtimeMs > than;
  });
}

/** What is said on the way is for people: standard output belongs to the command alone. */
async function onStandardError(work) {
  const { log } = console;
  console.log = (...words) => console.error(...words);
  try {
    await work();
  } finally {
    console.log = log;
  }
}

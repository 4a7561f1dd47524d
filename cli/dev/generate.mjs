// Writes the Prisma client into lib/db/generated. `prisma generate` only checks that a schema engine exists and never
// calls it, so an executable that does nothing stands in for the native one and nothing is downloaded.
import { accessSync, constants } from "node:fs";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const require = createRequire(import.meta.url);

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Linux has both, macOS the second, Windows an equally silent one. */
function doNothing() {
  const candidates = process.platform === "win32"
    ? [join(process.env.SystemRoot ?? "C:\\Windows", "System32", "rundll32.exe")]
    : ["/bin/true", "/usr/bin/true", ...(process.env.PATH ?? "").split(":").map((folder) => join(folder, "true"))];
  return candidates.find(executable) ?? null;
}

const standIn = process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? doNothing();
if (standIn === null) {
  console.error("generate: found no `true` command to stand in for Prisma's schema engine; set PRISMA_SCHEMA_ENGINE_BINARY to any executable");
  process.exit(1);
}

const prisma = join(dirname(require.resolve("prisma/package.json")), "build", "index.js");
const run = spawnSync(process.execPath, [prisma, "generate", "--no-hints"], {
  cwd: root,
  encoding: "utf8",
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: standIn, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" },
});
if (run.status !== 0) {
  process.stderr.write(run.stdout + run.stderr);
  process.exit(run.status ?? 1);
}

// Bundles our own TypeScript for Node; packages stay where they are installed.
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import { chmodSync, rmSync } from "node:fs";
import { build } from "esbuild";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * One ES module per entry. `entries` maps an output name without its ending to a source file. `command`: something people type, which
 * must begin quickly, so what it loads only at times (the database engine) stays in files of its own.
 */
export async function bundle(entries, { outdir = "dist", command = false } = {}) {
  await build({
    absWorkingDir: ROOT, entryPoints: entries, outdir, bundle: true, platform: "node", format: "esm", target: "node20", packages: "external",
    sourcemap: true, sourcesContent: false, logLevel: "warning", legalComments: "none",
    ...(command ? { splitting: true, chunkNames: "cli/parts/[name]-[hash]" } : {}),
    // Some packages are CommonJS and are asked for by name at run time.
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  });
}

/** The command line, dist/cli/index.js: `npx rung` runs the file itself, so it says by whom and may be run. */
export async function bundleCommandLine() {
  rmSync(join(ROOT, "dist", "cli", "parts"), { recursive: true, force: true });
  await bundle({ "cli/index": "cli/index.ts" }, { command: true });
  chmodSync(join(ROOT, "dist", "cli", "index.js"), 0o755);
}

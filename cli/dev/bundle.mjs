// Bundles our own TypeScript for Node; packages stay where they are installed.
import { fileURLToPath } from "node:url";
import { dirname } from "node:path";
import { build } from "esbuild";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** One ES module per entry. `entries` maps an output name without its ending to a source file. */
export async function bundle(entries, outdir = "dist") {
  await build({
    absWorkingDir: ROOT, entryPoints: entries, outdir, bundle: true, platform: "node", format: "esm", target: "node20", packages: "external",
    sourcemap: true, sourcesContent: false, logLevel: "warning", legalComments: "none",
    // Some packages are CommonJS and are asked for by name at run time.
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  });
}

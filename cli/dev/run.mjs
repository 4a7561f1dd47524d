// Runs a developer script: node cli/dev/run.mjs NAME [arguments] bundles cli/dev/NAME.ts and starts it with the same arguments.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureGenerated, ensureInstalled, loadEnvFile, requireNode, stop } from "./prepare.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [name = "", ...args] = process.argv.slice(2);
if (!/^[a-z-]+$/.test(name) || !existsSync(join(ROOT, "cli", "dev", `${name}.ts`))) stop(`There is no script cli/dev/${name}.ts.`);

requireNode();
loadEnvFile();
await ensureInstalled();
await ensureGenerated();
const { bundle } = await import("./bundle.mjs");
await bundle({ [`dev/${name}`]: `cli/dev/${name}.ts` });

const child = spawn(process.execPath, ["--enable-source-maps", join(ROOT, "dist", "dev", `${name}.js`), ...args], { cwd: ROOT, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.once("close", (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 143);
});

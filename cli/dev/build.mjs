// npm run build: the pages by Next, the table of known passwords, then server.ts and the commands by esbuild, into .next and dist.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, bundleCommandLine } from "./bundle.mjs";
import { sourcesHash } from "./prepare.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", RUNG_BUILD_ID: sourcesHash().slice(0, 16) };

const pages = spawnSync(process.execPath, [join(ROOT, "node_modules", "next", "dist", "bin", "next"), "build"], { cwd: ROOT, env, stdio: "inherit" });
if (pages.status !== 0) process.exit(pages.status ?? 1);

const list = spawnSync(process.execPath, [join(ROOT, "cli", "dev", "build-blocklist.mjs")], { cwd: ROOT, env, stdio: "inherit" });
if (list.status !== 0) process.exit(list.status ?? 1);

await bundle({ server: "server.ts", seed: "prisma/seed.ts" });
await bundleCommandLine();

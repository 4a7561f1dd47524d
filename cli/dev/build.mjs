// npm run build: the pages by Next, then server.ts and the commands by esbuild, into .next and dist.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };

const pages = spawnSync(process.execPath, [join(ROOT, "node_modules", "next", "dist", "bin", "next"), "build"], { cwd: ROOT, env, stdio: "inherit" });
if (pages.status !== 0) process.exit(pages.status ?? 1);

const commands = join(ROOT, "cli", "index.ts");
await bundle({ server: "server.ts", seed: "prisma/seed.ts", ...(existsSync(commands) ? { "cli/index": "cli/index.ts" } : {}) });

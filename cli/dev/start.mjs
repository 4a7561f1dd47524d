// npm start: from a fresh clone to a running server. Installs, generates and builds only what is missing or stale.
//   --dev    development mode: pages are compiled when asked for
//   --seed   adds the demo projects and people and says how to sign in as each
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT, SERVER, ensureBuilt, ensureGenerated, ensureInstalled, loadEnvFile, requireNode } from "./prepare.mjs";

requireNode();
const development = process.argv.includes("--dev");
const seed = process.argv.includes("--seed");

loadEnvFile();
await ensureInstalled();
await ensureGenerated();
if (development) await bundleServer();
else await ensureBuilt();

if (seed && (await alreadyRunning())) {
  hold(spawn(process.execPath, [join("cli", "dev", "run.mjs"), "seed"], { cwd: ROOT, stdio: "inherit" }));
} else {
  const env = {
    ...process.env,
    NODE_ENV: development ? "development" : (process.env.NODE_ENV ?? "production"),
    NEXT_TELEMETRY_DISABLED: "1",
    ...(seed ? { RUNG_SEED: "1" } : {}),
  };
  hold(spawn(process.execPath, ["--enable-source-maps", SERVER], { cwd: ROOT, env, stdio: "inherit" }));
}

/** Pages are compiled on demand; only the process around them is bundled first. */
async function bundleServer() {
  const { bundle } = await import("./bundle.mjs");
  await bundle({ server: "server.ts" });
}

/** A server of ours on the port that this start would use. */
async function alreadyRunning() {
  try {
    const answer = await fetch(`http://localhost:${process.env.PORT ?? "4000"}/health/alive`, { signal: AbortSignal.timeout(1_500) });
    return answer.ok && (await answer.json()).status === "ok";
  } catch {
    return false;
  }
}

/** Passes signals on, and ends as the child ends. */
function hold(child) {
  // At a terminal Ctrl-C reaches the child by itself; a second one would cut its drain short.
  process.on("SIGINT", () => (process.stdin.isTTY ? undefined : child.kill("SIGINT")));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGTERM"));
  child.once("error", (error) => {
    process.stderr.write(`The server could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.once("close", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : 1);
  });
}

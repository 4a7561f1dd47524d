import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";

export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

/** The built server on a data directory, with the production password cost. */
export async function startRung(dataDir: string): Promise<Running> {
  const port = await freePort();
  const env: NodeJS.ProcessEnv = {
    ...process.env, NODE_ENV: "production", PORT: String(port), RUNG_DATA_DIR: dataDir, RUNG_PUBLIC_URL: `http://localhost:${String(port)}`,
    RUNG_TRUSTED_PROXIES: "127.0.0.1", RUNG_PASSWORD_PROFILE: "production", RUNG_LOG_LEVEL: "error", DATABASE_URL: "",
  };
  return ready(spawn(process.execPath, [join("dist", "server.js")], { env, stdio: ["ignore", "ignore", "inherit"] }), `http://127.0.0.1:${String(port)}`, "/health/ready");
}

/** Bare node:http with one prepared read of the same database, in a process of its own like the server. */
export async function startBare(dataDir: string): Promise<Running> {
  const port = await freePort();
  const script = process.argv[1] ?? "";
  return ready(spawn(process.execPath, [script, "--bare", String(port), dataDir], { stdio: ["ignore", "ignore", "inherit"] }), `http://127.0.0.1:${String(port)}`, "/");
}

async function ready(child: ChildProcess, url: string, path: string): Promise<Running> {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let over = false;
  void closed.then(() => (over = true));
  for (let round = 0; round < 1_200; round += 1) {
    if (over) throw new Error("a server of the benchmark ended before it was ready");
    const up = await fetch(`${url}${path}`).then((answer) => answer.ok, () => false);
    if (up) return { url, stop: async () => { child.kill("SIGTERM"); await closed; } };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGKILL");
  throw new Error("a server of the benchmark did not become ready within a minute");
}

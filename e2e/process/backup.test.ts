import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Native } from "../kit/client";
import { registerPerson } from "../kit/fixtures";
import { ROOT, startServer } from "../kit/server";
import type { TestServer } from "../kit/server";

/** One command of the built CLI, beside the installation of a server. */
async function rung(server: TestServer, ...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production", PORT: String(server.port), RUNG_DATA_DIR: server.dataDir, RUNG_PUBLIC_URL: server.baseUrl };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join("dist", "cli", "index.js"), ...args], { cwd: ROOT, env });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { readonly code: number; readonly stdout: string; readonly stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

test("a backup under load holds everybody who was told that they are registered, and a restore brings them back", async () => {
  let server = await startServer();
  const copy = join(dirname(server.dataDir), "backup");
  try {
    const before = [await registerPerson(server), await registerPerson(server)];
    let writing = true;
    const writer = (async () => {
      let many = 0;
      for (; writing; many += 1) await registerPerson(server);
      return many;
    })();
    const made = await rung(server, "backup", "--to", copy);
    writing = false;
    expect(await writer).toBeGreaterThan(0);
    expect(made.code, made.err).toBe(0);
    expect((await rung(server, "doctor")).code).toBe(0);
    const later = await registerPerson(server);
    const refused = await rung(server, "restore", copy, "--yes");
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(String(server.pid));

    await server.stop();
    const restored = await rung(server, "restore", copy, "--yes");
    expect(restored.code, restored.err).toBe(0);
    server = await server.restart();
    for (const { app } of before) expect((await new Native(server, { token: app.token }).whoami()).status).toBe(200);
    expect((await new Native(server, { token: later.app.token }).whoami()).status).toBe(401);
  } finally {
    await server.dispose();
    rmSync(copy, { recursive: true, force: true });
  }
}, 400_000);

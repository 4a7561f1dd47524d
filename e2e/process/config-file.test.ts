import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Native } from "../kit/client";
import { configText, replaceFile } from "../kit/config-file";
import { nativeAfterPassword, personWithTotp } from "../kit/fixtures";
import { send } from "../kit/http";
import { freePort, spawnServer, startServer, temporaryDirectory } from "../kit/server";
import type { TestServer } from "../kit/server";

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});
function fileWith(text: string): string {
  const home = temporaryDirectory();
  homes.push(home);
  const path = join(home, "rung.yml");
  writeFileSync(path, text);
  return path;
}

interface Ready {
  readonly status: string;
  readonly detail?: { readonly config_file: { readonly state: string; readonly key?: string; readonly reason?: string } };
}
const ready = async (server: TestServer): Promise<Ready> => {
  const answer = await send(server.url("/health/ready"));
  expect(answer.status).toBe(200);
  return answer.json<Ready>();
};
const PROMISED_MS = 2_000;
/** How long it took until it was so. Patience is for busy machines: what is promised is compared by whoever calls. */
async function tookUntil(so: () => Promise<boolean>): Promise<number> {
  const since = performance.now();
  while (!await so()) {
    if (performance.now() - since > 60_000) throw new Error("it was not so within a minute");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - since;
}

test("rung.yml is in force from the start, obeyed again within two seconds of a change, and a wrong one changes nothing but what readiness says", async () => {
  const path = fileWith(configText("strict"));
  let server = await startServer({ env: { RUNG_CONFIG_FILE: path } });
  try {
    const ada = await personWithTotp(server);
    const { app } = await nativeAfterPassword(server, ada);
    const whoami = async (): Promise<number> => (await new Native(server, { token: app.token }).whoami()).status;
    expect(await whoami()).toBe(403);
    expect((await ready(server)).detail?.config_file).toEqual({ state: "applied" });
    const flips: number[] = [];
    for (const [mode, status] of [["lax", 200], ["strict", 403], ["lax", 200]] as const) {
      replaceFile(path, configText(mode));
      flips.push(await tookUntil(async () => (await whoami()) === status));
    }
    expect(Math.min(...flips), flips.join(", ")).toBeLessThan(PROMISED_MS);

    replaceFile(path, configText("lax").replace("required_aal: aal1", "required_aal: aal2"));
    await tookUntil(async () => (await ready(server)).detail?.config_file.state === "kept_last_good");
    expect((await ready(server)).detail?.config_file).toMatchObject({ key: "session.whoami.required_aal" });
    expect(await whoami()).toBe(200);
    expect(server.log()).toContain("configuration file refused");

    replaceFile(path, configText("strict"));
    await tookUntil(async () => (await whoami()) === 403);
    server = await server.restart();
    expect(await whoami()).toBe(403);
    expect(server.log()).not.toContain("configuration file applied");
  } finally {
    await server.dispose();
  }
});

test("a wrong file stops a start with a report and its own exit code", async () => {
  const path = fileWith(configText("strict").replace("totp: { enabled: true }", "totp: { enabled: perhaps }"));
  const server = await startServer();
  await server.stop();
  const { child, exited, log } = spawnServer({ port: await freePort(), dataDir: server.dataDir, env: { RUNG_CONFIG_FILE: path } });
  const timer = setTimeout(() => child.kill("SIGKILL"), 120_000);
  expect(await exited, log()).toBe(24);
  clearTimeout(timer);
  expect(log()).toContain("selfservice.methods.totp.enabled");
  expect(log()).toContain("^^^^^^^");
  await server.dispose();
});

import { execFile } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { anyPassword, browserAtAal2, enrolRecoveryCodes, enrolTotp, personWithTotp, registerPerson } from "../kit/fixtures";
import { send } from "../kit/http";
import { ROOT, freePort, setupLinkIn, startServer, temporaryDirectory } from "../kit/server";

test("a first start makes the data and the keys for its owner alone, prints what to open, and the second keeps everything", async () => {
  const home = temporaryDirectory();
  const port = await freePort();
  let server = await startServer({ dataDir: join(home, "data"), port, readyWithinMs: 120_000 });
  try {
    expect(statSync(join(home, "keys.json")).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, "data")).mode & 0o077).toBe(0);
    const log = server.log();
    for (const part of ["/payment", "/orders", "registration"]) expect(log).toContain(part);
    expect(log).toContain(String(port));
    const link = setupLinkIn(log);
    expect(link).not.toBeNull();
    const ada = await registerPerson(server);
    server = await server.restart();
    expect(setupLinkIn(server.log()), "the link is printed once").toBeNull();
    expect((await new Native(server, { token: ada.app.token }).whoami()).status).toBe(200);
    expect((await new Native(server).start("login")).ui.nodes.length).toBeGreaterThan(0);
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
});

test("SIGTERM: what is in flight is answered, readiness goes first, the process ends with 0 and lets go of the data", async () => {
  let server = await startServer({ env: { RUNG_PASSWORD_PROFILE: "production" } });
  try {
    // Two sign-ins each: of one person, more than five at the same moment would wait.
    const people = await Promise.all(Array.from({ length: 4 }, () => registerPerson(server)));
    const flows = await Promise.all([...people, ...people].map(async (person) => {
      const app = new Native(server);
      return { app, person, flow: await app.start("login") };
    }));
    const answers = flows.map(({ app, person, flow }) => app.submit(flow, { method: "password", identifier: person.email, password: person.password }));
    // Until the first is answered, all have been accepted: the hashes run two at a time and take much longer than that.
    await Promise.race(answers);
    server.kill("SIGTERM");
    const statuses = (await Promise.all(answers)).map((answer) => answer.status);
    expect(statuses).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await server.exited).toBe(0);
    await expect(send(server.url("/health/alive"))).rejects.toThrow();
    server = await server.restart();
    for (const { app } of people) expect((await new Native(server, { token: app.token }).fetch("/sessions")).json<unknown[]>()).toHaveLength(2);
  } finally {
    await server.dispose();
  }
});

test("sessions, levels and half-finished flows survive a restart", async () => {
  let server = await startServer();
  try {
    const ada = await personWithTotp(server);
    const browser = await browserAtAal2(server, ada);
    const visitor = new Browser(server);
    const flow = await visitor.start("login");
    server = await server.restart();
    expect((await new Browser(server, { jar: browser.jar }).session()).authenticator_assurance_level).toBe("aal2");
    const later = new Browser(server, { jar: visitor.jar });
    expect((await later.submit(flow, { method: "password", identifier: ada.email, password: ada.password })).status).toBe(422);
  } finally {
    await server.dispose();
  }
});

describe("secrets", () => {
  test("are in no log line and, in clear, in no file of the data", async () => {
    const server = await startServer({ env: { RUNG_LOG_LEVEL: "debug" } });
    const password = anyPassword();
    const ada = await enrolRecoveryCodes(await enrolTotp(server, await registerPerson(server, { password })));
    const wrong = `wrong ${anyPassword()}`;
    const app = new Native(server);
    await app.submit(await app.start("login"), { method: "password", identifier: ada.email, password: wrong });
    const browser = new Browser(server);
    await browser.submit(await browser.start("login"), { method: "password", identifier: ada.email, password });
    const cookie = browser.sessionCookie() ?? "";
    const codes = ada.recoveryCodes.slice(0, 3).flatMap((code) => [code, code.replaceAll("-", "")]);
    const secrets = [password, wrong, ada.app.token ?? "", cookie, ada.authenticator?.secret ?? "", ...codes];
    expect(secrets.every((secret) => secret.length >= 16)).toBe(true);
    await server.stop();
    const log = server.log();
    for (const secret of secrets) expect(log.includes(secret), "a secret in the log").toBe(false);
    expect(log).not.toContain(ada.email);
    for (const file of filesUnder(dirname(server.dataDir))) {
      const content = readFileSync(file).toString("latin1");
      for (const secret of secrets) expect(content.includes(secret), `a secret in ${file}`).toBe(false);
    }
    await server.dispose();
  });
});

test("npm run setup-link makes a new link beside the running server", async () => {
  const server = await startServer();
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join("cli", "dev", "run.mjs"), "setup-link"], {
      cwd: ROOT, env: { ...process.env, RUNG_DATA_DIR: server.dataDir, PORT: String(server.port), RUNG_PUBLIC_URL: server.baseUrl, NODE_ENV: "production" },
    });
    const link = new URL(setupLinkIn(stdout) ?? "");
    expect(link.port).toBe(String(server.port));
    const answer = await send(link, { headers: { accept: "text/html" } });
    expect(answer.status).toBeLessThan(400);
  } finally {
    await server.dispose();
  }
});

function filesUnder(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const full = join(path, entry.name);
    return entry.isDirectory() ? filesUnder(full) : entry.isFile() ? [full] : [];
  });
}

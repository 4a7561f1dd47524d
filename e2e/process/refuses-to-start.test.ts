import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { registerPerson } from "../kit/fixtures";
import { freePort, spawnServer, startServer, template, temporaryDirectory } from "../kit/server";
import type { ServerOptions } from "../kit/server";

const homes: string[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

/** A copy of the template installation that a test may damage. */
function installation(): { readonly home: string; readonly dataDir: string } {
  const home = temporaryDirectory();
  homes.push(home);
  cpSync(dirname(template().dataDir), home, { recursive: true });
  return { home, dataDir: join(home, "data") };
}

async function attempt(options: ServerOptions & { readonly dataDir: string }): Promise<{ readonly code: number | null; readonly log: string }> {
  const { child, exited, log } = spawnServer({ port: await freePort(), ...options });
  const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
  const code = await exited;
  clearTimeout(timer);
  return { code, log: log() };
}

/** Names, sizes and contents of everything under a directory, except locks, which come and go. */
function fingerprint(directory: string): string {
  const hash = createHash("sha256");
  const walk = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const file = join(path, name);
      if (statSync(file).isDirectory()) walk(file);
      else hash.update(file).update(readFileSync(file));
    }
  };
  if (existsSync(directory)) walk(directory);
  return hash.digest("hex");
}

function expectOneLine(log: string): void {
  const lines = log.trim().split("\n").filter((line) => line.trim() !== "");
  expect(lines.length, log).toBeLessThanOrEqual(3);
  expect(log).not.toMatch(/\n\s+at /);
}

describe("the process refuses to start, says why in a line, and touches nothing", () => {
  test("when another process holds the data: its pid is named, and the first one goes on", async () => {
    const first = await startServer();
    try {
      const ada = await registerPerson(first);
      const { code, log } = await attempt({ dataDir: first.dataDir });
      expect(code).not.toBe(0);
      expect(log).toContain(String(first.pid));
      expectOneLine(log);
      // It ended by itself: whoever does not is killed, and has no exit code.
      expect(code).toBeGreaterThan(0);
      expect((await ada.app.whoami()).status).toBe(200);
    } finally {
      await first.dispose();
    }
  });

  test("when the data directory has lost PG_VERSION", async () => {
    const { dataDir } = installation();
    rmSync(join(dataDir, "PG_VERSION"));
    const before = fingerprint(dataDir);
    const { code, log } = await attempt({ dataDir });
    expect(code).not.toBe(0);
    expect(log).toContain(dataDir);
    expectOneLine(log);
    expect(fingerprint(dataDir)).toBe(before);
  });

  test("when the directory holds somebody else's files", async () => {
    const { dataDir } = installation();
    rmSync(dataDir, { recursive: true });
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, "holiday.jpg"), "not a database");
    const { code, log } = await attempt({ dataDir });
    expect(code).not.toBe(0);
    expect(log).toContain(dataDir);
    expect(readdirSync(dataDir)).toEqual(["holiday.jpg"]);
  });

  test("when the key file is gone although the data are there: it makes no new key over sealed secrets", async () => {
    const { home, dataDir } = installation();
    const key = join(home, "keys.json");
    expect(existsSync(key)).toBe(true);
    rmSync(key);
    const before = fingerprint(dataDir);
    const { code, log } = await attempt({ dataDir });
    expect(code).not.toBe(0);
    expect(log).toMatch(/key/i);
    expectOneLine(log);
    expect(existsSync(key)).toBe(false);
    expect(fingerprint(dataDir)).toBe(before);
  });

  test("when the key file is no key file", async () => {
    const { home, dataDir } = installation();
    for (const content of ["", "{", '{"keys":[{"id":"a","secret":"short"}]}']) {
      writeFileSync(join(home, "keys.json"), content);
      const { code, log } = await attempt({ dataDir });
      expect(code).not.toBe(0);
      expect(log).toMatch(/key/i);
      expectOneLine(log);
    }
  });

  test.each([
    ["PORT", "abc"], ["PORT", "70000"], ["DATABASE_URL", "mysql://root@localhost/x"], ["RUNG_PUBLIC_URL", "not a url"], ["RUNG_TRUSTED_PROXIES", "everybody"],
    ["RUNG_PASSWORD_PROFILE", "none"], ["RUNG_LOG_LEVEL", "loud"],
  ])("when %s is %j", async (name, value) => {
    const { dataDir } = installation();
    const { code, log } = await attempt({ dataDir, env: { [name]: value } });
    expect(code).not.toBe(0);
    expect(log).toContain(name);
    expectOneLine(log);
  });

  test("when the database server does not answer, without showing its password", async () => {
    const { dataDir } = installation();
    const { code, log } = await attempt({ dataDir, env: { DATABASE_URL: `postgresql://rung:hunter2secret@127.0.0.1:${String(await freePort())}/none` } });
    expect(code).not.toBe(0);
    expect(log).not.toContain("hunter2secret");
    expectOneLine(log);
  });

  test("when the port is taken", async () => {
    const first = await startServer();
    try {
      const { dataDir } = installation();
      const { code, log } = await attempt({ dataDir, port: first.port });
      expect(code).not.toBe(0);
      expect(log).toMatch(/\bPORT\b/);
      expectOneLine(log);
    } finally {
      await first.dispose();
    }
  });
});

test("a lock that a dead process left is taken over", async () => {
  const first = await startServer();
  const ada = await registerPerson(first);
  first.kill("SIGKILL");
  const again = await first.restart();
  try {
    const { token } = ada.app;
    expect((await registerPerson(again)).identityId).not.toBe("");
    expect(token).not.toBeNull();
  } finally {
    await again.dispose();
  }
});

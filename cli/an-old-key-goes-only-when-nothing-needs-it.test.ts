import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { controlPath, startControl } from "../lib/platform/control";
import { runIn } from "./testing";

const home = mkdtempSync(join(tmpdir(), "rung-old-key-"));
const before = { ...process.env };
/** What the running server answers; that of an older version says nothing of passwords. */
let said: Readonly<Record<string, unknown>>;
let control: Awaited<ReturnType<typeof startControl>>;

beforeAll(async () => {
  process.env["RUNG_DATA_DIR"] = join(home, "data");
  Reflect.deleteProperty(process.env, "DATABASE_URL");
  control = await startControl(controlPath(join(home, "data")), { "keys-reseal": () => Promise.resolve(said) });
});
beforeEach(() => {
  said = { key: "new", resealed: 3, left: { totp: 0 }, broken: 0, passwords: 0, security_keys: 0 };
});
afterAll(async () => {
  await control.close();
  for (const name of ["RUNG_DATA_DIR", "DATABASE_URL"]) {
    if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before[name];
  }
  rmSync(home, { recursive: true, force: true });
});
const advice = async () => (await runIn(home, ["keys", "rotate", "--resume"])).err;

test("when nothing that stays needs an older key, that is said, with what ends without it", async () => {
  expect(await advice()).toMatch(/No stored secret, password or security key needs an older key any more\. .*Without them, recovery codes/);
});

test.each([["nothing that stays", {}], ["a password", { passwords: 1 }]])("what is under way keeps it for as long as anything under way lives, where %s needs it", async (_name, more) => {
  said = { ...said, ...more };
  expect(await advice()).toMatch(/Keep the old keys .*for seven days: a link that takes a change of address back lives so long/);
});

test.each([["a password", { passwords: 1 }], ["a security key", { security_keys: 1 }]])("while %s needs an older one, it stays", async (_name, more) => {
  said = { ...said, ...more };
  expect(await advice()).toMatch(/Keep the old keys until every password and security key/);
});

test("while a value lies under an older one, or opens under none, it stays", async () => {
  for (const more of [{ left: { totp: 1 } }, { broken: 1 }]) {
    said = { ...said, ...more };
    expect(await advice()).toMatch(/Keep the old keys in the file\./);
  }
});

test("a server that does not say is not taken to say that nothing does", async () => {
  said = { key: "new", resealed: 3, left: { totp: 0 }, broken: 0 };
  expect(await advice()).toMatch(/Keep the old keys until/);
});

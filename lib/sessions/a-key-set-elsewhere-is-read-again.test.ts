import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import { expect, test } from "vitest";
import { addMs } from "../model/time";
import type { Project } from "../model/project";
import { createKeySource } from "./key-source";

const START = new Date("2026-07-01T10:00:00.000Z");
const at = (seconds: number): Date => addMs(START, seconds * 1_000);
const set = (...keys: readonly unknown[]): string => JSON.stringify({ keys });
const pair = async (algorithm: string, options: Readonly<Record<string, unknown>> = {}) =>
  exportJWK((await generateKeyPair(algorithm, { extractable: true, ...options })).privateKey);
const first = { ...(await pair("ES256")), kid: "first" };
const second = { ...(await pair("ES384")), kid: "second" };
const network = { headerAllowlist: [], allowPrivateRanges: false, privateExceptionUrls: [] };
const projectCalled = (id: string): Project => ({ row: { id }, config: { webHooks: network } }) as unknown as Project;
const PROJECT = projectCalled("one");
const URL_ = "https://keys.example/set.json";

test("a rotation made elsewhere counts within a minute, and not every request asks", async () => {
  let served = set(first);
  let asked = 0;
  const source = createKeySource(async () => { asked += 1; return served; });
  expect([(await source.signer(PROJECT, URL_, at(0))).kid, (await source.signer(PROJECT, URL_, at(30))).kid]).toEqual(["first", "first"]);
  served = set(second, first);
  expect((await source.signer(PROJECT, URL_, at(59))).kid).toBe("first");
  expect(await source.signer(PROJECT, URL_, at(60))).toMatchObject({ kid: "second", algorithm: "ES384" });
  expect(asked).toBe(2);
});

test("what one project has read is nothing that another may have", async () => {
  let asked = 0;
  const source = createKeySource(async (_url, rules) => { asked += 1; expect(rules).toBe(network); return set(first); });
  await source.signer(PROJECT, URL_, at(0));
  await source.signer(projectCalled("two"), URL_, at(0));
  expect(asked).toBe(2);
});

test("many at once ask once", async () => {
  let asked = 0;
  const source = createKeySource(async () => { asked += 1; return set(first); });
  await Promise.all(Array.from({ length: 10 }, () => source.signer(PROJECT, URL_, at(0))));
  expect(asked).toBe(1);
});

test("while the source is away the last key goes on for ten minutes and no longer", async () => {
  let up = true;
  const source = createKeySource(async () => { if (!up) throw new Error("away"); return set(first); });
  await source.signer(PROJECT, URL_, at(0));
  up = false;
  expect((await source.signer(PROJECT, URL_, at(599))).kid).toBe("first");
  await expect(source.signer(PROJECT, URL_, at(601))).rejects.toMatchObject({ code: "unavailable" });
  up = true;
  expect((await source.signer(PROJECT, URL_, at(602))).kid).toBe("first");
});

test("a file is read, and read again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rung-keys-"));
  try {
    const path = join(folder, "set.json");
    const url = pathToFileURL(path).href;
    await writeFile(path, set(first));
    const source = createKeySource(() => Promise.reject(new Error("never fetched")), folder);
    expect((await source.signer(PROJECT, url, at(0))).kid).toBe("first");
    await writeFile(path, set(second));
    expect((await source.signer(PROJECT, url, at(61))).kid).toBe("second");
    await writeFile(join(folder, "large.json"), `{"keys":[],"x":"${"x".repeat(70_000)}"}`);
    await expect(source.signer(PROJECT, pathToFileURL(join(folder, "large.json")).href, at(61))).rejects.toMatchObject({ code: "unavailable" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("only regular files below the operator's directory are opened", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rung-keys-"));
  try {
    const inside = join(folder, "inside");
    await mkdir(join(inside, "deep"), { recursive: true });
    await mkdir(join(folder, "inside-not"));
    for (const name of ["inside/deep/set.json", "outside.json", "inside-not/set.json"]) await writeFile(join(folder, name), set(first));
    await symlink(join(folder, "outside.json"), join(inside, "link.json"));
    await symlink("/dev/zero", join(inside, "zero.json"));
    const read = (path: string, directory: string | null) =>
      createKeySource(() => Promise.reject(new Error("never fetched")), directory).signer(PROJECT, pathToFileURL(path).href, at(0));
    expect((await read(join(inside, "deep", "set.json"), inside)).kid).toBe("first");
    await expect(read(join(inside, "deep", "set.json"), null)).rejects.toMatchObject({ code: "internal", details: { reason: expect.stringContaining("RUNG_KEY_DIRECTORY") } });
    for (const path of [join(folder, "outside.json"), join(inside, "link.json"), join(inside, "zero.json"), join(folder, "inside-not", "set.json"), inside]) {
      await expect(read(path, inside), path).rejects.toMatchObject({ code: "internal", details: { reason: expect.stringContaining("outside RUNG_KEY_DIRECTORY") } });
    }
    await expect(read(join(inside, "deep"), inside)).rejects.toMatchObject({ code: "internal", details: { reason: expect.stringContaining("is no file") } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.each([
  ["EdDSA", await pair("EdDSA", { crv: "Ed25519" }), "EdDSA"], ["ES512", await pair("ES512"), "ES512"], ["RS256", await pair("RS256"), "RS256"],
  ["RSA with PSS", { ...(await pair("PS256")), alg: "PS384" }, "PS384"],
])("%s signs, and a key without a name gets its thumbprint", async (_name, jwk, algorithm) => {
  const signer = await createKeySource(async () => set(jwk)).signer(PROJECT, URL_, at(0));
  expect(signer).toMatchObject({ algorithm, kid: await calculateJwkThumbprint(jwk) });
});

test.each([
  ["text", "hello"], ["no keys", "{}"], ["an empty set", set()], ["keys that are none", set(1, null)],
  ["a shared secret", set({ kty: "oct", k: "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", alg: "HS256" })],
  ["a public key", set({ ...first, d: undefined })], ["no algorithm at all", set({ ...first, alg: "none" })],
  ["another curve's algorithm", set({ ...first, alg: "ES384" })], ["a key for encryption", set({ ...first, use: "enc" })],
  ["an exchange key", set({ kty: "OKP", crv: "X25519", x: "AA", d: "AA" })], ["a broken key", set({ ...first, d: "AA" })],
  ["a short RSA key", set({ kty: "RSA", n: Buffer.alloc(128, 7).toString("base64url"), e: "AQAB", d: "AQAB" })],
  ["a good key in second place", set({ ...first, alg: "none" }, second)],
])("%s signs nothing, and the error says nothing of the key", async (_name, served) => {
  const refused = createKeySource(async () => served).signer(PROJECT, URL_, at(0));
  await expect(refused).rejects.toMatchObject({ code: "internal" });
  await refused.catch((error: { readonly details: unknown }) => expect(JSON.stringify(error.details)).not.toContain(String(first.d)));
});

import { describe, expect, it } from "vitest";
import type { Ceremony } from "../model/flow";
import { addMs, MINUTE_MS } from "../model/time";
import { newCeremony, timeoutMs } from "./ceremony";
import { changedKey, sealKey } from "./key-record";
import { verifyRegistration } from "./registration";
import { ADA, BOB, browser, creation, enrolled, KEYS, NOW, place, prove, request, RP } from "./testing";
import { userHandleOf } from "./user-handle";

describe("what only an assertion can get wrong", () => {
  it("W20 a key that was not asked for is refused", async () => {
    const device = browser();
    const first = await enrolled(device);
    const second = await enrolled(device);
    const asked = await request({ allowed: [first.key.id] });
    const text = device.authenticate(asked.options, {}, device.keys[1]);
    expect(await prove(text, second, asked)).toEqual({ ok: false, because: "not_offered" });
  });

  it("W21, W22 a handle that is foreign, absent or empty is refused where the person must be named", async () => {
    const device = browser();
    const owned = await enrolled(device);
    for (const userHandle of [userHandleOf(BOB), null, ""]) {
      const asked = await request();
      expect(await prove(device.authenticate(asked.options, { userHandle }), owned, asked)).toEqual({ ok: false, because: "user_handle" });
    }
    const named = await request({ allowed: [owned.key.id] });
    expect(await prove(device.authenticate(named.options, { userHandle: userHandleOf(BOB) }), owned, named)).toEqual({ ok: false, because: "user_handle" });
  });

  it("W31 eligibility that changed is refused; the backup state may change", async () => {
    const device = browser({ synced: true });
    const owned = await enrolled(device);
    const flipped = await request();
    expect(await prove(device.authenticate(flipped.options, { be: false, bs: false }), owned, flipped)).toEqual({ ok: false, because: "backup_state" });
    const local = await request();
    expect(await prove(device.authenticate(local.options, { bs: false }), owned, local)).toMatchObject({ ok: true, proof: { backupState: false } });
  });

  it("W33 a counter that does not rise is a sign of a copy; two zeros never are", async () => {
    const device = browser();
    const owned = await enrolled(device);
    const at = (signCount: number) => ({ ...owned, key: { ...owned.key, signCount } });
    const sealed = (signCount: number) => ({ ...owned, key: sealKey(changedKey(at(signCount).key, {}), place(), KEYS) as unknown as typeof owned.key });
    for (const [stored, shown, ok] of [[5, 4, false], [5, 5, false], [5, 0, false], [5, 6, true], [0, 0, true], [0, 1, true], [4_294_967_295, 1, false]] as const) {
      const asked = await request();
      const verdict = await prove(device.authenticate(asked.options, { counter: shown }), sealed(stored), asked);
      expect([stored, shown, verdict.ok]).toEqual([stored, shown, ok]);
      if (!verdict.ok) expect(verdict).toMatchObject({ because: "counter", flag: expect.any(Function) as unknown });
    }
  });

  it("a bad counter under a bad signature flags nobody's key", async () => {
    const device = browser();
    const owned = await enrolled(device);
    const asked = await request();
    const verdict = await prove(device.authenticate(asked.options, { counter: 0, signature: () => Buffer.alloc(70, 1) }), owned, asked);
    expect(verdict).toEqual({ ok: false, because: "signature" });
  });

  it("a stored key, counter or flag that was changed behind our back is refused", async () => {
    const device = browser();
    const owned = await enrolled(device);
    const thief = browser();
    const theirs = await enrolled(thief);
    for (const change of [
      { publicKey: theirs.key.publicKey }, { signCount: -1 }, { verifiesUser: !owned.key.verifiesUser }, { backupEligible: true }, { passwordless: false },
      { algorithm: -8 }, { clonedAt: NOW.toISOString() }, { seal: { ...owned.key.seal, mac: "00".repeat(32) } }, { seal: { ...owned.key.seal, kid: "gone" } }, { seal: { ...owned.key.seal, mac: "zz" } },
    ]) {
      const asked = await request();
      expect(await prove(device.authenticate(asked.options), { ...owned, key: { ...owned.key, ...change } }, asked)).toEqual({ ok: false, because: "tampered" });
    }
    const asked = await request();
    expect(await prove(device.authenticate(asked.options, { userHandle: userHandleOf(BOB) }), owned, asked, false, BOB)).toEqual({ ok: false, because: "tampered" });
  });

  it("W34 verifying its user is learnt only beside another factor", async () => {
    const device = browser();
    const owned = await enrolled(device, { uv: false });
    expect(owned.key.verifiesUser).toBe(false);
    for (const [beside, uv, learnt] of [[false, true, false], [true, false, false], [true, true, true]] as const) {
      const asked = await request();
      const verdict = await prove(device.authenticate(asked.options, { uv }), owned, asked, beside);
      if (!verdict.ok) throw new Error(verdict.because);
      const written: unknown[] = [];
      await verdict.commit({ consumeChallenge: () => Promise.resolve(true), replaceDocument: (...args) => { written.push(args[2]); return Promise.resolve(true); } });
      expect(written).toMatchObject([{ verifiesUser: learnt, version: 2 }]);
    }
  });
});

describe("time and challenges (W35)", () => {
  it("an answer is good for ten minutes and not for a moment more", async () => {
    const device = browser();
    const owned = await enrolled(device);
    const asked = await request();
    const text = device.authenticate(asked.options);
    expect(await prove(text, owned, asked, false, ADA, addMs(NOW, 10 * MINUTE_MS - 1))).toMatchObject({ ok: true });
    expect(await prove(text, owned, asked, false, ADA, addMs(NOW, 10 * MINUTE_MS))).toEqual({ ok: false, because: "expired" });
    const { ceremony, options } = await creation();
    expect(await verifyRegistration(device.register(options), { rp: RP, ceremony }, addMs(NOW, 10 * MINUTE_MS))).toEqual({ ok: false, because: "expired" });
  });

  it("challenges have 32 bytes, and the browser is given five to ten minutes", async () => {
    expect(() => newCeremony(Buffer.alloc(31), { userVerification: "preferred" }, NOW)).toThrow();
    expect(Buffer.from((await request()).ceremony.challenge, "base64url")).toHaveLength(32);
    expect([0, 300_000, 450_000, 3_600_000].map(timeoutMs)).toEqual([300_000, 300_000, 450_000, 600_000]);
  });

  it("an empty challenge of ours is no challenge", async () => {
    const device = browser();
    const owned = await enrolled(device);
    const asked = await request();
    const empty: Ceremony = { ...asked.ceremony, challenge: "" };
    expect(await prove(device.authenticate(asked.options, { challenge: "" }), owned, { ...asked, ceremony: empty })).toEqual({ ok: false, because: "challenge" });
  });
});

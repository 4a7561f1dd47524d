import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ephemeralKeyRing } from "../crypto/keys";
import { createPasswordHasher } from "../crypto/password";
import type { ProjectHandle } from "../db/handles";
import { seedProject, testDatabase, type TestDatabase } from "../db/testing";
import { createIdentity } from "../identities/create";
import { addMs } from "../model/time";
import type { LoginOutcome, SettingsOutcome } from "./factor";
import { lookupLogin } from "./lookup_secret/login";
import { lookupSettings } from "./lookup_secret/settings";
import { context, FACTS, loginStep, NOW, settingsStep } from "./testing";
import { totpLogin } from "./totp/login";
import { newTotpSecret, totpBinding } from "./totp/secret";

let db: TestDatabase;
beforeAll(async () => { db = await testDatabase(); });
afterAll(() => db.close());

const keys = ephemeralKeyRing();
const passwords = createPasswordHasher({ profile: "floor", blocklist: { isListed: () => false } });

async function newPerson() {
  const { handle } = await seedProject(db);
  const person = await handle.transaction((tx) => createIdentity(tx, { schemaId: "default", traits: { email: "ada@example.test" }, facts: FACTS, now: NOW }));
  return { handle, person };
}

async function perform(handle: ProjectHandle, outcome: LoginOutcome | SettingsOutcome): Promise<boolean> {
  if (outcome.kind !== "authenticated" && outcome.kind !== "changed") throw new Error(`expected success, got ${JSON.stringify(outcome)}`);
  const { commit } = outcome;
  return commit === null ? true : handle.transaction(commit);
}

describe("an authenticator code", () => {
  it("used by many requests at once signs in once, and never again", async () => {
    const { handle, person } = await newPerson();
    const secret = newTotpSecret();
    await handle.transaction((tx) => tx.insertCredential(person.id, {
      type: "totp", sealedSecret: keys.seal("totp", secret, totpBinding(person.id)), lastStep: 0, at: NOW,
    }));
    const code = await generate({ secret, epoch: NOW.getTime() / 1000 });
    const owned = await handle.listCredentials(person.id);
    const ctx = context({ db: handle, keys, passwords });
    const attempts = await Promise.all(Array.from({ length: 8 }, async () =>
      perform(handle, await totpLogin.submit(loginStep("second", person, owned), { totp_code: code }, ctx))));
    expect(attempts.filter(Boolean)).toHaveLength(1);

    const [stored] = await handle.listCredentials(person.id);
    expect(stored).toMatchObject({ type: "totp", lastStep: NOW.getTime() / 30_000 });
    const replay = await totpLogin.submit(loginStep("second", person, stored ? [stored] : []), { totp_code: code }, ctx);
    expect(replay).toMatchObject({ kind: "rejected", messages: [{ id: 4000008 }] });
    expect(replay).not.toHaveProperty("counts", false);
    const older = await generate({ secret, epoch: NOW.getTime() / 1000 - 30 });
    expect(await totpLogin.submit(loginStep("second", person, stored ? [stored] : []), { totp_code: older }, ctx)).toMatchObject({ kind: "rejected" });
  });

  it("does not sign in with a factor that was removed in between", async () => {
    const { handle, person } = await newPerson();
    const secret = newTotpSecret();
    await handle.transaction((tx) => tx.insertCredential(person.id, {
      type: "totp", sealedSecret: keys.seal("totp", secret, totpBinding(person.id)), lastStep: 0, at: NOW,
    }));
    const ctx = context({ db: handle, keys, passwords });
    const outcome = await totpLogin.submit(
      loginStep("second", person, await handle.listCredentials(person.id)),
      { totp_code: await generate({ secret, epoch: NOW.getTime() / 1000 }) }, ctx);
    await handle.transaction((tx) => tx.deleteCredentials(person.id, "totp"));
    expect(await perform(handle, outcome)).toBe(false);
  });
});

describe("a recovery code", () => {
  async function enrolled(storage: "hashed" | "revealable") {
    const { handle, person } = await newPerson();
    const base = context({ db: handle, keys, passwords });
    const ctx = { ...base, config: { ...base.config, lookup_secret: { enabled: true, storage } } };
    const shown = await lookupSettings.submit(settingsStep(person, []), { lookup_secret_regenerate: "true" }, ctx);
    if (shown.kind !== "shown") throw new Error("no codes");
    const internal = shown.prepared.internal ?? {};
    expect(await perform(handle, await lookupSettings.submit(settingsStep(person, [], internal), { lookup_secret_confirm: "true" }, ctx))).toBe(true);
    return { handle, person, ctx, codes: codesOf(shown) };
  }

  it.each(["hashed", "revealable"] as const)("of a %s set, used twice at the same moment, signs in once", async (storage) => {
    const { handle, person, ctx, codes } = await enrolled(storage);
    expect(codes).toHaveLength(12);
    const owned = await handle.listCredentials(person.id);
    const attempts = await Promise.all(Array.from({ length: 6 }, async () =>
      perform(handle, await lookupLogin.submit(loginStep("second", person, owned), { lookup_secret: codes[3]?.toLowerCase() ?? "" }, ctx))));
    expect(attempts.filter(Boolean)).toHaveLength(1);

    const later = { ...ctx, now: addMs(NOW, 60_000) };
    const after = loginStep("second", person, await handle.listCredentials(person.id));
    expect(await lookupLogin.submit(after, { lookup_secret: codes[3] ?? "" }, later)).toMatchObject({ kind: "rejected", messages: [{ id: 4000012 }] });
    expect(await lookupLogin.submit(after, { lookup_secret: "0000-0000-0000-0000" }, later)).toMatchObject({ kind: "rejected", messages: [{ id: 4000016 }] });
    expect(await lookupLogin.submit(after, { lookup_secret: " - " }, later)).toMatchObject({ messages: [{ id: 4000002 }], counts: false });
    expect(await lookupLogin.submit(after, { lookup_secret: codes[4] ?? "" }, later)).toMatchObject({ kind: "authenticated", notice: { recoveryCodesLeft: 10 } });
    expect(await lookupLogin.submit(loginStep("second", person, []), { lookup_secret: codes[4] ?? "" }, later)).toMatchObject({ messages: [{ id: 4000014 }] });
  });
});

function codesOf(shown: Extract<SettingsOutcome, { kind: "shown" }>): readonly string[] {
  const node = shown.prepared.nodes.find(({ attributes }) => attributes.node_type === "text" && attributes.id === "lookup_secret_codes");
  if (node?.attributes.node_type !== "text") return [];
  return (node.attributes.text.context?.["secrets"] as readonly { readonly text: string }[]).map((message) => message.text);
}

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedProject, testDatabase, type TestDatabase } from "../../db/testing";
import type { ProjectHandle } from "../../db/handles";
import { createIdentity } from "../../identities/create";
import type { Identity } from "../../model/identity";
import type { FlowInternal } from "../../model/flow";
import { publicKeyOf } from "../../../e2e/kit/authenticator";
import type { Authenticator, CreationOptions, RequestOptions } from "../../../e2e/kit/authenticator";
import { browser } from "../../webauthn/testing";
import { keysOf } from "../../webauthn/key-record";
import type { FactorContext, LoginOutcome, Prepared } from "../factor";
import { context, FACTS, loginStep, methods, settingsStep } from "../testing";
import { passkeyLogin } from "./login";
import { passkeySettings } from "./settings";
import { passkey } from ".";

let db: TestDatabase;
beforeAll(async () => { db = await testDatabase(); });
afterAll(() => db.close());

const config = methods({ passkey: { enabled: true, aal2OnUserVerification: true } });
const valueOf = ({ nodes }: Prepared, name: string): string =>
  nodes.map(({ attributes }) => (attributes.node_type === "input" && attributes.name === name ? String(attributes.value) : "")).join("");

async function owner(): Promise<{ readonly handle: ProjectHandle; readonly person: Identity; readonly ctx: FactorContext; readonly keys: Authenticator }> {
  const { handle } = await seedProject(db);
  const person = await handle.transaction((tx) => createIdentity(tx, { schemaId: "default", traits: { email: "ada@example.test" }, facts: FACTS, now: new Date("2026-07-01T09:00:00Z") }));
  const ctx = context({ db: handle, config });
  const keys = browser();
  const made = settingsStep(person, []);
  const form = { ...made, flow: { ...made.flow, id: crypto.randomUUID() as typeof made.flow.id } };
  const prepared = await passkeySettings.nodes(form, ctx);
  const step = { ...form, flow: { ...form.flow, internal: prepared.internal as FlowInternal } };
  await handle.transaction((tx) => tx.insertFlow({ ...step.flow, sessionId: null as never }));
  const outcome = await passkeySettings.submit(step, { passkey_settings_register: keys.register(publicKeyOf<CreationOptions>(valueOf(prepared, "passkey_create_data"))) }, ctx);
  if (outcome.kind !== "changed") throw new Error(outcome.kind);
  expect(await handle.transaction(outcome.commit)).toBe(true);
  expect(await handle.transaction(outcome.commit), "one ceremony, one key").toBe(false);
  return { handle, person, ctx, keys };
}

async function signIn({ handle, ctx }: Awaited<ReturnType<typeof owner>>, keys: Authenticator, counter?: number): Promise<LoginOutcome> {
  const open = loginStep("first", null);
  const prepared = await passkeyLogin.nodes(open, ctx);
  const id = crypto.randomUUID() as typeof open.flow.id;
  const step = { ...open, flow: { ...open.flow, id, internal: prepared.internal as FlowInternal } };
  await handle.transaction((tx) => tx.insertFlow(step.flow));
  const text = keys.authenticate(publicKeyOf<RequestOptions>(valueOf(prepared, "passkey_challenge")), counter === undefined ? {} : { counter });
  const outcome = await passkeyLogin.submit(step, { passkey_login: text }, ctx);
  if (outcome.kind === "authenticated") expect(await handle.transaction((tx) => outcome.commit?.(tx) ?? Promise.resolve(false))).toBe(true);
  return outcome;
}

describe("two devices with one key (W33)", () => {
  it("the second one is refused, the key is marked for its owner, and signs nobody in until it is removed", async () => {
    const house = await owner();
    const copy = house.keys.clone();
    expect(await signIn(house, copy)).toMatchObject({ kind: "authenticated" });
    expect(await signIn(house, copy)).toMatchObject({ kind: "authenticated" });
    const seen = await signIn(house, house.keys);
    expect(seen).toMatchObject({ kind: "rejected", messages: [{ id: 4000043 }], alarm: { identityId: house.person.id, action: "factor.cloned", label: "Passkey" } });
    if (seen.kind !== "rejected" || seen.alarm === undefined) throw new Error("no alarm");
    expect(await house.handle.transaction(seen.alarm.commit)).toBe(true);

    const owned = await house.handle.listCredentials(house.person.id);
    expect(keysOf(owned)[0]?.key).toMatchObject({ clonedAt: house.ctx.now.toISOString(), signCount: 2, version: 4 });
    expect(await signIn(house, copy), "the copy is stopped too").toMatchObject({ kind: "rejected", messages: [{ id: 4000043 }] });
    expect(passkey.count(owned, config), "stopped is not removed").toEqual({ first: 1, second: 0 });
    const { nodes } = await passkeySettings.nodes(settingsStep(house.person, owned), house.ctx);
    expect(nodes.find(({ meta }) => meta.label?.id === 1050020)?.meta.label?.context).toMatchObject({ cloned: true });
  });

  it("of two writes from one counter the database lets one pass", async () => {
    const house = await owner();
    const [credential] = await house.handle.listCredentials(house.person.id);
    if (credential === undefined) throw new Error("no key");
    const writes = await Promise.all([1, 2].map(() => house.handle.transaction((tx) => tx.replaceDocument(credential.id, 1, { version: 2 }, house.ctx.now))));
    expect([...writes].sort()).toEqual([false, true]);
  });
});

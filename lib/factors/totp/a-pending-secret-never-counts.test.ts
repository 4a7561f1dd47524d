import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedProject, testDatabase, type TestDatabase } from "../../db/testing";
import { createIdentity } from "../../identities/create";
import type { JsonObject } from "../../model/identity";
import type { Node } from "../../model/node";
import { countAll } from "../registry";
import { context, FACTS, loginStep, NOW, settingsStep, totpCredential } from "../testing";
import { totpLogin } from "./login";
import { totpSettings } from "./settings";

let db: TestDatabase;
beforeAll(async () => { db = await testDatabase(); });
afterAll(() => db.close());

async function newPerson() {
  const { handle } = await seedProject(db);
  const person = await handle.transaction((tx) => createIdentity(tx, { schemaId: "default", traits: { email: "ada@example.test" }, facts: FACTS, now: NOW }));
  return { handle, person, ctx: context({ db: handle }) };
}

const names = (nodes: readonly Node[]) => nodes.map(({ attributes }) => ("name" in attributes ? attributes.name : attributes.id));
function secretOf(nodes: readonly Node[]): string {
  const node = nodes.find(({ attributes }) => "id" in attributes && attributes.id === "totp_secret_key");
  return node?.attributes.node_type === "text" ? node.attributes.text.text : "";
}
const codeFor = (secret: string, offset = 0) => generate({ secret, epoch: NOW.getTime() / 1000 + offset });

describe("setting up an authenticator app", () => {
  it("proposes what the contract names, and counts for nothing until it is proved", async () => {
    const { handle, person, ctx } = await newPerson();
    const { nodes, internal } = await totpSettings.nodes(settingsStep(person, []), ctx);
    expect(names(nodes)).toEqual(["totp_qr", "totp_secret_key", "totp_code", "method"]);
    expect(nodes.map((node) => node.meta.label?.id)).toEqual([1050005, 1050017, 1070006, 1070003]);
    expect(JSON.stringify(internal)).not.toContain(secretOf(nodes));
    expect(countAll(await handle.listCredentials(person.id), ctx.config).some((count) => count.second > 0)).toBe(false);
  });

  it("shows the same secret after a reload and after a wrong code", async () => {
    const { person, ctx } = await newPerson();
    const first = await totpSettings.nodes(settingsStep(person, []), ctx);
    const step = settingsStep(person, [], first.internal ?? {});
    expect((await totpSettings.nodes(step, ctx)).nodes).toEqual(first.nodes);
    const wrong = (Number(await codeFor(secretOf(first.nodes))) + 1) % 1_000_000;
    const rejected = await totpSettings.submit(step, { totp_code: String(wrong).padStart(6, "0") }, ctx);
    expect(rejected).toMatchObject({ kind: "rejected", field: "totp_code", messages: [{ id: 4000008 }] });
    expect(secretOf((await totpSettings.nodes(step, ctx)).nodes)).toBe(secretOf(first.nodes));
    expect(secretOf((await totpSettings.nodes(settingsStep(person, []), ctx)).nodes)).not.toBe(secretOf(first.nodes));
  });

  it("burns the code that proved it: the same code does not sign in", async () => {
    const { handle, person, ctx } = await newPerson();
    const prepared = await totpSettings.nodes(settingsStep(person, []), ctx);
    const secret = secretOf(prepared.nodes);
    const step = settingsStep(person, [], prepared.internal ?? {});
    const code = await codeFor(secret, 30);
    const outcome = await totpSettings.submit(step, { method: "totp", totp_code: ` ${code.slice(0, 3)} ${code.slice(3)} ` }, ctx);
    if (outcome.kind !== "changed") throw new Error(outcome.kind);
    expect(outcome).toMatchObject({ action: "factor.added", revokesOthers: false, completed: { method: "totp", aal: "aal2", completedAt: NOW } });
    expect(await handle.transaction(outcome.commit)).toBe(true);
    expect(await handle.transaction(outcome.commit), "a second enrolment finds one already").toBe(false);

    const owned = await handle.listCredentials(person.id);
    expect(owned).toMatchObject([{ type: "totp", lastStep: NOW.getTime() / 30_000 + 1, enrolledAal: "aal1" }]);
    expect(await totpLogin.submit(loginStep("second", person, owned), { totp_code: code }, ctx)).toMatchObject({ kind: "rejected" });
    expect(await totpLogin.submit(loginStep("second", person, owned), { totp_code: await codeFor(secret) }, ctx)).toMatchObject({ kind: "rejected" });
    expect(names((await totpSettings.nodes(settingsStep(person, owned), ctx)).nodes)).toEqual(["totp_unlink"]);
  });

  it("says what is missing without calling it a guess", async () => {
    const { person, ctx } = await newPerson();
    const { internal } = await totpSettings.nodes(settingsStep(person, []), ctx);
    const step = settingsStep(person, [], internal ?? {});
    for (const [payload, id] of [[{}, 4000002], [{ totp_code: "" }, 4000002], [{ totp_code: "123" }, 4000003], [{ totp_code: "abcdef" }, 4000004]] as const) {
      expect(await totpSettings.submit(step, payload, ctx)).toMatchObject({ kind: "rejected", field: "totp_code", counts: false, messages: [{ id }] });
    }
  });
});

describe("removing an authenticator app", () => {
  it.each<[string, JsonObject]>([
    ["nothing", {}], ["false", { totp_unlink: false }], ["the text false", { totp_unlink: "false" }], ["an empty text", { totp_unlink: "" }],
    ["one", { totp_unlink: 1 }], ["on", { totp_unlink: "on" }], ["a list", { totp_unlink: [true] }], ["only a code", { totp_code: "123456" }],
  ])("is not done by %s", async (_name, payload) => {
    const { person, ctx } = await newPerson();
    const outcome = await totpSettings.submit(settingsStep(person, [totpCredential({ identityId: person.id })]), { method: "totp", ...payload }, ctx);
    expect(outcome).toMatchObject({ kind: "rejected", counts: false });
  });

  it.each<[string, JsonObject]>([["true", { totp_unlink: true }], ["the text true", { totp_unlink: "true" }]])("is done by %s", async (_name, payload) => {
    const { handle, person, ctx } = await newPerson();
    await handle.transaction((tx) => tx.insertCredential(person.id, { type: "totp", sealedSecret: "x", lastStep: 0, at: NOW }));
    const outcome = await totpSettings.submit(settingsStep(person, await handle.listCredentials(person.id)), payload, ctx);
    if (outcome.kind !== "changed") throw new Error(outcome.kind);
    expect(outcome).toMatchObject({ action: "factor.removed", revokesOthers: true, completed: null });
    expect(await handle.transaction(outcome.commit)).toBe(true);
    expect(await handle.listCredentials(person.id)).toEqual([]);
    expect(await totpSettings.submit(settingsStep(person, []), payload, ctx)).toMatchObject({ kind: "rejected" });
  });
});

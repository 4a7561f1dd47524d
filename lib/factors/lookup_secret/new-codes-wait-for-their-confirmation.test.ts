import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPasswordHasher } from "../../crypto/password";
import { seedProject, testDatabase, type TestDatabase } from "../../db/testing";
import { createIdentity } from "../../identities/create";
import type { FlowInternal } from "../../model/flow";
import type { JsonObject } from "../../model/identity";
import type { Node } from "../../model/node";
import type { FactorContext, SettingsOutcome } from "../factor";
import { context, FACTS, loginStep, methods, NOW, settingsStep } from "../testing";
import { lookupLogin } from "./login";
import { lookupSettings } from "./settings";

let db: TestDatabase;
beforeAll(async () => { db = await testDatabase(); });
afterAll(() => db.close());

const passwords = createPasswordHasher({ profile: "floor", blocklist: { isListed: () => false } });
const names = (nodes: readonly Node[]) => nodes.map(({ attributes }) => ("name" in attributes ? attributes.name : attributes.id));
const labels = (nodes: readonly Node[]) => nodes.map((node) => node.meta.label?.id);

async function newPerson(storage: "hashed" | "revealable" = "hashed") {
  const { handle } = await seedProject(db);
  const person = await handle.transaction((tx) => createIdentity(tx, { schemaId: "default", traits: { email: "ada@example.test" }, facts: FACTS, now: NOW }));
  const ctx = context({ db: handle, passwords, config: methods({ lookup_secret: { storage } }) });
  const submit = async (payload: JsonObject, internal: FlowInternal = {}): Promise<SettingsOutcome> =>
    lookupSettings.submit(settingsStep(person, await handle.listCredentials(person.id), internal), payload, ctx);
  const nodes = async (internal: FlowInternal = {}, c: FactorContext = ctx) =>
    (await lookupSettings.nodes(settingsStep(person, await handle.listCredentials(person.id), internal), c)).nodes;
  const signsIn = async (code: string | undefined) =>
    (await lookupLogin.submit(loginStep("second", person, await handle.listCredentials(person.id)), { lookup_secret: code ?? "" }, ctx)).kind === "authenticated";
  const regenerate = async () => {
    const shown = await submit({ lookup_secret_regenerate: true });
    if (shown.kind !== "shown") throw new Error(shown.kind);
    return { nodes: shown.prepared.nodes, codes: codesOf(shown.prepared.nodes), internal: shown.prepared.internal ?? {} };
  };
  const confirm = async (internal: FlowInternal, extra: JsonObject = {}) => {
    const outcome = await submit({ lookup_secret_confirm: "true", ...extra }, internal);
    if (outcome.kind !== "changed") throw new Error(JSON.stringify(outcome));
    expect(await handle.transaction(outcome.commit)).toBe(true);
    return outcome;
  };
  return { handle, person, ctx, submit, nodes, signsIn, regenerate, confirm };
}

function codesOf(nodes: readonly Node[]): readonly string[] {
  const found = nodes.map((node) => node.attributes).find((attributes) => attributes.node_type === "text" && attributes.id === "lookup_secret_codes");
  return found?.node_type === "text" ? (found.text.context?.["secrets"] as readonly { readonly text: string }[]).map((message) => message.text) : [];
}

describe("new recovery codes", () => {
  it("are shown, stored nowhere, and leave the old set valid until they are confirmed", async () => {
    const person = await newPerson();
    expect([names(await person.nodes()), labels(await person.nodes())]).toEqual([["lookup_secret_regenerate"], [1050008]]);
    const first = await person.regenerate();
    expect(names(first.nodes)).toEqual(["lookup_secret_codes", "lookup_secret_confirm_code", "lookup_secret_confirm"]);
    expect(labels(first.nodes)).toEqual([1050010, 8050002, 1050011]);
    expect(await person.handle.listCredentials(person.person.id)).toEqual([]);
    expect(await person.confirm(first.internal)).toMatchObject({
      action: "factor.added", completed: { method: "lookup_secret", aal: "aal2" }, revokesOthers: false, forget: ["lookup_secret"],
    });

    const second = await person.regenerate();
    expect(await person.signsIn(first.codes[0])).toBe(true);
    expect(await person.signsIn(second.codes[0])).toBe(false);
    expect(await person.confirm(second.internal)).toMatchObject({ action: "factor.replaced" });
    expect(await person.signsIn(first.codes[0])).toBe(false);
    expect(await person.signsIn(second.codes[0])).toBe(true);
  });

  it("stay on the screen after a reload", async () => {
    const person = await newPerson();
    const { nodes, internal } = await person.regenerate();
    expect(await person.nodes(internal)).toEqual(nodes);
  });

  it("are confirmed by the one that was asked for, or by the bare button of other clients", async () => {
    const person = await newPerson();
    const { codes, internal, nodes } = await person.regenerate();
    const asked = internal.lookup_secret?.confirmPosition ?? -1;
    expect(nodes[1]?.meta.label?.context).toEqual({ position: asked + 1 });
    const wrong = await person.submit({ lookup_secret_confirm: "true", lookup_secret_confirm_code: codes[(asked + 1) % 12] ?? "" }, internal);
    expect(wrong).toMatchObject({ kind: "rejected", field: "lookup_secret_confirm_code", messages: [{ id: 4000016 }] });
    expect(await person.handle.listCredentials(person.person.id)).toEqual([]);
    await person.confirm(internal, { lookup_secret_confirm_code: codes[asked]?.toLowerCase().replaceAll("-", " ") ?? "" });
    expect(await person.signsIn(codes[5])).toBe(true);
    const again = await person.regenerate();
    await person.confirm(again.internal, { lookup_secret_confirm_code: "" });
    expect(await person.signsIn(again.codes[5])).toBe(true);
  });

  it("cannot be confirmed when none were made", async () => {
    const person = await newPerson();
    expect(await person.submit({ lookup_secret_confirm: true })).toMatchObject({ kind: "rejected", messages: [{ id: 4000001 }] });
    expect(await person.submit({ lookup_secret_disable: true })).toMatchObject({ kind: "rejected", messages: [{ id: 4000014 }] });
    expect(await person.submit({ lookup_secret_regenerate: false })).toMatchObject({ kind: "rejected", messages: [{ id: 4010004 }] });
  });
});

describe("hashed codes", () => {
  it("are in clear nowhere in the database, sealed or not, and are never shown again", async () => {
    const person = await newPerson();
    const { codes, internal } = await person.regenerate();
    expect(codes.filter((code) => JSON.stringify(internal).includes(code))).toEqual([]);
    await person.confirm(internal);
    const dump = JSON.stringify([
      await db.connection.reads.prisma.lookupCode.findMany(), await db.connection.reads.prisma.credential.findMany({ select: { config: true } }),
    ]).toUpperCase();
    const forms = codes.flatMap((code) => [code, code.replaceAll("-", ""), Buffer.from(code).toString("base64").toUpperCase(), Buffer.from(code).toString("hex").toUpperCase()]);
    expect(forms.filter((form) => dump.includes(form))).toEqual([]);
    expect(dump).not.toContain("V1.");
    expect(names(await person.nodes())).toEqual(["lookup_secret_left", "lookup_secret_regenerate", "lookup_secret_disable"]);
    expect(await person.submit({ lookup_secret_reveal: true })).toMatchObject({ kind: "rejected", messages: [{ id: 4000001 }] });
  });

  it("tell how many are left and when the others were used", async () => {
    const person = await newPerson();
    const { codes, internal } = await person.regenerate();
    await person.confirm(internal);
    const outcome = await lookupLogin.submit(
      loginStep("second", person.person, await person.handle.listCredentials(person.person.id)), { lookup_secret: codes[0] ?? "" }, person.ctx);
    if (outcome.kind !== "authenticated" || outcome.commit === null) throw new Error(outcome.kind);
    await person.handle.transaction(outcome.commit);
    const [left] = await person.nodes();
    expect(left?.attributes).toMatchObject({
      id: "lookup_secret_left",
      text: { id: 8050001, type: "info", context: { left: 11, total: 12, used: [{ id: 1050014, context: { used_at_unix: NOW.getTime() / 1000 } }] } },
    });
  });

  it("are switched off in one step, which ends other sessions", async () => {
    const person = await newPerson();
    await person.confirm((await person.regenerate()).internal);
    const outcome = await person.submit({ lookup_secret_disable: "true" });
    if (outcome.kind !== "changed") throw new Error(outcome.kind);
    expect(outcome).toMatchObject({ action: "factor.removed", revokesOthers: true });
    expect(await person.handle.transaction(outcome.commit)).toBe(true);
    expect(names(await person.nodes())).toEqual(["lookup_secret_regenerate"]);
  });
});

describe("revealable codes", () => {
  it("are shown again on request, the used ones by their day, and each showing is audited", async () => {
    const person = await newPerson("revealable");
    const { codes, internal } = await person.regenerate();
    await person.confirm(internal);
    expect([names(await person.nodes()), labels(await person.nodes())]).toEqual([["lookup_secret_reveal", "lookup_secret_disable"], [1050007, 1050016]]);
    const owned = await person.handle.listCredentials(person.person.id);
    const used = await lookupLogin.submit(loginStep("second", person.person, owned), { lookup_secret: codes[0] ?? "" }, person.ctx);
    if (used.kind !== "authenticated" || used.commit === null) throw new Error(used.kind);
    await person.handle.transaction(used.commit);
    const shown = await person.submit({ lookup_secret_reveal: true });
    if (shown.kind !== "shown") throw new Error(shown.kind);
    expect(shown.action).toBe("recovery_codes.revealed");
    expect(names(shown.prepared.nodes)).toEqual(["lookup_secret_codes", "lookup_secret_disable", "lookup_secret_regenerate"]);
    expect(codesOf(shown.prepared.nodes).slice(1)).toEqual(codes.slice(1));
    expect(codesOf(shown.prepared.nodes)[0]).not.toBe(codes[0]);
  });

  it("are hidden as soon as the project says hashed", async () => {
    const person = await newPerson("revealable");
    const { codes, internal } = await person.regenerate();
    await person.confirm(internal);
    const strict = { ...person.ctx, config: methods() };
    expect(names(await person.nodes({}, strict))).toEqual(["lookup_secret_left", "lookup_secret_regenerate", "lookup_secret_disable"]);
    expect(await lookupSettings.submit(
      settingsStep(person.person, await person.handle.listCredentials(person.person.id)), { lookup_secret_reveal: true }, strict)).toMatchObject({ kind: "rejected" });
    expect(await person.signsIn(codes[2])).toBe(true);
  });
});

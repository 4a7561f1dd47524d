import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLetter } from "../courier/outbox";
import { renderMail } from "../courier/templates";
import type { JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { DAY_MS } from "../model/time";
import { tellOwner } from "../flows/notices";
import { openRevert, sealRevert } from "../flows/revert-link";
import { reconfigure } from "../platform/testing";
import { addressBackView } from "./address-back";
import { csrfTokenFor } from "./csrf";
import { openExchange } from "./exchange";
import type { Exchange } from "./exchange";
import { sealHeaders } from "./private-headers";
import { BASE, csrfOf, text } from "./testing";
import type { Json, TestClient } from "./testing";
import { loginFlow, levelOf, operated, PASSWORD, signIn, submitLogin } from "./testing/people";
import type { Operated } from "./testing/people";

const DOOR = "/self-service/address-back";
let ops: Operated;
let people = 0;
beforeAll(async () => {
  ops = await operated();
});
afterAll(() => ops.edge.close());

interface Somebody { readonly id: string; readonly email: string; readonly browser: TestClient }
const idOf = ({ id }: Pick<Somebody, "id">): IdentityId => id as IdentityId;

const PASSWORDS = { credentials: { password: { config: { password: PASSWORD } } } };
/** Somebody whose address was verified with their account, longer ago than a link lives. */
async function somebody(more: JsonObject = {}, verified = true): Promise<Somebody> {
  const email = `back-${String(people += 1)}@ops.test`;
  const made = await ops.send("POST", "/admin/identities", {
    schema_id: "", traits: { email },
    verifiable_addresses: [{ value: email, via: "email", verified, status: verified ? "completed" : "pending" }], ...more,
  });
  if (made.status !== 201) throw new Error(JSON.stringify(made.body));
  ops.edge.pass(7 * DAY_MS + 1_000);
  return { id: text(made.body["id"]), email, browser: ops.edge.client() };
}
async function signedIn(): Promise<Somebody> {
  const who = await somebody(PASSWORDS);
  await signIn(who.browser, who.email);
  return who;
}
const byAdmin = async ({ id }: Somebody, email: string): Promise<void> => {
  const answer = await ops.send("PATCH", `/admin/identities/${id}`, [{ op: "replace", path: "/traits/email", value: email }]);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
};
const save = async ({ browser }: Somebody, email: string): Promise<{ readonly status: number; readonly body: Json }> => {
  const flow = (await browser.json("GET", "/self-service/settings/browser")).body;
  return browser.json("POST", `/self-service/settings?flow=${text(flow["id"])}`, { method: "profile", traits: { email }, csrf_token: csrfOf(flow) });
};
const letters = async (who: Pick<Somebody, "id">, template: string) =>
  (await ops.handle.listMessages({ limit: 50, identityId: idOf(who) })).filter((one) => one.template === template).map((one) => openLetter(ops.edge.services.keys, one));
/** The secret in the newest letter about a changed address to this mailbox; null: that letter has no link back. */
async function linkTo(who: Pick<Somebody, "id">, mailbox: string): Promise<string | null> {
  const letter = (await letters(who, "address_changed")).find(({ to }) => to === mailbox);
  if (letter === undefined) throw new Error(`no letter to ${mailbox}`);
  const { revert } = letter.data;
  return typeof revert === "string" ? revert : null;
}
async function changed(more: JsonObject = {}): Promise<Somebody & { readonly link: string }> {
  return changedOf(await somebody(more));
}
async function changedOf(who: Somebody): Promise<Somebody & { readonly link: string }> {
  await byAdmin(who, `new-${who.email}`);
  return { ...who, link: await linkTo(who, who.email) ?? "" };
}

const exchangeOf = (token: string): Promise<Exchange> =>
  openExchange({ headers: new Headers({ host: "localhost:4000" }), target: `/address-back?token=${encodeURIComponent(token)}` }, ops.edge.services);
const shown = async (token: string, pressed = false): Promise<string> => (await addressBackView(await exchangeOf(token), token, pressed)).state;

/** Presses the button of the page, as a browser that nobody is signed in with. */
async function press(token: string, browser = ops.edge.client(), form: Readonly<Record<string, string>> = {}, headers: Readonly<Record<string, string>> = { origin: BASE }): Promise<Response> {
  await browser.json("GET", "/self-service/login/browser");
  const { project } = await exchangeOf("");
  const secret = browser.cookies.get(project.config.csrfCookieName) ?? "";
  const body = new URLSearchParams({ csrf_token: csrfTokenFor(ops.edge.services.keys, secret, null), token, ...form });
  return browser.send("POST", DOOR, { headers: { accept: "text/html", ...headers }, body });
}
/** The state that the page shows after a press. */
async function pressed(token: string): Promise<string> {
  const answer = await press(token);
  const { pathname, searchParams } = new URL(answer.headers.get("location") ?? "none:");
  if (answer.status !== 303 || pathname !== "/address-back") throw new Error(`${String(answer.status)} ${answer.headers.get("location") ?? ""}`);
  return shown(searchParams.get("token") ?? "", searchParams.get("done") === "1");
}
const account = async (who: Pick<Somebody, "id">) => (await ops.handle.findAccount(idOf(who))) ?? null;
const emailOf = async (who: Pick<Somebody, "id">): Promise<unknown> => (await account(who))?.identity.traits["email"];

describe("taking a change back", () => {
  test("that an admin made: the address, its proof, the names that sign in; sessions end, and recovery begins at the old mailbox", async () => {
    const who = await changedOf(await signedIn());
    expect([await levelOf(who.browser), await shown(who.link)]).toEqual(["aal1", "open"]);
    expect(await emailOf(who), "looking changes nothing").toBe(`new-${who.email}`);
    expect(await pressed(who.link)).toBe("done");
    const now = await account(who);
    expect(now?.identity).toMatchObject({ traits: { email: who.email }, verifiableAddresses: [{ value: who.email, verified: true, status: "completed" }], recoveryAddresses: [{ value: who.email }] });
    expect(await levelOf(who.browser)).toBeNull();
    expect([await signIn(ops.edge.client(), `new-${who.email}`), await signIn(ops.edge.client(), who.email)]).toEqual([400, 200]);

    ops.edge.pass(61_000);
    const owner = ops.edge.client();
    const flow = (await owner.json("GET", "/self-service/recovery/browser")).body;
    await owner.json("POST", `/self-service/recovery?flow=${text(flow["id"])}`, { method: "code", csrf_token: csrfOf(flow), email: who.email });
    const [code, ...others] = await letters(who, "recovery_code");
    expect([code?.to, others.length]).toEqual([who.email, 0]);
    const again = (await owner.json("GET", `/self-service/recovery/flows?id=${text(flow["id"])}`)).body;
    await owner.json("POST", `/self-service/recovery?flow=${text(flow["id"])}`, { method: "code", csrf_token: csrfOf(again), code: text(code?.data["code"]) });
    expect((await owner.json("GET", "/sessions/whoami")).body).toMatchObject({ identity: { id: who.id }, authentication_methods: [{ method: "code_recovery" }] });
  });

  test("is written down without the address or the link, and told at both addresses, with no link that takes it back again", async () => {
    const who = await changedOf(await signedIn());
    await pressed(who.link);
    const [entry] = await ops.handle.listAudit({ limit: 1, action: "identity.address_reverted" });
    expect(entry).toMatchObject({ identityId: who.id, result: "ok", actor: { kind: "anonymous", label: "b***@ops.test" }, details: { traits: ["email"], sessionsEnded: 1 } });
    expect(JSON.stringify(entry)).not.toContain(who.email);
    expect(JSON.stringify(entry)).not.toContain(who.link.slice(0, 24));
    const told = await letters(who, "address_reverted");
    expect(told.map(({ to }) => to).sort()).toEqual([who.email, `new-${who.email}`].sort());
    expect(JSON.stringify(told.map(({ data }) => data))).not.toContain("revert");
  });

  test("is never taken back itself, whatever address it takes out", async () => {
    const who = await somebody();
    const { project, device, now } = await exchangeOf("");
    const identity = (await account(who))?.identity;
    if (identity === undefined) throw new Error("nobody");
    const after = { ...identity, verifiableAddresses: [], recoveryAddresses: [] };
    for (const template of ["address_reverted", "address_changed"] as const) {
      await ops.handle.transaction((tx) => tellOwner(tx, { template, identity, after, dedupe: template }, { project, device, now, locale: "en" }, ops.edge.services));
    }
    expect((await letters(who, "address_reverted")).map(({ data }) => data["revert"])).toEqual([undefined]);
    expect(await linkTo(who, who.email)).not.toBeNull();
  });

  test("that somebody made in their settings, from a form that is not theirs to change any more", async () => {
    const who = await signedIn();
    expect((await save(who, `thief-${who.email}`)).status).toBe(200);
    const link = await linkTo(who, who.email) ?? "";
    expect(await linkTo(who, `thief-${who.email}`)).toBeNull();
    const flow = (await who.browser.json("GET", "/self-service/settings/browser")).body;
    expect(await pressed(link)).toBe("done");
    const late = await who.browser.json("POST", `/self-service/settings?flow=${text(flow["id"])}`, { method: "profile", traits: { email: `again-${who.email}` }, csrf_token: csrfOf(flow) });
    expect([late.status, await emailOf(who)]).toEqual([403, who.email]);
  });

  test("signs nobody in, and a code that was on its way to the other address opens nothing", async () => {
    const who = await changed();
    ops.edge.pass(61_000);
    const thief = ops.edge.client();
    const flow = (await thief.json("GET", "/self-service/recovery/browser")).body;
    const url = `/self-service/recovery?flow=${text(flow["id"])}`;
    const sent = await thief.json("POST", url, { method: "code", csrf_token: csrfOf(flow), email: `new-${who.email}` });
    const [code] = await letters(who, "recovery_code");
    const browser = ops.edge.client();
    await press(who.link, browser);
    expect(await levelOf(browser)).toBeNull();
    const answer = await thief.json("POST", url, { method: "code", csrf_token: csrfOf(sent.body), code: text(code?.data["code"]) });
    expect(code?.data["code"]).toMatch(/^\d{6}$/);
    expect([answer.status === 422, await levelOf(thief)]).toEqual([false, null]);
  });

  test("of two presses at once one does it, the other reads that it is done; both at once with a change leave no half of either", async () => {
    const who = await changed();
    expect((await Promise.all([pressed(who.link), pressed(who.link)])).sort()).toEqual(["back", "done"]);
    expect((await letters(who, "address_reverted")).length).toBe(2);

    const raced = await signedIn();
    expect((await save(raced, `new-${raced.email}`)).status).toBe(200);
    const link = await linkTo(raced, raced.email) ?? "";
    const flow = (await raced.browser.json("GET", "/self-service/settings/browser")).body;
    const [outcome] = await Promise.all([
      pressed(link),
      raced.browser.json("POST", `/self-service/settings?flow=${text(flow["id"])}`, { method: "profile", traits: { email: `other-${raced.email}` }, csrf_token: csrfOf(flow) }),
    ]);
    const now = await account(raced);
    expect([outcome, now?.identity.traits["email"], now?.identity.verifiableAddresses.map(({ value }) => value)]).toEqual(["done", raced.email, [raced.email]]);
    const named = ["", "new-", "other-"].map((before) => ops.handle.findAccountByIdentifier("password", `${before}${raced.email}`));
    expect((await Promise.all(named)).map((one) => one?.identity.id)).toEqual([raced.id, undefined, undefined]);
    expect(await levelOf(raced.browser)).toBeNull();
  });

  test("again and again while it lasts: whoever knows the password and changes it once more gains nothing", async () => {
    const who = await changed();
    for (let round = 1; round <= 2; round += 1) {
      expect(await pressed(who.link)).toBe("done");
      ops.edge.pass(1_000);
      await byAdmin(who, `thief-${String(round)}-${who.email}`);
      // It came back by a link, so it is as senior as before.
      expect(await linkTo(who, who.email)).not.toBeNull();
    }
  });
});

describe("a link does nothing, and says so,", () => {
  test("when the address is theirs again, or when somebody else has it", async () => {
    const home = await changed();
    await byAdmin(home, home.email);
    expect([await shown(home.link), await pressed(home.link)]).toEqual(["back", "back"]);
    const lost = await changed();
    await ops.send("POST", "/admin/identities", { schema_id: "", traits: { email: lost.email } });
    expect([await shown(lost.link), await pressed(lost.link), await emailOf(lost)]).toEqual(["taken", "taken", `new-${lost.email}`]);
  });

  test("when the person is gone, or switched off: they stay off", async () => {
    const off = await changed();
    await ops.send("PATCH", `/admin/identities/${off.id}`, [{ op: "replace", path: "/state", value: "inactive" }]);
    expect([await shown(off.link), await pressed(off.link)]).toEqual(["gone", "gone"]);
    expect((await account(off))?.identity).toMatchObject({ state: "inactive", traits: { email: `new-${off.email}` } });
    await ops.send("DELETE", `/admin/identities/${off.id}`);
    expect([await shown(off.link), await pressed(off.link)]).toEqual(["gone", "gone"]);
  });

  test("when it is mangled, empty, of nowhere, or of another project", async () => {
    const who = await changed();
    const { project, services: { keys } } = await exchangeOf("");
    const grant = openRevert(keys, project, who.link);
    if (grant === null) throw new Error("the link is none");
    const foreign = sealRevert(keys, { ...project, row: { ...project.row, id: who.id as typeof project.row.id } }, grant);
    for (const broken of [foreign, "", "v1", `${who.link}A`, who.link.slice(0, -1), "x".repeat(10_000)]) {
      expect([await shown(broken), await pressed(broken)]).toEqual(["invalid", "invalid"]);
    }
    expect(await emailOf(who)).toBe(`new-${who.email}`);
  });

  test("to a form that is not ours: without a token of this browser, or from elsewhere", async () => {
    const who = await changed();
    const refused = [
      await press(who.link, ops.edge.client(), { csrf_token: "x" }), await press(who.link, ops.edge.client(), {}, { origin: "https://evil.test", "sec-fetch-site": "cross-site" }),
      await press(who.link, ops.edge.client(), {}, {}),
    ];
    expect(refused.map((answer) => new URL(answer.headers.get("location") ?? "none:").pathname)).toEqual(["/error", "/error", "/error"]);
    expect((await ops.edge.client().send("GET", `${DOOR}?token=${who.link}`)).status).toBe(405);
    expect(await emailOf(who)).toBe(`new-${who.email}`);
  });

  test("for a source that tries too often, and goes on for others", async () => {
    const who = await changed();
    const raw = { host: "localhost:4000" };
    sealHeaders(raw, { address: null, clientIp: "203.0.113.9", trusted: false }, { method: "POST", path: DOOR }, "http");
    const from = { ...raw, origin: BASE };
    let answer = await press("x", ops.edge.client(), {}, from);
    for (let n = 0; n < 30 && answer.status === 303 && new URL(answer.headers.get("location") ?? "none:").pathname === "/address-back"; n += 1) answer = await press("x", ops.edge.client(), {}, from);
    const late = await press(who.link, ops.edge.client(), {}, { ...from, accept: "application/json" });
    expect([late.status, await emailOf(who)]).toEqual([429, `new-${who.email}`]);
    expect(await pressed(who.link)).toBe("done");
  });

  test("after seven days, not a moment before", async () => {
    const who = await changed();
    ops.edge.pass(7 * DAY_MS - 1);
    expect(await shown(who.link)).toBe("open");
    ops.edge.pass(1);
    expect([await shown(who.link), await pressed(who.link), await emailOf(who)]).toEqual(["ended", "ended", `new-${who.email}`]);
  });
});

describe("no link goes", () => {
  test("to an address that nobody ever confirmed: a stranger's, mistyped", async () => {
    const who = await somebody({}, false);
    await byAdmin(who, `right-${who.email}`);
    expect(await linkTo(who, who.email)).toBeNull();
  });

  test("to a mailbox of somebody who made the account a moment ago and writes another's address into it", async () => {
    const email = `trap-${String(people += 1)}@ops.test`;
    const made = await ops.send("POST", "/admin/identities", { schema_id: "", traits: { email }, verifiable_addresses: [{ value: email, via: "email", verified: true, status: "completed" }] });
    const who = { id: text(made.body["id"]), email, browser: ops.edge.client() };
    ops.edge.pass(7 * DAY_MS - 1);
    await byAdmin(who, `victim-${email}`);
    expect(await linkTo(who, email)).toBeNull();
  });

  test("to an address that came after the account and left within a week: a thief's, thrown out again; later one does", async () => {
    const who = await changed();
    const thief = `new-${who.email}`;
    const row = (await account(who))?.identity.verifiableAddresses[0];
    if (row === undefined) throw new Error("no address");
    await ops.handle.transaction((tx) => tx.markVerified(idOf(who), row.id, thief, ops.edge.services.clock.now()));
    ops.edge.pass(7 * DAY_MS - 1);
    await byAdmin(who, who.email);
    expect(await linkTo(who, thief)).toBeNull();
    await ops.handle.transaction(async (tx) => tx.markVerified(idOf(who), (await tx.findIdentity(idOf(who)))?.verifiableAddresses[0]?.id ?? row.id, who.email, ops.edge.services.clock.now()));
    ops.edge.pass(7 * DAY_MS);
    await byAdmin(who, `later-${who.email}`);
    expect(await linkTo(who, who.email)).not.toBeNull();
  });
});

describe("the letter", () => {
  test("leads the old mailbox to the page and says how long, and is no way in for the new one", async () => {
    const who = await changed();
    const [old, fresh] = [who.email, `new-${who.email}`].map((to) => letters(who, "address_changed").then((all) => all.find((one) => one.to === to)));
    const { project } = await exchangeOf("");
    const mail = renderMail("address_changed", "en", (await old)?.data ?? {}, project.config);
    expect(mail.text).toContain(`${BASE}/address-back?token=${who.link}`);
    expect(mail.text).toContain("7 days");
    expect(mail.html).toContain(`href="${BASE}/address-back?token=${who.link}"`);
    expect(mail.text).not.toContain(fresh === undefined ? "" : `new-${who.email}`);
    expect(renderMail("address_changed", "en", (await fresh)?.data ?? {}, project.config).text).not.toContain("address-back");
  });
});

test("where the traits are a list the address joins it again, and what came in its stead leaves; no trait, no way back", async () => {
  const schema = (name: string) => ({ properties: { traits: { type: "object", properties: {
    email: { type: "string", format: "email", "ory.sh/kratos": { credentials: { password: { identifier: true } }, recovery: { via: "email" } } },
    [name]: { type: "array", items: { type: "string", format: "email", "ory.sh/kratos": { verification: { via: "email" }, recovery: { via: "email" } } } },
  } } } });
  const url = (name: string): string => `base64://${Buffer.from(JSON.stringify(schema(name))).toString("base64")}`;
  const schemas = (await exchangeOf("")).project.config.schemas.map(({ id }) => ({ id, url: "preset://email" }));
  await reconfigure(ops.edge.services, { identity: { schemas: [...schemas, { id: "list", url: url("others") }] } });
  const [name, kept, old, thief] = ["name", "kept", "old", "thief"].map((one) => `${one}-list@ops.test`);
  const made = await ops.send("POST", "/admin/identities", { schema_id: "list", traits: { email: name, others: [kept, old] }, verifiable_addresses: [{ value: old, via: "email", verified: true, status: "completed" }] });
  const who = { id: text(made.body["id"]) };
  ops.edge.pass(7 * DAY_MS + 1_000);
  await ops.send("PATCH", `/admin/identities/${who.id}`, [{ op: "replace", path: "/traits/others", value: [kept, thief] }]);
  const link = await linkTo(who, old ?? "") ?? "";
  expect([await shown(link), await pressed(link)]).toEqual(["open", "done"]);
  expect((await account(who))?.identity.traits["others"]).toEqual([kept, old]);
  ops.edge.pass(1_000);
  await ops.send("PATCH", `/admin/identities/${who.id}`, [{ op: "replace", path: "/traits/others", value: [kept] }]);
  await reconfigure(ops.edge.services, { identity: { schemas: [...schemas, { id: "list", url: url("renamed") }] } });
  expect([await shown(link), await pressed(link)]).toEqual(["no_place", "no_place"]);
});

test("a second factor stays what it was: the old mailbox recovers and is still asked for it", async () => {
  await reconfigure(ops.edge.services, { selfservice: { methods: { totp: { enabled: true } } } });
  const who = await changed({ credentials: { ...PASSWORDS.credentials, totp: { config: { totp_url: "otpauth://totp/Demo:ada?secret=JBSWY3DPEHPK3PXP" } } } });
  expect(await pressed(who.link)).toBe("done");
  expect((await account(who))?.credentials.map(({ type }) => type)).toContain("totp");
  const browser = ops.edge.client();
  const { body } = await submitLogin(browser, await loginFlow(browser), { method: "password", identifier: who.email, password: PASSWORD });
  expect(JSON.stringify(body)).toContain("aal2");
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IdentityId } from "../model/ids";
import type { FlowResult } from "./result";
import { addProject, bench, client, codesSentTo, enrolTotp, lettersTo, messageIds, register, signIn } from "./testing";
import type { Bench, Client } from "./testing";

/** ADR 0020: what a stranger bound to an address that nobody had proved is not there for its owner. */
let house: Bench;
let host: string;
let people = 0;
beforeAll(async () => {
  house = await bench();
  host = await addProject(house, "reclaim", { "selfservice.methods.code.passwordless_enabled": true });
});
afterAll(() => house.close());

async function planted(withApp = false): Promise<{ readonly email: string; readonly stranger: Client; readonly id: IdentityId }> {
  const email = `victim-${String(people += 1)}@example.test`;
  const stranger = client(house, "browser", host);
  await register(stranger, email);
  if (withApp) await enrolTotp(stranger, house);
  house.clock.forward(61);
  const id = (await stranger.request("/")).session?.identity.id;
  if (id === undefined) throw new Error("nobody");
  return { email, stranger, id };
}
async function byCode(kind: "login" | "recovery" | "verification", email: string): Promise<{ readonly who: Client; readonly result: FlowResult }> {
  const who = client(house, "browser", host);
  const name = kind === "login" ? { identifier: email } : { email };
  const { flow } = await who.submit(await who.start(kind), { method: "code", ...name });
  const typed = kind === "login" ? name : {};
  return { who, result: await who.submit(flow, { method: "code", ...typed, code: (await codesSentTo(house, email, host))[0] ?? "none" }) };
}
const handle = async () => (await client(house, "browser", host).request("/")).handle;
const typesOf = async (id: IdentityId) => (await (await handle()).listCredentials(id)).map(({ type }) => type).filter((type) => type !== "code");
const letters = async (email: string) => (await lettersTo(house, email, host)).filter(({ template }) => template === "factor_removed");

describe("an account nobody proved", () => {
  it.each(["login", "recovery"] as const)("is its mailbox's from the first code of a %s on", async (kind) => {
    const { email, stranger, id } = await planted();
    const { who, result } = await byCode(kind, email);
    expect(result).toMatchObject({ kind: "completed", issued: { session: { aal: "aal1" } } });
    expect(await typesOf(id)).toEqual([]);
    expect((await stranger.request("/")).session, "the stranger is out").toBeNull();
    expect(messageIds(await signIn(client(house, "browser", host), email))).toEqual([4000006]);
    expect(await letters(email)).toHaveLength(1);
    const [entry] = await (await handle()).listAudit({ limit: 5, action: "account.reclaimed", identityId: id });
    expect(entry?.details).toMatchObject({ removed: ["password"] });
    expect((await who.request("/")).session).toMatchObject({ identity: { id } });
    house.clock.forward(61);
    expect(await who.submit(await who.start("settings"), { method: "password", password: "my own words at last" })).toMatchObject({ kind: "completed" });
    house.clock.forward(61);
    await byCode("login", email);
    expect(await typesOf(id), "only once").toEqual(["password"]);
  });

  it("is only verified by a verification, in whatever browser; and what is proved keeps everything afterwards", async () => {
    const { email, stranger, id } = await planted();
    await byCode("verification", email);
    expect((await typesOf(id)).sort()).toEqual(["password"]);
    expect((await stranger.request("/")).session).not.toBeNull();
    house.clock.forward(61);
    await byCode("login", email);
    house.clock.forward(61);
    expect((await typesOf(id)).sort()).toEqual(["password"]);
    expect(await letters(email)).toEqual([]);
  });

  it.each(["login", "recovery"] as const)("keeps everything where somebody owns a second factor: the mailbox of a %s alone goes around none", async (kind) => {
    const { email, id } = await planted(true);
    await byCode(kind, email);
    expect((await typesOf(id)).sort()).toEqual(["password", "totp"]);
  });

  it("keeps its password where the code is a second proof of the session that gave it", async () => {
    const email = `honest-${String(people += 1)}@example.test`;
    const who = client(house, "browser", host);
    await register(who, email);
    house.clock.forward(61);
    const { flow } = await who.submit(await who.start("login", "?refresh=true"), { method: "code", identifier: email });
    await who.submit(flow, { method: "code", identifier: email, code: (await codesSentTo(house, email, host))[0] ?? "none" });
    const id = (await who.request("/")).session?.identity.id;
    expect(await typesOf(id as IdentityId)).toEqual(["password"]);
  });
});

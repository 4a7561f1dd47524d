import { describe, expect, it } from "vitest";
import type { AccountSnapshot, ProjectReads } from "../../db/handles";
import type { Credential } from "../../model/credential";
import type { Identity } from "../../model/identity";
import type { IdentityId } from "../../model/ids";
import { ADA, BOB, browser, enrolled } from "../../webauthn/testing";
import { requestIn } from "../passkey/testing";
import { context, identity, loginStep, methods, passwordCredential } from "../testing";
import { screenFor } from "./first-screen";

const NAME = "ada@example.test";
const config = methods({ webauthn: { enabled: true, passwordless: true } });
const person = (id: IdentityId, email: string): Identity => ({ ...identity(), id, traits: { email } });
const account = (who: Identity, credentials: readonly Credential[]): AccountSnapshot => ({ identity: who, credentials }) as AccountSnapshot;
const keyOf = async (id: IdentityId) => {
  const { credential } = await enrolled(browser(), {}, id);
  return { ...credential, type: "webauthn" as const };
};
const find = (found: { readonly password?: AccountSnapshot; readonly webauthn?: AccountSnapshot }) => ({
  findAccountByIdentifier: (type: string) => Promise.resolve(type === "password" ? found.password ?? null : found.webauthn ?? null),
  findAccountByAddress: () => Promise.resolve(null),
}) as Partial<ProjectReads> as ProjectReads;

async function offered(db: ProjectReads): Promise<readonly string[]> {
  const prepared = await screenFor(loginStep("first", null), NAME, context({ db, config }));
  if (prepared === null) throw new Error("no screen");
  const { allowCredentials } = requestIn({ nodes: prepared.nodes } as Parameters<typeof requestIn>[0], "webauthn_login_trigger");
  expect(prepared.internal?.webauthn?.allowed).toEqual(allowCredentials?.map(({ id }) => id));
  return (allowCredentials ?? []).map(({ id }) => id);
}

describe("a name that two people have (passwordless keys, contract 5.7)", () => {
  it("asks for the keys of both, so a password account in front of it keeps nobody out", async () => {
    const [ada, bob] = [await keyOf(ADA), await keyOf(BOB)];
    const squatter = account(person(BOB, NAME), [passwordCredential()]);
    const owner = account(person(ADA, NAME), [ada]);
    expect(await offered(find({ password: squatter, webauthn: owner }))).toEqual([ada.document["id"]]);
    expect(await offered(find({ password: account(person(BOB, NAME), [bob]), webauthn: owner }))).toEqual([bob.document["id"], ada.document["id"]]);
  });

  it("asks once for the keys of one person, and for none of somebody who had the name before", async () => {
    const [ada, bob] = [await keyOf(ADA), await keyOf(BOB)];
    const owner = account(person(ADA, NAME), [ada]);
    expect(await offered(find({ password: owner, webauthn: owner }))).toEqual([ada.document["id"]]);
    expect(await offered(find({ password: owner, webauthn: account(person(BOB, "new@example.test"), [bob]) }))).toEqual([ada.document["id"]]);
  });
});

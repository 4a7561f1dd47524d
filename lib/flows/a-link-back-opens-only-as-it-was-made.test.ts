import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKeyRing, ephemeralKeyRing } from "../crypto/keys";
import type { AuditRecord } from "../model/audit";
import type { Identity, VerifiableAddress } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { Project } from "../model/project";
import { addMs, DAY_MS } from "../model/time";
import { openRevert, revertGrants, sealRevert } from "./revert-link";
import type { RevertGrant } from "./revert-link";

const SCHEMA = { properties: { traits: { type: "object", properties: {
  email: { type: "string", "ory.sh/kratos": { verification: { via: "email" } } }, phone: { type: "string", "ory.sh/kratos": { verification: { via: "sms" } } },
  work: { type: "object", properties: { mail: { type: "string", "ory.sh/kratos": { verification: { via: "email" } } } } },
} } } };
const projectOf = (id: string): Project => ({ row: { id }, config: { schemas: [{ id: "person", schema: SCHEMA }] } }) as unknown as Project;
const HERE = projectOf("here");
const MADE = new Date("2026-01-01T00:00:00Z");
const NOW = new Date("2026-07-01T10:00:00Z");
const grant: RevertGrant = { identityId: "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f" as IdentityId, value: "ada@x.test", places: [["email"], ["work", "mail"]], changedAt: NOW, endsAt: addMs(NOW, DAY_MS) };

describe("the secret of a link back", () => {
  const keys = ephemeralKeyRing();
  const token = sealRevert(keys, HERE, grant);

  test("opens to what it was made for, and shows nothing of it", () => {
    expect(openRevert(keys, HERE, token)).toEqual(grant);
    expect(Buffer.from(token.split(".").at(-1) ?? "", "base64url").toString("latin1")).not.toContain("ada");
    expect(encodeURIComponent(token)).toBe(token);
  });

  test("opens in no other project, under no other key and for no other purpose", () => {
    expect(openRevert(keys, projectOf("there"), token)).toBeNull();
    expect(openRevert(ephemeralKeyRing(), HERE, token)).toBeNull();
    expect(openRevert(keys, HERE, keys.seal("flow", JSON.stringify(["x"]), ["here"]))).toBeNull();
  });

  test("opens under an older key of the ring, and no more once that key is gone", () => {
    const [old, fresh] = [{ id: "old", secret: Buffer.alloc(32, 1) }, { id: "new", secret: Buffer.alloc(32, 2) }];
    const older = sealRevert(createKeyRing([old]), HERE, grant);
    expect(openRevert(createKeyRing([fresh, old]), HERE, older)).toEqual(grant);
    expect(openRevert(createKeyRing([fresh]), HERE, older)).toBeNull();
  });

  test("never opens with a character changed, added, taken out or moved", () => {
    const places = fc.nat({ max: token.length - 1 });
    const characters = fc.constantFrom(..."ABCXYZabcxyz0189-_.= %/");
    fc.assert(fc.property(places, characters, fc.constantFrom("change", "add", "cut", "swap"), (at, character, how) => {
      const tail = token.slice(at + 1);
      const mangled = how === "change" ? token.slice(0, at) + character + tail : how === "add" ? token.slice(0, at) + character + token.slice(at)
        : how === "cut" ? token.slice(0, at) + tail : token.slice(0, at) + tail.slice(0, 1) + token.charAt(at) + tail.slice(1);
      expect(mangled === token || openRevert(keys, HERE, mangled) === null).toBe(true);
    }), { numRuns: 1_000 });
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (any) => { expect(openRevert(keys, HERE, any)).toBeNull(); }));
  });

  test("is nothing when it seals anything else", () => {
    const { identityId, value, places } = grant;
    for (const content of [null, {}, [], ["me", value, places, 1, 2], [identityId, 7, places, 1, 2], [identityId, value, ["email"], 1, 2], [identityId, value, places, "1", 2], [identityId, value, places, 1]]) {
      expect(openRevert(keys, HERE, keys.seal("revert", JSON.stringify(content), ["here"]))).toBeNull();
    }
  });
});

describe("a link is made", () => {
  const address = (value: string, more: Partial<VerifiableAddress> = {}): VerifiableAddress =>
    ({ id: value, value, via: "email", verified: true, status: "completed", verifiedAt: MADE, createdAt: MADE, updatedAt: MADE, ...more }) as VerifiableAddress;
  const person = (verifiableAddresses: readonly VerifiableAddress[], more: Partial<Identity> = {}): Identity => ({
    id: grant.identityId, schemaId: "person", traits: { email: "Old@x.test", work: { mail: "old@x.test" }, phone: "+4915112340001" },
    createdAt: MADE, verifiableAddresses, recoveryAddresses: [], ...more,
  }) as unknown as Identity;
  const audit = (entries: readonly { readonly at: Date }[] = []) => ({ listAudit: () => Promise.resolve(entries as readonly AuditRecord[]) });
  const madeFor = async (old: VerifiableAddress, after = person([]), entries: readonly { readonly at: Date }[] = []): Promise<RevertGrant | undefined> =>
    (await revertGrants(audit(entries), person([old]), after, { project: HERE, now: NOW })).get(old.id);
  const since = (ms: number): Partial<VerifiableAddress> => ({ createdAt: addMs(NOW, -ms), verifiedAt: addMs(NOW, -ms) });

  test("for a confirmed mailbox that left, for each trait it stood in, for seven days", async () => {
    expect(await madeFor(address("old@x.test"))).toEqual({ identityId: grant.identityId, value: "old@x.test", places: [["email"], ["work", "mail"]], changedAt: NOW, endsAt: addMs(NOW, 7 * DAY_MS) });
  });

  test("for none that nobody confirmed, that stays in a list, that is a number, or that stood nowhere", async () => {
    const old = address("old@x.test");
    expect(await madeFor(address("old@x.test", { verified: false }))).toBeUndefined();
    expect(await madeFor(old, person([address("old@x.test", { verified: false })]))).toBeUndefined();
    expect(await madeFor(old, person([], { recoveryAddresses: [old] }))).toBeUndefined();
    expect(await madeFor(address("+4915112340001", { via: "sms" }))).toBeUndefined();
    expect(await madeFor(address("other@x.test"))).toBeUndefined();
  });

  test("for one of the account's beginning, of a week, or brought back by a link; for no other newcomer", async () => {
    expect(await madeFor(address("old@x.test", since(7 * DAY_MS)))).toBeDefined();
    expect(await madeFor(address("old@x.test", since(7 * DAY_MS - 1)))).toBeUndefined();
    const young = address("old@x.test", since(1_000));
    expect(await madeFor(young, person([]), [{ at: addMs(NOW, -2_000) }])).toBeUndefined();
    expect(await madeFor(young, person([]), [{ at: addMs(NOW, -1_000) }])).toBeDefined();
  });

  test("for none whose schema the project has no more", async () => {
    const old = address("old@x.test");
    expect((await revertGrants(audit(), person([old], { schemaId: "gone" }), person([]), { project: HERE, now: NOW })).size).toBe(0);
  });
});

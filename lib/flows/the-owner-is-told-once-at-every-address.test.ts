import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLetter } from "../courier/outbox";
import type { AddressChannel, Identity } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { tellOwner } from "./notices";
import type { OwnerEvent } from "./notices";
import type { FlowRequest } from "./request";
import { bench, client } from "./testing";
import type { Bench } from "./testing";

let house: Bench;
let request: FlowRequest;

beforeAll(async () => {
  house = await bench();
  request = await client(house, "browser", "localhost:4000", "192.0.2.7").request("/self-service/settings?flow=x");
});
afterAll(() => house.close());

interface Address {
  readonly value: string;
  readonly via: AddressChannel;
  readonly verified?: boolean;
}
const mark = (): string => randomUUID().slice(0, 8);
const mail = (value: string, verified = false): Address => ({ value, via: "email", verified });
const phone = (value: string, verified = false): Address => ({ value, via: "sms", verified });

const person = (verifiable: readonly Address[], recovery: readonly Address[] = []): Promise<Identity> =>
  request.handle.transaction((tx) => tx.insertIdentity({
    id: randomUUID() as string as IdentityId, schemaId: "default", traits: {}, verifiable, recovery, at: request.now,
  }));

const tell = (event: Omit<OwnerEvent, "template" | "dedupe"> & Partial<OwnerEvent>) => request.handle.transaction((tx) =>
  tellOwner(tx, { template: "factor_added", dedupe: "once", ...event }, request, { keys: house.services.keys } as Parameters<typeof tellOwner>[3]));

async function told({ id }: Identity): Promise<readonly string[]> {
  const messages = await request.handle.listMessages({ limit: 100, identityId: id });
  return messages.map((message) => openLetter(house.services.keys, message).to).sort();
}

describe("the owner", () => {
  test("is told at every verified address and at no other, once however often the event is written down", async () => {
    const [a, b, c] = [`a-${mark()}@x.test`, `b-${mark()}@x.test`, `c-${mark()}@x.test`];
    const identity = await person([mail(a, true), mail(b, true), mail(c)], [mail(a), mail(c)]);
    for (let n = 0; n < 3; n += 1) await tell({ identity, method: "totp" });
    expect(await told(identity)).toEqual([a, b]);
    await tell({ identity, method: "totp", dedupe: "twice" });
    expect(await told(identity)).toEqual([a, a, b, b]);
  });

  test("is told at all addresses where none is verified", async () => {
    const [a, b] = [`a-${mark()}@x.test`, `b-${mark()}@x.test`];
    const identity = await person([mail(a)], [mail(a), mail(b)]);
    await tell({ identity });
    expect(await told(identity)).toEqual([a, b]);
  });

  test("is told at the old and the new address when one is changed, verified or not", async () => {
    const [old, kept, fresh] = [`old-${mark()}@x.test`, `kept-${mark()}@x.test`, `new-${mark()}@x.test`];
    const identity = await person([mail(old), mail(kept, true)]);
    const after = await request.handle.transaction((tx) => tx.updateIdentity(identity.id, {
      version: identity.version, verifiable: [{ value: kept, via: "email" }, { value: fresh, via: "email" }], at: request.now,
    }));
    if (after === null) throw new Error("not changed");
    await tell({ identity, after, template: "address_changed" });
    expect(await told(identity)).toEqual([kept, fresh, old].sort());
  });

  test("is told everywhere of a recovery, by text message as well", async () => {
    const [a, b, c] = [`a-${mark()}@x.test`, `b-${mark()}@x.test`, "+4915112340001"];
    const identity = await person([mail(a, true), phone(c)], [mail(b)]);
    await tell({ identity, template: "recovery_used", everyAddress: true });
    expect(await told(identity)).toEqual([a, b, c].sort());
  });

  test("gets a text message only where there is no mailbox", async () => {
    const [a, number] = [`a-${mark()}@x.test`, "+4915112340002"];
    const both = await person([mail(a, true), phone(number, true)]);
    await tell({ identity: both });
    expect(await told(both)).toEqual([a]);
    const only = await person([phone("+4915112340003", true)]);
    await tell({ identity: only });
    expect(await told(only)).toEqual(["+4915112340003"]);
  });

  test("reads when, from where and what, and the same day's letter of another person is another letter", async () => {
    const [a, b] = [`a-${mark()}@x.test`, `b-${mark()}@x.test`];
    const [first, second] = [await person([mail(a, true)]), await person([mail(b, true)])];
    await tell({ identity: first, method: "webauthn", label: "YubiKey 5", dedupe: "waiting:password:2026-07-01" });
    await tell({ identity: second, dedupe: "waiting:password:2026-07-01" });
    expect([await told(first), await told(second)]).toEqual([[a], [b]]);
    const [message] = await request.handle.listMessages({ limit: 1, identityId: first.id });
    if (message === undefined) throw new Error("no letter");
    expect(openLetter(house.services.keys, message)).toEqual({
      to: a, locale: "en", data: { at: "2026-07-01T10:00:10Z", userAgent: "test", ipAddress: "192.0.2.7", method: "webauthn", label: "YubiKey 5" },
    });
    expect(message).toMatchObject({ channel: "email", template: "factor_added", recipientHint: "a…@x.test", expiresAt: null });
  });
});

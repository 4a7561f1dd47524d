import { afterAll, describe, expect, it } from "vitest";
import { publicKeyOf } from "../../../e2e/kit/authenticator";
import type { Algorithm, Bend, CreationOptions, RequestOptions } from "../../../e2e/kit/authenticator";
import { byteForgeries, structuralForgeries } from "../../../e2e/kit/forge";
import type { Forgery } from "../../../e2e/kit/forge";
import type { AccountSnapshot, ProjectReads } from "../../db/handles";
import type { FlowInternal } from "../../model/flow";
import type { IdentityId } from "../../model/ids";
import type { Node } from "../../model/node";
import { browser, BOB, challenge, enrolled, KEYS } from "../../webauthn/testing";
import { userHandleOf } from "../../webauthn/user-handle";
import type { FactorContext } from "../factor";
import { context, identity, loginStep, methods, settingsStep } from "../testing";
import { passkeyLogin } from "./login";
import { passkeySettings } from "./settings";

const ALGORITHMS: readonly Algorithm[] = ["ES256", "EdDSA", "RS256"];
const ORIGINS = [
  "http://rung.test", "https://rung.test:443", "https://rung.test:8443", "https://a.rung.test", "https://evilrung.test", "https://rung.test.evil.test", "https://RUNG.TEST",
  "https://rung.test.", "https://rung.test/", "null", "", "rung.test", "https://xn--rng-hoa.test", "android:apk-key-hash:AAAA", "https://rung.test\u0000", " https://rung.test", "file://",
];
const valueOf = (nodes: readonly Node[], name: string): unknown =>
  nodes.map(({ attributes }) => attributes).find((input) => input.node_type === "input" && input.name === name);
const optionsOf = <T>(nodes: readonly Node[], name: string): T => publicKeyOf<T>((valueOf(nodes, name) as { value: string }).value);

/** Everything a browser and a device could say that is not so; they sign it. */
function lies(own: string): readonly (readonly [string, Bend])[] {
  return [
    ...ORIGINS.map((origin) => [`origin ${JSON.stringify(origin)}`, { origin }] as const),
    ...["webauthn.create", "webauthn.get", "payment.get", "", "WEBAUTHN.GET"].filter((type) => type !== own).map((type) => [`type ${type}`, { type }] as const),
    ...Array.from({ length: 8 }, (_, index) => [`a foreign challenge ${String(index)}`, { challenge: challenge().toString("base64url") }] as const),
    ["no challenge", { challenge: "" }],
    ...[true, "true", "false", 1, 0, null, {}].map((crossOrigin) => [`crossOrigin ${JSON.stringify(crossOrigin)}`, { crossOrigin }] as const),
    ...["https://evil.test", "https://rung.test", "", null].map((topOrigin) => [`topOrigin ${JSON.stringify(topOrigin)}`, { topOrigin }] as const),
    ...["evil.test", "test", "www.rung.test", "RUNG.test", "", "https://rung.test"].map((rpId) => [`RP ID ${rpId}`, { rpId }] as const),
    ["nobody present", { up: false }], ["backed up and not eligible", { be: false, bs: true }], ["neither present nor verified", { up: false, uv: false }],
    ["flags of a registration", { authenticatorData: (bytes) => { const copy = Buffer.from(bytes); copy[32] = (copy[32] ?? 0) ^ 0x40; return copy; } }],
    ["extensions announced and absent", { authenticatorData: (bytes) => { const copy = Buffer.from(bytes); copy[32] = (copy[32] ?? 0) | 0x80; return copy; } }],
    ["bytes behind the data", { authenticatorData: (bytes) => Buffer.concat([bytes, Buffer.from([0])]) }],
    ["client data that is no JSON", { clientData: (bytes) => bytes.subarray(1) }], ["client data that is a list", { clientData: (bytes) => Buffer.from(`[${bytes.toString()}]`) }],
    ["client data in another encoding", { clientData: (bytes) => Buffer.from(bytes.toString(), "utf16le") }], ["client data with a mark in front", { clientData: (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]) }],
    ["client data with broken UTF-8", { clientData: (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([0x2c, 0x22, 0xff, 0x22, 0x3a, 0x30, 0x7d])]) }],
  ];
}

let tried = 0;
afterAll(() => { expect(tried).toBeGreaterThanOrEqual(1_200); });

/** Reads only: whoever calls anything else fails the test. */
function reads(accounts: readonly AccountSnapshot[]): ProjectReads {
  const allowed = {
    findAccountByIdentifier: (_type: string, id: string) =>
      Promise.resolve(accounts.find(({ credentials }) => credentials.some((one) => "identifiers" in one && one.identifiers.includes(id))) ?? null),
  };
  return new Proxy(allowed, { get: (target, name) => { if (!(name in target)) throw new Error(`${String(name)} was called`); return Reflect.get(target, name) as unknown; } }) as unknown as ProjectReads;
}
const config = methods({ passkey: { enabled: true, aal2OnUserVerification: true, rp: { id: "rung.test", displayName: "Rung", origins: ["https://rung.test"] } } });

describe.each(ALGORITHMS)("with %s", (algorithm) => {
  it("no forged assertion signs anybody in", async () => {
    const device = browser({ algorithm });
    const owned = await enrolled(device);
    const bobs = browser({ algorithm });
    const theirs = await enrolled(bobs, {}, BOB);
    const ada = identity();
    const ctx: FactorContext = context({
      config, keys: KEYS,
      db: reads([{ identity: ada, credentials: [owned.credential] }, { identity: identity({ id: BOB }), credentials: [theirs.credential] }]),
    });
    const open = loginStep("first", null);
    const { nodes, internal } = await passkeyLogin.nodes(open, ctx);
    const step = { ...open, flow: { ...open.flow, internal: internal as FlowInternal } };
    const asked = optionsOf<RequestOptions>(nodes, "passkey_challenge");
    const honest = device.authenticate(asked);
    expect(await passkeyLogin.submit(step, { passkey_login: honest }, ctx)).toMatchObject({ kind: "authenticated", identityId: ada.id, method: { method: "passkey", aal: "aal2" } });

    const forgeries: Forgery[] = [
      ...lies("webauthn.get").map(([name, bend]) => ({ name, text: device.authenticate(asked, bend) })),
      ...[null, "", userHandleOf(BOB), "AAAA", "A".repeat(100)].map((userHandle) => ({ name: `handle ${String(userHandle)}`, text: device.authenticate(asked, { userHandle }) })),
      { name: "Bob's id under Ada's key", text: device.authenticate(asked, { credentialId: theirs.key.id }) },
      { name: "an id nobody has", text: device.authenticate(asked, { credentialId: challenge().toString("base64url") }) },
      { name: "Bob's key with Ada's handle", text: bobs.authenticate(asked, { userHandle: userHandleOf(ada.id) }) },
      { name: "an old counter", text: device.authenticate(asked, { counter: 0, be: true }) },
      ...structuralForgeries(honest, ["authenticatorData", "clientDataJSON", "signature"]),
      ...["authenticatorData", "clientDataJSON", "signature", "userHandle"].flatMap((member) => byteForgeries(honest, member)),
    ];
    for (const { name, text } of forgeries) {
      const outcome = await passkeyLogin.submit(step, { passkey_login: text }, ctx);
      expect(outcome, name).toMatchObject({ kind: "rejected", messages: [{ id: 4000043, type: "error" }] });
      expect(Object.keys(outcome), name).not.toContain("commit");
      expect(Object.keys(outcome), name).not.toContain("alarm");
      tried += 1;
    }
  });

  it.each(["none", "packed"] as const)("no forged registration (%s) adds a passkey", async (attestation) => {
    const device = browser({ algorithm });
    const ada = identity();
    const ctx: FactorContext = context({ config, keys: KEYS, db: reads([]) });
    const open = settingsStep(ada, []);
    const { nodes, internal } = await passkeySettings.nodes(open, ctx);
    const step = settingsStep(ada, [], internal as FlowInternal);
    const asked = optionsOf<CreationOptions>(nodes, "passkey_create_data");
    const honest = device.register(asked, { attestation });
    expect(await passkeySettings.submit(step, { passkey_settings_register: honest }, ctx)).toMatchObject({ kind: "changed", action: "factor.added", completed: { aal: "aal2" } });

    const forgeries: Forgery[] = [
      ...lies("webauthn.create").map(([name, bend]) => ({ name, text: device.register(asked, { attestation, ...bend }) })),
      ...structuralForgeries(honest, ["attestationObject", "clientDataJSON"]),
      // Without a statement nothing is signed at registration: what a bit changes there is another honest registration.
      ...(attestation === "packed" ? [...byteForgeries(honest, "attestationObject"), ...byteForgeries(honest, "clientDataJSON", 4)] : []),
    ];
    for (const { name, text } of forgeries) {
      const outcome = await passkeySettings.submit(step, { passkey_settings_register: text }, ctx);
      expect(outcome, name).toMatchObject({ kind: "rejected", messages: [{ type: "error" }] });
      if (outcome.kind !== "rejected") continue;
      expect([4000001, 4000002], name).toContain(outcome.messages[0]?.id);
      expect(Object.keys(outcome), name).not.toContain("commit");
      tried += 1;
    }
  });
});

describe("the person in front of the form", () => {
  it("gets a registration for themselves only (W16)", async () => {
    const device = browser();
    const ctx = context({ config, keys: KEYS, db: reads([]) });
    const { nodes, internal } = await passkeySettings.nodes(settingsStep(identity(), []), ctx);
    const text = device.register(optionsOf<CreationOptions>(nodes, "passkey_create_data"));
    const bob = settingsStep(identity({ id: BOB as IdentityId }), [], internal as FlowInternal);
    expect(await passkeySettings.submit(bob, { passkey_settings_register: text }, ctx)).toMatchObject({ kind: "rejected", messages: [{ id: 4000001 }] });
  });
});

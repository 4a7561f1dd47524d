import { describe, expect, it } from "vitest";
import { isDomainError } from "../../model/errors";
import type { Identity } from "../../model/identity";
import type { AddressId } from "../../model/ids";
import type { Address } from "../../model/owned-address";
import type { Node } from "../../model/node";
import { availableAal } from "../../policy/aal";
import { subjectFacts } from "../../sessions/subject";
import { REGISTRY } from "../registry";
import { codeCredential, context, identity, loginStep, methods, NOW, passwordCredential } from "../testing";
import { code } from "./index";
import { codeLogin } from "./login";

const MAIL: Address = { via: "email", value: "ada@example.test" };
const PHONE: Address = { via: "sms", value: "+4930123456" };
const second = methods({ code: { enabled: true, mfaEnabled: true } });
const first = methods({ code: { enabled: true, passwordlessEnabled: true } });

const owned = (...addresses: readonly Address[]) => codeCredential(addresses);

const row = (id: string, { via, value }: Address) => ({ id: id as AddressId, via, value, createdAt: NOW, updatedAt: NOW });
const pending = { verified: false, status: "pending", verifiedAt: null } as const;
const ada = (changes: Partial<Identity> = {}): Identity => identity({
  traits: { email: "Ada@example.test", phone: "+49 30 123456", name: "Ada" },
  verifiableAddresses: [{ ...row("verifiable-mail", MAIL), ...pending }], recoveryAddresses: [row("recovery-mail", MAIL)], ...changes,
});
const brief = (nodes: readonly Node[]) => nodes.map(({ group, attributes, meta }) =>
  (attributes.node_type === "input" ? [group, attributes.name, attributes.type, attributes.value, meta.label?.id] : [group]));

describe("codes as second factor", () => {
  it("show one button for each address, and no method beside them", async () => {
    const { nodes } = await codeLogin.nodes(loginStep("second", ada(), [owned(MAIL, PHONE)]), context({ config: second }));
    expect(brief(nodes)).toEqual([
      ["code", "address", "submit", MAIL.value, 1010023], ["code", "address", "submit", PHONE.value, 1010023],
    ]);
    expect(nodes.map((node) => node.meta.label?.context)).toEqual([
      { address: MAIL.value, channel: "email" }, { address: PHONE.value, channel: "sms" },
    ]);
  });

  it.each([
    ["nobody's", second, [], 0], ["one address", second, [owned(MAIL)], 1], ["two", second, [owned(MAIL, PHONE)], 2],
    ["switched off", methods({ code: { enabled: true } }), [owned(MAIL)], 0], ["the method off", methods({ code: { mfaEnabled: true } }), [owned(MAIL)], 0],
    ["serving as first factor", first, [owned(MAIL)], 0],
  ] as const)("count by address: %s", async (_name, config, credentials, count) => {
    expect(code.count(credentials, config).second).toBe(count);
    expect(code.usable(credentials, config).some(({ aal }) => aal === "aal2")).toBe(count > 0);
    const { nodes } = await codeLogin.nodes(loginStep("second", ada(), credentials), context({ config }));
    expect(nodes).toHaveLength(count);
  });

  it("count verifiable addresses only where the project lets them stand in, and never beside a credential", async () => {
    const config = methods({ code: { enabled: true, mfaEnabled: true, missingCredentialFallback: true } });
    expect(code.count([], config, ada()).second).toBe(1);
    expect(code.count([owned(PHONE)], config, ada()).second).toBe(1);
    expect(code.count([], second, ada()).second).toBe(0);
    expect(subjectFacts([passwordCredential()], config, REGISTRY, ada()).availableAal).toBe("aal2");
    const { nodes } = await codeLogin.nodes(loginStep("second", ada(), [owned(PHONE)]), context({ config }));
    expect(brief(nodes).map(([, , , value]) => value)).toEqual([PHONE.value]);
  });

  it.each([["verifiable-mail"], ["recovery-mail"]])("never offer an address that proved a first step, by whichever row: %s", async (addressId) => {
    const step = loginStep("second", ada(), [owned(MAIL, PHONE)]);
    const began = { method: "code_recovery", aal: "aal1", completedAt: NOW, addressId: addressId as AddressId } as const;
    const ctx = context({ config: second });
    expect(brief((await codeLogin.nodes({ ...step, methods: [began] }, ctx)).nodes).map(([, , , value]) => value)).toEqual([PHONE.value]);
    const asked = await codeLogin.submit({ ...step, methods: [began] }, { address: MAIL.value }, ctx);
    expect(asked).toMatchObject({ kind: "rejected", messages: [{ id: 4010010 }], counts: false });
    // A second step that it proved before is no reason to refuse it.
    expect((await codeLogin.nodes({ ...step, methods: [{ ...began, method: "code", aal: "aal2" }] }, ctx)).nodes).toHaveLength(2);
  });

  it("offer nothing when nobody can tell any more which mailbox it was", async () => {
    const step = { ...loginStep("second", ada(), [owned(MAIL, PHONE)]), methods: [{ method: "code_recovery", aal: "aal1", completedAt: NOW, addressId: "gone" as AddressId }] } as const;
    expect((await codeLogin.nodes(step, context({ config: second }))).nodes).toEqual([]);
  });

  const withVia = (via: string) => {
    const step = loginStep("second", ada(), [owned(MAIL, PHONE)]);
    return { ...step, flow: { ...step.flow, requestUrl: `https://rung.test/self-service/login/browser?aal=aal2&via=${via}` } };
  };
  it.each([["email", MAIL.value], ["phone", PHONE.value]])("show the one address that via=%s names", async (via, value) => {
    const { nodes } = await codeLogin.nodes(withVia(via), context({ config: second }));
    expect(brief(nodes).map(([, , , shown]) => shown)).toEqual([value]);
  });
  it.each([["name"], ["unknown"], ["__proto__"], ["email.x"]])("refuse via=%s, which names no address", async (via) => {
    await expect(codeLogin.nodes(withVia(via), context({ config: second }))).rejects.toSatisfy((error) => isDomainError(error) && error.code === "bad_request");
  });

  it("are sent at once where nothing is left to choose, and only there", async () => {
    const ctx = context({ config: second });
    expect(await codeLogin.atCreation?.(loginStep("second", ada(), [owned(MAIL)]), ctx)).toMatchObject({
      kind: "challenge_sent", recipient: MAIL, messages: [{ id: 1010025 }],
    });
    expect(await codeLogin.atCreation?.(loginStep("second", ada(), [owned(MAIL, PHONE)]), ctx)).toBeNull();
    expect(await codeLogin.atCreation?.(loginStep("second", ada(), []), ctx)).toBeNull();
    expect(await codeLogin.atCreation?.(loginStep("first", null), context({ config: first }))).toBeNull();
    expect(await codeLogin.atCreation?.(withVia("phone"), ctx)).toMatchObject({ recipient: PHONE });
  });

  it("never reach an address that is not one's own", async () => {
    const ctx = context({ config: second });
    const step = loginStep("second", ada(), [owned(MAIL, PHONE)]);
    for (const payload of [{ address: "eve@example.test" }, { identifier: "eve@example.test" }, { address: "+4930999999", method: "code" }]) {
      expect(await codeLogin.submit(step, payload, ctx)).toMatchObject({ kind: "rejected", messages: [{ id: 4010010 }] });
    }
    expect(await codeLogin.submit(step, { method: "code" }, ctx)).toMatchObject({ kind: "rejected", field: "address", messages: [{ id: 4000002 }] });
    expect(await codeLogin.submit(step, { address: " ADA@example.test " }, ctx)).toMatchObject({ kind: "challenge_sent", recipient: MAIL });
    expect(await codeLogin.submit(step, { address: "0049 30 123-456" }, ctx)).toMatchObject({ kind: "challenge_sent", recipient: PHONE });
  });
});

describe("codes as first factor", () => {
  it("ask for a name, count for everybody, and serve no second step", async () => {
    const ctx = context({ config: first });
    const { nodes } = await codeLogin.nodes(loginStep("first", null), ctx);
    expect(brief(nodes)).toEqual([["default", "identifier", "text", "", 1070002], ["code", "method", "submit", "code", 1010015]]);
    expect(code.count([], first)).toEqual({ first: 1, second: 0 });
    expect((await codeLogin.nodes(loginStep("second", ada(), [owned(MAIL)]), ctx)).nodes).toEqual([]);
    expect(await codeLogin.submit(loginStep("second", ada(), [owned(MAIL)]), { address: MAIL.value }, ctx)).toMatchObject({ messages: [{ id: 4010002 }] });
    expect(availableAal([code.count([owned(MAIL)], first)])).toBe("aal1");
  });

  it("at a refresh offer the person's own addresses where the project wants it", async () => {
    const base = context({ config: first });
    const { features } = base.project.config;
    const ctx = { ...base, project: { ...base.project, config: { ...base.project.config, features: { ...features, refreshLoginChooseAddress: true } } } };
    const { nodes } = await codeLogin.nodes(loginStep("first", ada(), [owned(MAIL, PHONE)], true), ctx);
    expect(brief(nodes).map(([, name, , value]) => [name, value])).toEqual([["address", MAIL.value], ["address", PHONE.value]]);
    expect((await codeLogin.nodes(loginStep("first", null), ctx)).nodes).toHaveLength(2);
  });

  it("try nothing where a code is only asked for, and count a try against the address it went to", () => {
    const { flow } = loginStep("first", null);
    const sent = { ...flow, internal: { code: { ...MAIL, addressId: null, identityId: null, sentAt: 0 } } };
    expect(codeLogin.subjectOf?.({ identifier: MAIL.value }, flow)).toBeNull();
    expect(codeLogin.subjectOf?.({ identifier: MAIL.value, code: "123456" }, flow)).toBeNull();
    expect(codeLogin.subjectOf?.({ identifier: MAIL.value, code: "", resend: "" }, sent)).toBeNull();
    expect(codeLogin.subjectOf?.({ identifier: MAIL.value, code: "123456", resend: "CODE" }, sent)).toBeNull();
    expect(codeLogin.subjectOf?.({ identifier: "eve@example.test", code: "123456" }, sent)).toBe(MAIL.value);
    expect(codeLogin.subjectOf?.({ code: "123456" }, sent)).toBe(MAIL.value);
  });
});

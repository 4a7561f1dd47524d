import { describe, expect, test } from "vitest";
import type { DocumentCredential } from "../../model/credential";
import type { CredentialId } from "../../model/ids";
import type { OidcProviderConfig } from "../../model/project";
import { linkDocument } from "../../model/upstream";
import type { UpstreamPerson } from "../../model/upstream";
import { context, identity, loginStep, methods, NOW, settingsStep } from "../testing";
import { traitsFrom, withTyped } from "./claims";
import { oidc } from "./index";
import { isProvedNow, methodOf } from "./upstream";

const ACME: OidcProviderConfig = {
  id: "acme", kind: "generic", label: "Acme", clientId: "rung", clientSecret: "s", additionalAudiences: [], issuerUrl: "https://acme.example", scope: ["openid"],
  claims: { email: "email", "name.first": "given_name", role: "https://acme.example/role" }, aal2AcrValues: ["urn:two"], aal2AmrValues: ["hwk"],
  pkce: "auto", apple: null,
};
const OTHER: OidcProviderConfig = { ...ACME, id: "other", label: "Other" };
const config = methods({ oidc: { enabled: true, providers: [ACME, OTHER], baseRedirectUri: null } });
const SECONDS = NOW.getTime() / 1_000;

function person(changes: Partial<UpstreamPerson> = {}): UpstreamPerson {
  return { provider: "acme", issuer: "https://acme.example", subject: "17", claims: {}, email: null, acr: null, amr: [], authTime: null, ...changes };
}
function linked(to: string, subject = "17", identifiers = [`${to}:${subject}`]): DocumentCredential {
  return {
    type: "oidc", identifiers, document: linkDocument(person({ provider: to, subject })), id: `${to}-link` as CredentialId, identityId: identity().id,
    createdAt: NOW, updatedAt: NOW, lastUsedAt: null, enrolledAal: "aal1",
  };
}

describe("level and time", () => {
  test.each([
    [person(), "aal1"], [person({ acr: "urn:two" }), "aal2"], [person({ acr: "urn:two " }), "aal1"], [person({ acr: "urn:TWO" }), "aal1"],
    [person({ amr: ["pwd", "hwk"] }), "aal2"], [person({ amr: ["hwk2"] }), "aal1"], [person({ acr: "hwk" }), "aal1"], [person({ amr: ["urn:two"] }), "aal1"],
  ])("%#: only what the project lists, compared exactly, is aal2", (who, level) => {
    expect(methodOf(who, ACME, NOW).aal).toBe(level);
    expect(methodOf(who, { ...ACME, aal2AcrValues: [], aal2AmrValues: [] }, NOW).aal).toBe("aal1");
  });

  test("a silent round trip is as old as the provider says; without a word, or with an odd one, it is of now", () => {
    expect(methodOf(person({ authTime: SECONDS - 3_600 }), ACME, NOW).completedAt.getTime()).toBe(NOW.getTime() - 3_600_000);
    expect(methodOf(person(), ACME, NOW).completedAt).toEqual(NOW);
    expect(methodOf(person({ authTime: SECONDS + 3_600 }), ACME, NOW).completedAt).toEqual(NOW);
  });

  test.each([
    [null, false], [SECONDS - 3_600, false], [SECONDS - 31, false], [SECONDS - 30, true], [SECONDS, true], [SECONDS + 30, true], [SECONDS + 31, false],
  ])("asked at %s for a trip begun now: fresh is %s", (authTime, fresh) => {
    expect(isProvedNow(person({ authTime }), NOW.getTime(), NOW)).toBe(fresh);
    expect(isProvedNow(person({ authTime }), undefined, NOW)).toBe(false);
  });
});

describe("claims become traits", () => {
  test("by their dotted names, a whole name first", () => {
    const claims = { email: "a@b.test", given_name: "Ada", "https://acme.example/role": "admin", family_name: "unasked" };
    expect(traitsFrom(person({ claims }), ACME)).toEqual({ email: "a@b.test", name: { first: "Ada" }, role: "admin" });
  });

  test("nothing that no trait is, and nothing that no column holds", () => {
    const mapping = { ...ACME, claims: { a: "object", b: "text", c: "list", d: "nested", e: "nothing", f: "half" } };
    const claims = { object: { x: 1 }, text: "with\u0000nul", list: ["x", 1], nested: [["x"]], nothing: null, half: "\ud800" };
    expect(traitsFrom(person({ claims }), mapping)).toEqual({ c: ["x", 1] });
  });

  test("never into the prototype of anything", () => {
    const mapping = { ...ACME, claims: { "__proto__.admin": "yes", "constructor.prototype.admin": "yes", "name.__proto__": "yes" } };
    const traits = traitsFrom(person({ claims: { yes: true } }), mapping);
    expect([JSON.stringify(traits), ({} as { admin?: boolean }).admin]).toEqual(["{}", undefined]);
  });

  test("what was typed wins, an empty field does not", () => {
    const said = { email: "a@b.test", name: { first: "Ada", last: "Byron" } };
    expect(withTyped(said, { email: "", name: { last: "Lovelace" } })).toEqual({ email: "a@b.test", name: { first: "Ada", last: "Lovelace" } });
    expect(withTyped(said, "nonsense")).toEqual(said);
  });
});

describe("what counts and what is offered", () => {
  test("a link counts while its provider is configured and its identifier is there", () => {
    expect(oidc.count([linked("acme"), linked("other")], config)).toEqual({ first: 2, second: 0 });
    expect(oidc.count([linked("gone")], config)).toEqual({ first: 0, second: 0 });
    expect(oidc.count([linked("acme", "17", ["acme:18"])], config)).toEqual({ first: 0, second: 0 });
    expect(oidc.count([linked("acme")], methods({ oidc: { enabled: false, providers: [ACME], baseRedirectUri: null } }))).toEqual({ first: 0, second: 0 });
    expect(oidc.usable([linked("acme")], config)).toEqual([{ method: "oidc", aal: "aal1" }]);
  });

  const valuesOf = (nodes: readonly { readonly attributes: unknown }[]) => nodes.map(({ attributes }) => {
    const { name, value } = attributes as { name: string; value: string };
    return `${name}=${value}`;
  });

  test("every provider to sign in, the linked ones to confirm, none for the second step", async () => {
    const ctx = context({ config });
    expect(valuesOf((await oidc.login.nodes(loginStep("first", null), ctx)).nodes)).toEqual(["provider=acme", "provider=other"]);
    expect(valuesOf((await oidc.login.nodes(loginStep("first", identity(), [linked("other")], true), ctx)).nodes)).toEqual(["provider=other"]);
    expect((await oidc.login.nodes(loginStep("second", identity(), [linked("other")]), ctx)).nodes).toEqual([]);
  });

  test("in settings a button for each, and none that would lock its owner out", async () => {
    const ctx = context({ config });
    const step = settingsStep(identity(), [linked("acme")]);
    expect(valuesOf((await oidc.settings.nodes({ ...step, firstFactors: 2 }, ctx)).nodes)).toEqual(["unlink=acme", "link=other"]);
    expect(valuesOf((await oidc.settings.nodes({ ...step, firstFactors: 1 }, ctx)).nodes)).toEqual(["link=other"]);
    const refused = await oidc.settings.submit({ ...step, firstFactors: 1 }, { unlink: "acme" }, ctx);
    expect(refused.kind).toBe("rejected");
  });
});

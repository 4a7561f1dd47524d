import { describe, expect, test } from "vitest";
import { translator } from "@/lib/i18n/text";
import type { LastUsed } from "@/lib/model/last-used";
import { hiddenNode, inputNode, methodNode } from "@/lib/wire/node";
import { say } from "@/lib/wire/message";
import type { FlowView } from "./flow/flow-view";
import { FirstFactor } from "./login/first-factor";
import { chosenMethod, secondMethods } from "./login/methods";
import { RegistrationForm } from "./login/registration-form";
import { SecondFactor } from "./login/second-factor";
import { flowOf, keyNodes, LOGIN, NOTHING_USED, passkeyNodes, REGISTRATION, totpNodes } from "./testing/flows";
import { show } from "./testing/page";
import type { Shown } from "./testing/page";

const NOW = new Date("2026-07-01T10:00:00Z");
const text = translator("en");
const BADGE = "Last used here";
const after = (used: Partial<LastUsed>): LastUsed => ({ ...NOTHING_USED, ...used });
const login = (flow: FlowView, used: Partial<LastUsed>): Shown => show(
  <FirstFactor flow={flow} csrfToken="t" person={{ kind: "signed_out" }} reason={null} now={NOW} text={text} lastUsed={after(used)} offers={{ registration: true, recovery: true }} />);
const badges = ({ html }: Shown): number => html.split(BADGE).length - 1;
/** Names and values of the buttons that the badge describes. */
const marked = ({ html }: Shown): readonly string[] => [...html.matchAll(/<button\b([^>]*)aria-describedby="[^"]*-last-used"([^>]*)>/g)]
  .map(([whole]) => `${/\sname="([^"]*)"/.exec(whole)?.[1] ?? ""}=${/\svalue="([^"]*)"/.exec(whole)?.[1] ?? ""}`);

describe("the sign-in page", () => {
  test.each([
    ["password", { first: "password" }, ["method=password"]],
    ["a code", { first: "code" }, ["method=code"]],
    ["a security key", { first: "webauthn" }, ["method=webauthn"]],
    ["a provider", { first: "oidc", provider: "acme" }, ["provider=acme"]],
  ] as const)("marks %s, and that alone", (_name, used, expected) => {
    const page = login(LOGIN.everything, used);
    expect([badges(page), marked(page)]).toEqual([1, expected]);
  });
  test("marks the passkey, also where its button waits for script", () => {
    const page = login(LOGIN.everything, { first: "passkey" });
    expect([badges(page), marked(page)]).toEqual([1, []]);
    expect(page.forms[1]?.html).toContain(BADGE);
  });
  test("marks nothing in a new browser, for what is not offered, or where there is nothing to choose", () => {
    expect(badges(login(LOGIN.everything, {}))).toBe(0);
    expect(badges(login(LOGIN.everything, { first: "oidc", provider: "gone" }))).toBe(0);
    expect(badges(login(LOGIN.passwordWrong, { first: "code" }))).toBe(0);
    expect(badges(login(LOGIN.passwordWrong, { first: "password" }))).toBe(0);
  });
  test("puts the provider that last worked first; the buttons send what they sent", () => {
    const page = login(LOGIN.everything, { first: "oidc", provider: "acme" });
    expect(page.forms[2]?.buttons).toEqual(["provider=acme", "provider=google"]);
    expect({ ...page, forms: page.forms.map(({ fields, names }) => ({ fields, names })) }.forms)
      .toEqual(login(LOGIN.everything, {}).forms.map(({ fields, names }) => ({ fields, names })));
  });
  test("the badge is no part of a button's name", () => {
    const { html } = login(LOGIN.everything, { first: "password" });
    expect(/<button[^>]*value="password"[^>]*>(.*?)<\/button>/.exec(html)?.[1]).not.toContain(BADGE);
  });
  test("signing up marks nothing", () => {
    expect(badges(show(<RegistrationForm flow={REGISTRATION.unified} csrfToken="t" text={text} />))).toBe(0);
  });
});

const ALL = flowOf({
  aal: "aal2",
  nodes: [
    ...passkeyNodes(), ...keyNodes(), ...totpNodes(), hiddenNode("lookup_secret", "method", "lookup_secret"),
    inputNode("lookup_secret", "lookup_secret", "text", { required: true, label: say.lookupCodeLabel() }), methodNode("lookup_secret", say.continue()),
  ],
});
const second = (used: Partial<LastUsed>, asked: string | null = null): Shown => show(
  <SecondFactor flow={ALL} csrfToken="t" method={chosenMethod(ALL, asked, used.second ?? null) ?? "totp"} person={{ kind: "signed_out" }} reason={null}
    now={NOW} text={text} lastUsed={after(used)} />);
const ways = ({ html }: Shown): readonly string[] => [...html.matchAll(/href="[^"]*method=(\w+)"[^>]*>(.*?)<\/a>/g)].map(([, method = "", inside = ""]) => `${method}${inside.includes(BADGE) ? " *" : ""}`);

describe("the second step", () => {
  test("opens what last worked here, then the fixed order", () => {
    expect(chosenMethod(ALL, null, "totp")).toBe("totp");
    expect(secondMethods(ALL, "totp")).toEqual(["totp", "passkey", "webauthn", "lookup_secret"]);
    expect(ways(second({ second: "totp" }))).toEqual(["passkey", "webauthn", "lookup_secret"]);
  });
  test("marks it in the list when another one is open", () => {
    expect(ways(second({ second: "totp" }, "passkey"))).toEqual(["totp *", "webauthn", "lookup_secret"]);
  });
  test("a recovery code is never first, and says that it was used last", () => {
    expect(secondMethods(ALL, "lookup_secret")).toEqual(["passkey", "webauthn", "totp", "lookup_secret"]);
    expect(ways(second({ second: "lookup_secret" }))).toEqual(["webauthn", "totp", "lookup_secret *"]);
  });
  test("what is asked for, or was just tried, stays open", () => {
    expect(chosenMethod(ALL, "webauthn", "totp")).toBe("webauthn");
    expect(chosenMethod({ ...ALL, active: "lookup_secret" }, null, "totp")).toBe("lookup_secret");
  });
  test("a method that is not offered changes nothing", () => {
    expect(secondMethods(ALL, "code")).toEqual(secondMethods(ALL));
    expect(ways(second({ second: "code" }))).toEqual(ways(second({})));
  });
});

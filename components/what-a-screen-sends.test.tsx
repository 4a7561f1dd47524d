import { describe, expect, test } from "vitest";
import { translator } from "@/lib/i18n/text";
import { say } from "@/lib/wire/message";
import { hiddenNode } from "@/lib/wire/node";
import type { FlowView } from "./flow/flow-view";
import { restartHref } from "./flow/restart";
import { FirstFactor } from "./login/first-factor";
import { RegistrationForm } from "./login/registration-form";
import { SecondFactor } from "./login/second-factor";
import { signInScreen } from "./login/sign-in-view";
import { RecoveryCard } from "./recovery/recovery-card";
import { VerificationCard } from "./recovery/verification-card";
import { channelOf, maskAddress } from "./session/mask";
import { healthOf, healthSentence, lacksSecondStep } from "./settings/health";
import { keysOf } from "./settings/keys";
import { LinkedSection } from "./settings/linked-section";
import { PasskeySection } from "./settings/passkey-section";
import { WebauthnSection } from "./settings/webauthn-section";
import { flowOf, HEX, LOGIN, NOTHING_USED, RECOVERY, REGISTRATION, SECOND, SETTINGS, VERIFICATION } from "./testing/flows";
import { show } from "./testing/page";
import type { Shown } from "./testing/page";
import { knownKeys } from "./webauthn/known-keys";
import { creationOptions, credentialIdFromHex, namedAs, requestOptions } from "./webauthn/options";
import { problemOf } from "./webauthn/problem";
import { unknownKey } from "./webauthn/refused-key";

const NOW = new Date("2026-07-01T10:00:00Z");
const text = translator("en");
const login = (flow: FlowView): Shown => show(
  <FirstFactor flow={flow} csrfToken="t" person={{ kind: "signed_out" }} reason={null} now={NOW} text={text} lastUsed={NOTHING_USED} offers={{ registration: true, recovery: true }} />);
const second = (flow: FlowView, method: "code" | "webauthn" | "passkey" | "totp"): Shown => show(
  <SecondFactor flow={flow} csrfToken="t" method={method} person={{ kind: "signed_out" }} reason={null} now={NOW} text={text} lastUsed={NOTHING_USED} />);

describe("signing in", () => {
  test("Enter sends the password; a code and a key take the same account name", () => {
    const page = login(LOGIN.everything);
    expect(page.forms[0]).toMatchObject({ names: ["csrf_token", "identifier", "password"], buttons: ["method=password"] });
    expect(page.outside).toEqual(["sign-in-form: method=code", "sign-in-form: method=webauthn"]);
    expect(page.html).toContain('autoComplete="username webauthn"');
  });
  test("a passkey has a form of its own, with nothing of what was typed", () => {
    expect(login(LOGIN.everything).forms[1]).toMatchObject({ fields: { csrf_token: "t", passkey_login: "" }, buttons: [] });
  });
  test("each provider is one labelled button", () => {
    const page = login(LOGIN.everything);
    expect(page.forms[2]).toMatchObject({ fields: { method: "oidc" }, buttons: ["provider=google", "provider=acme"] });
    expect(page.words).toContain("Sign in with Google");
  });
  test("the account name of the first step travels as a field that password managers know", () => {
    const page = login(LOGIN.method);
    expect(page.forms[0]?.fields).toMatchObject({ identifier: "ada@example.test" });
    expect(page.html).toContain('autoComplete="username"');
    expect(page.html).toContain("/self-service/login/browser");
  });
  test("a code is sent with its method once, and another one is asked for with the same address", () => {
    const page = login(LOGIN.codeSent);
    expect(page.forms[0]).toMatchObject({ fields: { identifier: "ada@example.test", method: "code" }, buttons: ["="] });
    expect(page.forms[1]).toMatchObject({ fields: { identifier: "ada@example.test", method: "code" }, buttons: ["resend=code"] });
    expect(page.words).toContain("If ada@example.test belongs to an account here");
  });
  test("an account to be linked is named, with its provider, and its name is filled in", () => {
    const page = login(LOGIN.link);
    expect(page.words).toContain("Link Google to your account");
    expect(page.forms[0]?.fields).toMatchObject({ identifier: "ada@example.test" });
    expect(page.words).toContain("Sign in and link");
  });
  test.each(Object.entries({
    everything: "sign_in", identifier: "identifier", method: "method", codeSent: "sent_code", codeWrong: "sent_code", link: "link", keyReady: "key_ready", refreshAll: "sign_in", refreshPasskey: "sign_in",
  } as const))("%s is the screen %s", (name, screen) => {
    expect(signInScreen(LOGIN[name as keyof typeof LOGIN])).toBe(screen);
  });
  test("trouble leads to recovery only where the project offers it", () => {
    expect(login(LOGIN.everything).html).toContain('href="/self-service/recovery/browser?return_to=%2Forders"');
    const closed = show(<FirstFactor flow={LOGIN.everything} csrfToken="t" person={{ kind: "signed_out" }} reason={null} now={NOW} text={text} lastUsed={NOTHING_USED} offers={{ registration: false, recovery: false }} />);
    expect(closed.html).not.toContain("/self-service/recovery/");
    expect(closed.html).not.toContain("/self-service/registration/");
  });
});

describe("the second step", () => {
  test("an address is masked where it is read, and whole where it is sent; text messages come with their risk", () => {
    const page = second(SECOND.addresses, "code");
    expect(page.words).not.toContain("ada@example.test");
    expect(page.words).not.toContain("+491701234567");
    expect(page.forms[0]?.buttons).toEqual(["address=ada@example.test", "address=+491701234567"]);
    expect(page.words).toContain("A text message can be intercepted");
    expect(page.html).toMatch(/href="\/login\?flow=[^"]*method=totp"/);
    expect(second(SECOND.smsOnly, "code").words).toContain("An authenticator app or a security key is safer");
  });
  test("a key answers into its own field", () => {
    expect(second(SECOND.key, "webauthn").forms[0]?.fields).toEqual({ csrf_token: "t", identifier: "ada@example.test", webauthn_login: "" });
  });
  test("another way out of a sent code begins the same step again", () => {
    const page = second(SECOND.codeSent, "code");
    expect(page.words).toContain("We sent a code to •••67.");
    expect(page.html).toContain('href="/self-service/login/browser?return_to=%2Fpayment&amp;aal=aal2"');
  });
});

describe("signing up", () => {
  test("every way without a password takes the traits along", () => {
    const page = show(<RegistrationForm flow={REGISTRATION.unified} csrfToken="t" text={text} />);
    expect(page.forms[0]?.names).toEqual(["csrf_token", "traits.email", "password"]);
    expect(page.outside).toEqual(["sign-up-form: method=code", "sign-up-form: webauthn_register_displayname="]);
  });
  test("a provider that did not say everything gets the rest with its button", () => {
    const page = show(<RegistrationForm flow={REGISTRATION.provider} csrfToken="t" text={text} />);
    expect(page.forms).toHaveLength(1);
    expect(page.forms[0]).toMatchObject({ names: ["csrf_token", "traits.email"], buttons: ["provider=google"] });
  });
});

describe("settings", () => {
  test("keys are read from their own buttons", () => {
    expect(keysOf(SETTINGS.full, "webauthn").map(({ id, name, provider, synced, removable, cloned, lastUsedAt }) => ({ id, name, provider, synced, removable, cloned, used: lastUsedAt !== null }))).toEqual([
      { id: HEX, name: "Key ring", provider: "YubiKey 5", synced: false, removable: true, cloned: false, used: true },
      { id: "626172", name: "Drawer", provider: null, synced: null, removable: true, cloned: true, used: false },
    ]);
    expect(keysOf(SETTINGS.full, "passkey")[0]).toMatchObject({ name: "iCloud Keychain", synced: true, removable: false });
  });
  test("keys stand in the order they were added, whatever their ids", () => {
    const days = ["2026-03-03T00:00:00Z", "2026-03-01T00:00:00Z"];
    const nodes = SETTINGS.full.ui.nodes.map((node) => {
      if (!("name" in node.attributes) || node.attributes.name !== "webauthn_remove" || node.meta.label === undefined) return node;
      return { ...node, meta: { label: { ...node.meta.label, context: { ...node.meta.label.context, added_at: days.shift() } } } };
    });
    const shown = keysOf({ ...SETTINGS.full, ui: { ...SETTINGS.full.ui, nodes } }, "webauthn").map(({ addedAt }) => addedAt?.toISOString().slice(0, 10));
    expect(shown).toEqual(["2026-03-01", "2026-03-03"]);
  });
  test("renaming and removing name the key, in words and on the wire", () => {
    const page = show(<WebauthnSection flow={SETTINGS.full} csrfToken="t" text={text} now={NOW} />);
    expect(page.forms[0]?.fields).toEqual({ csrf_token: "t", method: "webauthn", webauthn_rename: HEX, webauthn_rename_displayname: "Key ring" });
    expect(page.forms[1]).toMatchObject({ fields: { method: "webauthn" }, buttons: [`webauthn_remove=${HEX}`] });
    expect(page.words).toContain("Remove Key ring?");
  });
  test("the last way to sign in has no button to remove it, and says why", () => {
    const page = show(<PasskeySection flow={SETTINGS.full} csrfToken="t" text={text} now={NOW} />);
    expect(page.html).not.toContain("passkey_remove");
    expect(page.words).toContain("This is your last way to sign in");
  });
  test("linking is a press, unlinking a question with the provider's name", () => {
    const page = show(<LinkedSection flow={SETTINGS.full} csrfToken="t" text={text} />);
    expect(page.forms.map(({ buttons }) => buttons)).toEqual([["unlink=google"], ["link=acme"]]);
    expect(page.words).toContain("Unlink Google?");
  });
  test("a key counts as a second step, a passkey or nothing does not", () => {
    expect([SETTINGS.fresh, SETTINGS.full, SETTINGS.recovered].map((flow) => lacksSecondStep(healthOf(flow)))).toEqual([true, false, true]);
    expect(healthSentence(healthOf(SETTINGS.recovered), text).target).toBe("webauthn");
  });
  test("the key store learns every key that the account accepts", () => {
    expect(knownKeys(SETTINGS.full)).toEqual({ rpId: "app.example.test", userId: "dXNlcg", name: "ada@example.test", displayName: "Ada", credentialIds: ["Zm9v", "YmFy", "YmF6"] });
    expect(knownKeys(SETTINGS.recovered)).toBeNull();
  });
});

describe("recovery and verification", () => {
  test("known or not, the words are the same, and a new code goes to the same address", () => {
    const page = show(<RecoveryCard flow={RECOVERY.sent} csrfToken="t" text={text} />);
    expect(page.words).toContain("If we know that address, a code is on its way.");
    expect(page.forms[1]).toMatchObject({ fields: { method: "code" }, buttons: ["email=ada@example.test"] });
    expect(show(<RecoveryCard flow={RECOVERY.wrong} csrfToken="t" text={text} />).words).toContain("If we know that address");
  });
  test("what an admin began asks for the code that was given, or goes on from a link, and mails nothing", () => {
    const given = show(<RecoveryCard flow={RECOVERY.given} csrfToken="t" text={text} />);
    expect(given.words).toContain("Type the code that an administrator gave you.");
    expect(given.forms).toHaveLength(1);
    expect(given.forms[0]).toMatchObject({ buttons: ["method=code"] });
    const link = show(<RecoveryCard flow={RECOVERY.link} csrfToken="t" text={text} />);
    expect(link.forms).toMatchObject([{ fields: { token: "ory_rl_x" }, buttons: ["method=link"] }]);
  });
  test("a flow whose tries are used up leads to a new one", () => {
    const page = show(<RecoveryCard flow={RECOVERY.over} csrfToken="t" text={text} />);
    expect(page.forms).toEqual([]);
    expect(page.html).toContain('href="/self-service/recovery/browser"');
    expect(page.words).toContain("Start again");
  });
  test("an address of one's own is filled in, and a confirmed one leads on", () => {
    const draw = (flow: FlowView) => show(<VerificationCard flow={flow} csrfToken="t" text={text} address="ada@example.test" />);
    expect(draw(VERIFICATION.ask).forms[0]?.fields).toMatchObject({ email: "ada@example.test" });
    expect(draw(VERIFICATION.done).html).toContain('href="https://app.example.test/settings"');
    expect(draw(VERIFICATION.done).forms).toEqual([]);
  });
});

describe("small parts", () => {
  test("a flow begins anew for the same purpose", () => {
    const flow = flowOf({ nodes: [hiddenNode("default", "x")], query: "?aal=aal2&refresh=true&return_to=%2Fa&via=email&evil=1" });
    expect(restartHref(flow, "login")).toBe("/self-service/login/browser?return_to=%2Fa&aal=aal2&refresh=true");
    expect(restartHref(flow, "recovery", ["aal", "refresh", "operation"])).toBe("/self-service/recovery/browser?return_to=%2Fa");
  });
  test.each([
    ["ada@example.test", "a•••@e•••.test", "email"], ["+491701234567", "•••67", "sms"], ["ada", "a•••", null], ["a•••@e•••.test", "a•••@e•••.test", "email"], ["•••67", "•••67", "sms"],
  ] as const)("%s is shown as %s (%s)", (address, masked, channel) => {
    expect([maskAddress(address), channelOf(address)]).toEqual([masked, channel]);
  });
  test("options of both shapes are read, and nothing else is", () => {
    const wrapped = JSON.stringify({ credentialOptions: { publicKey: { challenge: "YQ", user: { id: "aWQ" } } }, displayNameFieldNames: ["traits.name", 7, "traits.email"] });
    expect(creationOptions(wrapped)?.nameFields).toEqual(["traits.name", "traits.email"]);
    const plain = creationOptions(JSON.stringify({ publicKey: { challenge: "YQ", user: { id: "aWQ", name: "x", displayName: "x" } } }));
    expect(plain?.nameFields).toEqual([]);
    expect(plain === null ? null : namedAs(plain.options, "Ada").user).toEqual({ id: "aWQ", name: "Ada", displayName: "Ada" });
    for (const wrong of ["", "null", "{}", '{"publicKey":{}}', '{"publicKey":{"challenge":1}}', "[1]"]) expect([requestOptions(wrong), creationOptions(wrong)]).toEqual([null, null]);
  });
  test("hex becomes what a browser calls the same key", () => {
    expect([credentialIdFromHex("fbff"), credentialIdFromHex("FBFF00"), credentialIdFromHex("x"), credentialIdFromHex("abc"), credentialIdFromHex("")]).toEqual(["-_8", "-_8A", null, null, null]);
  });
  test.each([
    ["NotAllowedError", "cancelled"], ["AbortError", "stopped"], ["InvalidStateError", "known"], ["SecurityError", "domain"], ["NotSupportedError", "unsupported"], ["UnknownError", "failed"],
  ] as const)("%s reads as %s", (name, problem) => {
    expect(problemOf(Object.assign(new Error("x"), { name }))).toBe(problem);
  });
  test("only a key that nobody knows is forgotten, never one that failed", () => {
    expect(unknownKey(LOGIN.unknownPasskey)).toEqual({ rpId: "app.example.test", credentialId: "Zm9v" });
    expect(unknownKey(flowOf({ nodes: [], messages: [say.securityKeyWrong()] }))).toBeNull();
  });
});

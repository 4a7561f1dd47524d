import { describe, expect, test } from "vitest";
import { LOCALES } from "@/lib/i18n/locale";
import { translator } from "@/lib/i18n/text";
import { FirstFactor } from "./login/first-factor";
import { chosenMethod } from "./login/methods";
import { RecoveryHelp } from "./login/recovery-help";
import { RegistrationForm } from "./login/registration-form";
import { SecondFactor } from "./login/second-factor";
import { AddressBackCard } from "./recovery/address-back-card";
import type { AddressBackShown } from "./recovery/address-back-card";
import { RecoveryCard } from "./recovery/recovery-card";
import { VerificationCard } from "./recovery/verification-card";
import type { PersonView } from "./session/person";
import { AddressesSection } from "./settings/addresses-section";
import { LinkedSection } from "./settings/linked-section";
import { PasskeySection } from "./settings/passkey-section";
import { SettingsPage } from "./settings/settings-page";
import { TotpSection } from "./settings/totp-section";
import { WebauthnSection } from "./settings/webauthn-section";
import { SetupMfa } from "./setup/setup-mfa";
import type { SetupView } from "./setup/setup-mfa";
import { LOGIN, NOTHING_USED, RECOVERY, REGISTRATION, SECOND, SETTINGS, VERIFICATION } from "./testing/flows";
import { brokenRules, show } from "./testing/page";
import type { Shown } from "./testing/page";
import type { FlowView } from "./flow/flow-view";
import type { Locale } from "@/lib/i18n/locale";
import type { LastUsed } from "@/lib/model/last-used";

const NOW = new Date("2026-07-01T10:00:00Z");
const PENDING: PersonView = { kind: "second_factor_pending", hint: { initials: "A", maskedAddress: "a•••@e•••.test" }, continueAt: "/login", signOutAt: "/out" };
const OFFERS = { registration: true, recovery: true };
const BACK: readonly AddressBackShown["state"][] = ["open", "done", "back", "invalid", "ended", "gone", "taken", "no_place"];
const SETUP: SetupView = { kind: "suggest", methods: ["passkey", "webauthn", "totp"], canSkip: true, canRefuse: true, againInDays: 14, dueAt: null, setUpAt: "/self-service/settings/browser", continueAt: "/" };

type Draw = (locale: Locale) => Shown;
const first = (flow: FlowView, used: LastUsed = NOTHING_USED): Draw => (locale) =>
  show(<FirstFactor flow={flow} csrfToken="t" person={{ kind: "signed_out" }} reason={null} now={NOW} text={translator(locale)} lastUsed={used} offers={OFFERS} />);
const second = (flow: FlowView, asked: string | null = null, used: LastUsed = NOTHING_USED): Draw => (locale) =>
  show(<SecondFactor flow={flow} csrfToken="t" method={chosenMethod(flow, asked, used.second) ?? "totp"} person={PENDING} reason={null} now={NOW} text={translator(locale)} lastUsed={used} />);
const settings = (flow: FlowView): Draw => (locale) => {
  const text = translator(locale);
  const part = { flow, csrfToken: "t", text } as const;
  return show(
    <SettingsPage flow={flow} text={text} enrolFor={null} done={null}>
      <AddressesSection flow={flow} text={text} canConfirm />
      <PasskeySection {...part} now={NOW} />
      <LinkedSection {...part} />
      <TotpSection {...part} account="Ada" />
      <WebauthnSection {...part} now={NOW} />
    </SettingsPage>,
  );
};
const setup = (changes: Partial<SetupView>): Draw => (locale) =>
  show(<SetupMfa view={{ ...SETUP, ...changes }} answer={() => Promise.resolve()} actionToken="t" text={translator(locale)} />);

const SCREENS: Readonly<Record<string, Draw>> = {
  ...Object.fromEntries(Object.entries(LOGIN).map(([name, flow]) => [`login ${name}`, first(flow)])),
  ...Object.fromEntries(Object.entries(SECOND).map(([name, flow]) => [`second step ${name}`, second(flow)])),
  "second step addresses, asked for": second(SECOND.addresses, "code"),
  ...Object.fromEntries((["password", "code", "passkey", "webauthn"] as const).map((method) => [`login after ${method}`, first(LOGIN.everything, { ...NOTHING_USED, first: method })])),
  "login after a provider": first(LOGIN.everything, { ...NOTHING_USED, first: "oidc", provider: "acme" }),
  "second step after the app": second(SECOND.key, "webauthn", { ...NOTHING_USED, second: "totp" }),
  "help": (locale) => show(<RecoveryHelp flow={SECOND.key} person={PENDING} last={null} text={translator(locale)} />),
  ...Object.fromEntries(Object.entries(REGISTRATION).map(([name, flow]): [string, Draw] => [`registration ${name}`, (locale) => show(<RegistrationForm flow={flow} csrfToken="t" text={translator(locale)} />)])),
  ...Object.fromEntries(Object.entries(SETTINGS).map(([name, flow]) => [`settings ${name}`, settings(flow)])),
  ...Object.fromEntries(Object.entries(RECOVERY).map(([name, flow]): [string, Draw] => [`recovery ${name}`, (locale) => show(<RecoveryCard flow={flow} csrfToken="t" text={translator(locale)} />)])),
  ...Object.fromEntries(Object.entries(VERIFICATION).map(([name, flow]): [string, Draw] => [`verification ${name}`, (locale) => show(<VerificationCard flow={flow} csrfToken="t" text={translator(locale)} address="ada@example.test" />)])),
  ...Object.fromEntries(BACK.flatMap((state) => (["recovery", "login"] as const).map((kind): [string, Draw] => [
    `address back ${state} by ${kind}`, (locale) => show(<AddressBackCard view={{ state, onward: { kind, href: "/on" } }} token="t" csrfToken="c" text={translator(locale)} />),
  ]))),
  "setup suggested": setup({}),
  "setup once": setup({ againInDays: null, canRefuse: false, methods: ["totp"] }),
  "setup until": setup({ kind: "require-by", dueAt: NOW, canRefuse: false }),
  "setup wall": setup({ kind: "require-now", canSkip: false, canRefuse: false, againInDays: null }),
};

describe.each(LOCALES)("in %s", (locale) => {
  test.each(Object.keys(SCREENS))("%s", (name) => {
    const page = SCREENS[name]?.(locale);
    expect(page === undefined ? "no such screen" : brokenRules(page)).toEqual([]);
  });
});

import { expect } from "@playwright/test";
import type { CDPSession, Locator, Page } from "@playwright/test";
import { FIRST, SECOND } from "../kit/factors";
import type { FirstFactor, SecondFactor } from "../kit/factors";
import { UPSTREAM } from "../kit/factors-config";
import type { Somebody, World } from "../kit/factors-world";
import { codeByMail, codeByText } from "../kit/letters";
import type { TestServer } from "../kit/server";
import type { SessionJson } from "../kit/wire";
import { enrolByTypedKey, giveCode, givePassword, openSettings } from "../screens/account";
import { chooseProvider, enrolKey, enrolPasskey, enterCode, keyRow, pressAndWait, requestCode, useKey, usePasskey } from "../screens/factors";

/* How a person does on the screens what ../kit/factors.ts does on the wire: one entry for each entry there. */

/** One person at one browser of one project. */
export interface Walk {
  readonly world: World;
  readonly page: Page;
  /** The server, as the person's project is addressed. */
  readonly server: TestServer;
  readonly person: Somebody;
  /** What they sign in with, and what they step up with. */
  readonly firstKey: PluggedKey;
  readonly secondKey: PluggedKey;
  /** How much had come by mail and by text message before the sign-in under way. */
  readonly before: { mail: number; text: number };
}

/** The world's server under a project's own name; its clock is that of whichever process runs. */
export function hosted(world: World, host: string): TestServer {
  return { ...world.server, url: (path, other = host) => world.server.url(path, other), now: () => world.server.now() };
}

/**
 * A virtual authenticator that lies beside the keyboard until it is touched: Chromium's answers by itself otherwise, even to the list
 * of names that a sign-in page offers.
 */
export class PluggedKey {
  readonly #cdp: CDPSession;
  readonly #id: string;

  private constructor(cdp: CDPSession, id: string) {
    this.#cdp = cdp;
    this.#id = id;
  }

  /** One that asks who holds it: Chromium lets no other hold a key that signs in by itself. */
  static async plugIn(page: Page, transport: "usb" | "internal" = "usb"): Promise<PluggedKey> {
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("WebAuthn.enable", { enableUI: false });
    const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2", ctap2Version: "ctap2_1", transport, hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: false,
      },
    });
    return new PluggedKey(cdp, authenticatorId);
  }

  async touchedDuring<T>(work: () => Promise<T>): Promise<T> {
    const touch = (enabled: boolean): Promise<unknown> => this.#cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId: this.#id, enabled });
    await touch(true);
    try {
      return await work();
    } finally {
      await touch(false);
    }
  }

  /** How many keys it holds. */
  async held(): Promise<number> {
    return (await this.#cdp.send("WebAuthn.getCredentials", { authenticatorId: this.#id })).credentials.length;
  }

  /** Lost: nothing answers for it any more. */
  async lose(): Promise<void> {
    await this.#cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: this.#id });
  }
}

interface FirstSteps {
  register(walk: Walk): Promise<void>;
  /** The sign-in screen is open; ends when the wire has answered. */
  signIn(walk: Walk): Promise<void>;
}
interface SecondSteps {
  enrol(walk: Walk): Promise<void>;
  /** Its screen is open. */
  prove(walk: Walk): Promise<void>;
  remove(walk: Walk): Promise<void>;
}

const email = (page: Page): Locator => page.locator('input[name="traits.email"]');
const methodButton = (page: Page, method: string): Locator => page.locator(`button[name=method][value=${method}]`).first();

const passkeyFirst: FirstSteps = {
  async register({ page, person, firstKey }) {
    await email(page).fill(person.email);
    await firstKey.touchedDuring(() => pressAndWait(page, page.locator("#new-passkey")));
  },
  signIn: ({ page, firstKey }) => firstKey.touchedDuring(() => usePasskey(page)),
};

const FIRST_STEPS: Readonly<Record<string, FirstSteps>> = {
  "password": {
    async register({ page, person }) {
      await email(page).fill(person.email);
      await page.locator("input[name=password]").fill(person.password);
      await pressAndWait(page, methodButton(page, "password"));
    },
    async signIn({ page, person }) {
      await answered(page, () => givePassword(page, person));
    },
  },
  "code by mail": {
    async register({ world, page, person }) {
      const before = world.mail.mails.length;
      await email(page).fill(person.email);
      await pressAndWait(page, methodButton(page, "code"));
      await enterCode(page, await codeByMail(world.mail, person.email, before));
    },
    async signIn({ world, page, person }) {
      const before = world.mail.mails.length;
      await requestCode(page, { email: person.email });
      await enterCode(page, await codeByMail(world.mail, person.email, before));
    },
  },
  "passkey as one factor": passkeyFirst,
  "passkey with its user verified": passkeyFirst,
  "identity provider": {
    register: (walk) => byProvider(walk),
    signIn: (walk) => byProvider(walk),
  },
  "key alone": {
    async register({ page, person, firstKey }) {
      await email(page).fill(person.email);
      await page.locator("summary").filter({ hasText: /security key/i }).click();
      await page.locator("input[name=webauthn_register_displayname]").fill("Blue key");
      await firstKey.touchedDuring(() => pressAndWait(page, page.locator("#new-webauthn")));
    },
    async signIn({ page, person, firstKey }) {
      await page.locator("input[name=identifier]").fill(person.email);
      await pressAndWait(page, methodButton(page, "webauthn"));
      await expect(page.getByTestId("screen-login-key")).toBeVisible();
      await firstKey.touchedDuring(() => useKey(page));
    },
  },
};

const codeSecond = (trait: "phone" | "backup"): SecondSteps => ({
  enrol: (walk) => saveTrait(walk, trait, walk.person[trait]),
  async prove({ world, page, person, before }) {
    // With one address and nothing else to choose, the code left as the screen opened.
    if (!(await page.locator("input[name=code]").isVisible())) await requestCode(page);
    await enterCode(page, trait === "phone" ? await codeByText(world.sms, person.phone, before.text) : await codeByMail(world.mail, person.backup, before.mail));
  },
  remove: (walk) => saveTrait(walk, trait, ""),
});

const SECOND_STEPS: Readonly<Record<string, SecondSteps>> = {
  "authenticator app": {
    async enrol({ page, server, person }) {
      await openSettings(page, server);
      person.app = await answered(page, () => enrolByTypedKey(page, server));
    },
    async prove({ page, person }) {
      if (person.app === null) throw new Error("there is no app");
      await giveCode(page, person.app);
    },
    remove: (walk) => removeFrom(walk, "section-totp", "totp_unlink"),
  },
  "recovery codes": {
    async enrol({ page, server, person }) {
      await openSettings(page, server);
      await pressAndWait(page, page.locator("button[name=lookup_secret_regenerate]"));
      person.codes = await confirmShownCodes(page);
    },
    async prove({ page, person }) {
      const [code = "", ...left] = person.codes;
      person.codes = left;
      await page.locator("input[name=lookup_secret]").fill(code);
      await pressAndWait(page, page.getByRole("button", { name: "Continue" }));
    },
    remove: (walk) => removeFrom(walk, "section-lookup_secret", "lookup_secret_disable"),
  },
  "security key": {
    enrol: ({ page, server, secondKey }) => secondKey.touchedDuring(() => enrolKey(page, server, "Green key")),
    prove: ({ page, secondKey }) => secondKey.touchedDuring(() => useKey(page)),
    remove: (walk) => removeNewestKey(walk, "webauthn"),
  },
  "code by text message": codeSecond("phone"),
  "code by mail to another address": codeSecond("backup"),
  "passkey": {
    enrol: ({ page, server, secondKey }) => secondKey.touchedDuring(() => enrolPasskey(page, server)),
    prove: ({ page, secondKey }) => secondKey.touchedDuring(() => usePasskey(page)),
    remove: (walk) => removeNewestKey(walk, "passkey"),
  },
};

export const firstSteps = (factor: FirstFactor): FirstSteps => stepsOf(FIRST_STEPS, factor.id);
export const secondSteps = (factor: SecondFactor): SecondSteps => stepsOf(SECOND_STEPS, factor.id);

function stepsOf<T>(table: Readonly<Record<string, T>>, id: string): T {
  const steps = table[id];
  if (steps === undefined) throw new Error(`nobody wrote down how a person does it: ${id}`);
  return steps;
}
/** Entries of the wire's lists without an entry here, and the other way round. */
export function missingSteps(): readonly string[] {
  const rows = [[FIRST, FIRST_STEPS], [SECOND, SECOND_STEPS]] as const;
  return rows.flatMap(([wire, screens]) => {
    const ids = wire.map(({ id }) => id);
    return [...ids.filter((id) => !Object.hasOwn(screens, id)), ...Object.keys(screens).filter((id) => !ids.includes(id))];
  });
}

/** Copies the codes that are shown, and types back the one that is asked for. */
export async function confirmShownCodes(page: Page): Promise<readonly string[]> {
  const shown = page.getByTestId("recovery-codes");
  const codes = (await shown.locator("li code").allInnerTexts()).map((code) => code.trim());
  const position = Number(/\d+/.exec(await shown.locator("label").first().innerText())?.[0] ?? "0");
  await shown.getByRole("textbox").fill(codes[position - 1] ?? "");
  await pressAndWait(page, page.getByRole("button", { name: "I have saved them" }));
  await expect(shown).toBeHidden();
  return codes;
}

/** The session as the page's own script would read it; null when there is none or it is not enough. */
export async function sessionIn(page: Page): Promise<SessionJson | null> {
  return page.evaluate(async () => {
    const answer = await fetch("/sessions/whoami", { headers: { accept: "application/json" } });
    return answer.ok ? await answer.json() as SessionJson : null;
  });
}

/** Runs until the form it sends is answered and the page after it stands. */
export async function answered<T>(page: Page, work: () => Promise<T>): Promise<T> {
  const reply = page.waitForResponse((response) => response.request().method() === "POST" && new URL(response.url()).pathname.startsWith("/self-service/"));
  const done = await work();
  await reply;
  await page.waitForLoadState("domcontentloaded");
  return done;
}

async function byProvider({ world, page, person, server }: Walk): Promise<void> {
  await world.upstream(person, async () => {
    await chooseProvider(page, UPSTREAM);
    const ours = new URL(server.url("/")).host;
    await page.waitForURL((url) => url.host === ours && !/^\/(self-service|api)\//.test(url.pathname) && url.pathname !== "/registration" && (url.pathname !== "/login" || url.searchParams.has("flow")));
  });
}

async function saveTrait({ page, server }: Walk, trait: string, value: string): Promise<void> {
  await openSettings(page, server);
  const section = page.getByTestId("section-profile");
  await section.locator(`input[name="traits.${trait}"]`).fill(value);
  await pressAndWait(page, section.locator("button[name=method][value=profile]"));
}

async function removeFrom({ page, server }: Walk, section: string, button: string): Promise<void> {
  await openSettings(page, server);
  const press = page.getByTestId(section).locator(`button[name=${button}]`);
  await page.getByTestId(section).locator("details").filter({ has: page.locator(`button[name=${button}]`) }).locator("summary").first().click();
  await pressAndWait(page, press);
}

async function removeNewestKey({ page, server }: Walk, kind: "webauthn" | "passkey"): Promise<void> {
  await openSettings(page, server);
  const row = keyRow(page, kind, "").last();
  await row.locator("summary").filter({ hasText: /^Remove/ }).click();
  await pressAndWait(page, row.locator(`button[name=${kind}_remove]`));
}


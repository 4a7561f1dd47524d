import { expect } from "@playwright/test";
import type { CDPSession, Locator, Page } from "@playwright/test";
import type { TestServer } from "../kit/server";
import { hydrated, openSettings } from "./account";

/*
 * What a person does with keys, codes and linked accounts, by the words and roles they meet. Ceremonies need a virtual
 * authenticator (`plugIn`); codes come from wherever the test reads its mail.
 */

export interface PluggedIn {
  readonly cdp: CDPSession;
  readonly authenticatorId: string;
  /** Pulls it out: nothing answers any more. */
  remove(): Promise<void>;
}
export interface AuthenticatorKind {
  /** A key to plug in, or the device itself. */
  readonly transport?: "usb" | "internal";
  /** Can ask its user for a finger or a PIN, and does. */
  readonly verifiesUser?: boolean;
  /** Its credentials travel with their owner. */
  readonly synced?: boolean;
}

/** A virtual authenticator of Chromium in this page's browser, holding whatever the ceremonies leave in it. */
export async function plugIn(page: Page, { transport = "usb", verifiesUser = transport === "internal", synced = false }: AuthenticatorKind = {}): Promise<PluggedIn> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2", ctap2Version: "ctap2_1", transport, hasResidentKey: true, hasUserVerification: verifiesUser, isUserVerified: verifiesUser,
      automaticPresenceSimulation: true, defaultBackupEligibility: synced, defaultBackupState: synced,
    },
  });
  return { cdp, authenticatorId, remove: async () => { await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }); } };
}

/** Presses and waits until the wire has answered the form that follows, and the next page stands. */
export async function pressAndWait(page: Page, button: Locator, script = true): Promise<void> {
  await hydrated(page, script);
  const answered = page.waitForResponse((response) => response.request().method() === "POST" && new URL(response.url()).pathname.startsWith("/self-service/"), { timeout: 30_000 });
  await button.click();
  await answered;
  await page.waitForLoadState("domcontentloaded");
}

/** Adds a security key in the settings, under this name. Needs a fresh session at the level the settings ask for. */
export async function enrolKey(page: Page, server: TestServer, name = "Key ring"): Promise<void> {
  await openSettings(page, server);
  const section = page.getByTestId("section-webauthn");
  await section.locator("input[name=webauthn_register_displayname]").fill(name);
  await pressAndWait(page, section.locator("#add-webauthn"));
  await expect(page.getByTestId("webauthn-list")).toContainText(name);
}

/** Creates a passkey in the settings. */
export async function enrolPasskey(page: Page, server: TestServer): Promise<void> {
  await openSettings(page, server);
  const before = await page.getByTestId("passkey-list").getByTestId("key-row").count();
  await pressAndWait(page, page.locator("#add-passkey"));
  await expect(page.getByTestId("passkey-list").getByTestId("key-row")).toHaveCount(before + 1);
}

/** The row of one key in the settings. */
export function keyRow(page: Page, kind: "webauthn" | "passkey", name: string): Locator {
  return page.getByTestId(`${kind}-list`).getByTestId("key-row").filter({ hasText: name });
}

export async function renameKey(page: Page, kind: "webauthn" | "passkey", name: string, to: string): Promise<void> {
  const row = keyRow(page, kind, name).first();
  await row.getByText("Rename").click();
  await row.locator(`input[name=${kind}_rename_displayname]`).fill(to);
  await pressAndWait(page, row.getByRole("button", { name: /^Save name/ }));
}

export async function removeKey(page: Page, kind: "webauthn" | "passkey", name: string): Promise<void> {
  const row = keyRow(page, kind, name).first();
  await row.locator("summary").filter({ hasText: /^Remove/ }).click();
  await pressAndWait(page, row.locator(`button[name=${kind}_remove]`));
}

/** Answers the open screen with a security key: at the second step, or where an account has nothing else. */
export async function useKey(page: Page): Promise<void> {
  await pressAndWait(page, page.locator("#use-webauthn"));
}

/** Answers the open screen with a passkey, by its button. */
export async function usePasskey(page: Page): Promise<void> {
  await pressAndWait(page, page.locator("#use-passkey"));
}

/** Opens another way of the second step, by the name it has in the list. */
export async function tryAnotherWay(page: Page, name: string): Promise<void> {
  const ways = page.getByTestId("another-way");
  await ways.locator("summary").click();
  await ways.getByRole("link", { name: new RegExp(`^${name}`) }).click();
}

/** Asks for a code: at the first step to the address typed, at the second to the address whose masked form shows `to`. */
export async function requestCode(page: Page, { email, to }: { readonly email?: string; readonly to?: string | RegExp } = {}): Promise<void> {
  if (email !== undefined) await page.locator("input[name=identifier]").fill(email);
  const button = to === undefined ? page.locator("button[name=method][value=code], button[name=address]").first() : page.getByRole("button", { name: to });
  await pressAndWait(page, button);
}

/** Types a code that was sent. Where script runs, six digits send the form by themselves. */
export async function enterCode(page: Page, code: string, script = true): Promise<void> {
  const field = page.locator("input[name=code]");
  await expect(field).toBeVisible();
  await hydrated(page, script);
  const answered = page.waitForResponse((response) => response.request().method() === "POST" && new URL(response.url()).pathname.startsWith("/self-service/"));
  if (script) await field.pressSequentially(code);
  else {
    await field.fill(code);
    await page.getByRole("button", { name: "Continue" }).click();
  }
  await answered;
  await page.waitForLoadState("domcontentloaded");
}

/** Presses a provider's button on the open screen; the browser leaves. */
export async function chooseProvider(page: Page, id: string): Promise<void> {
  await page.locator(`button[name=provider][value="${id}"]`).click();
}

/** Links an account elsewhere in the settings; the browser leaves and, the provider willing, comes back. */
export async function linkProvider(page: Page, server: TestServer, id: string): Promise<void> {
  await openSettings(page, server);
  await page.getByTestId("section-oidc").locator(`button[name=link][value="${id}"]`).click();
}

export async function unlinkProvider(page: Page, id: string): Promise<void> {
  const row = page.getByTestId("linked-list").locator("li").filter({ has: page.locator(`button[name=unlink][value="${id}"]`) });
  await row.locator("summary").click();
  await pressAndWait(page, row.locator("button[name=unlink]"));
}

/** From the sign-in screen back into an account, with the code that `code` reads from the mail. */
export async function recover(page: Page, server: TestServer, email: string, code: () => Promise<string>): Promise<void> {
  await page.goto(server.url("/self-service/login/browser"));
  await page.getByRole("link", { name: "Trouble signing in?" }).click();
  await expect(page.getByTestId("screen-recovery")).toBeVisible();
  await page.locator("input[name=email]").fill(email);
  await pressAndWait(page, page.getByRole("button", { name: "Send the code" }));
  await expect(page.getByTestId("screen-recovery-code-sent")).toBeVisible();
  await enterCode(page, await code());
}

/** Confirms the first unconfirmed address from the settings, with the code that `code` reads from the mail. */
export async function verify(page: Page, server: TestServer, code: () => Promise<string>): Promise<void> {
  await openSettings(page, server);
  await page.getByTestId("address-list").getByRole("link", { name: /^Confirm/ }).first().click();
  await expect(page.getByTestId("screen-verification")).toBeVisible();
  await pressAndWait(page, page.getByRole("button", { name: "Send the code" }));
  await expect(page.getByTestId("screen-verification-code-sent")).toBeVisible();
  await enterCode(page, await code());
  await expect(page.getByTestId("screen-verified")).toBeVisible();
}

/** The first of two steps in the identifier-first style: the account name, and on. */
export async function sayWho(page: Page, email: string): Promise<void> {
  await page.locator("input[name=identifier]").fill(email);
  await pressAndWait(page, page.getByTestId("screen-login").getByRole("button", { name: "Continue", exact: true }));
}

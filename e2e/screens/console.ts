import { expect } from "@playwright/test";
import type { Page } from "@playwright/test";
import { anyEmail, anyPassword } from "../kit/fixtures";
import type { TestServer } from "../kit/server";
import type { Authenticator } from "../kit/totp";
import { enrolByTypedKey, givePassword } from "./account";
import type { Credentials } from "./account";

/** Where the console lives, and its page for one project. */
export const consoleUrl = (server: TestServer, path = "/console"): string => server.url(path, "console.localhost");
export const twoFactorUrl = (server: TestServer, slug = "default"): string => consoleUrl(server, `/console/projects/${slug}/two-factor`);

/** Follows the one-time link, makes the account, signs in, enrols, and ends on the Two-Factor page. */
export async function becomeAdmin(page: Page, server: TestServer): Promise<Credentials & { readonly authenticator: Authenticator }> {
  const admin = { email: anyEmail(), password: anyPassword() };
  await page.goto(server.setupUrl());
  await acceptSetup(page, admin);
  await page.goto(twoFactorUrl(server));
  if (await page.getByTestId("screen-login").isVisible()) await givePassword(page, admin);
  await expect(page.getByTestId("screen-settings")).toBeVisible();
  const authenticator = await enrolByTypedKey(page, server);
  await expect(page.getByTestId("section-totp").getByText("Remove authenticator app")).toBeVisible().catch(() => undefined);
  await page.goto(twoFactorUrl(server));
  await expect(page.getByTestId("screen-console-two-factor")).toBeVisible();
  return { ...admin, authenticator };
}

export async function acceptSetup(page: Page, { email, password }: Credentials): Promise<void> {
  const screen = page.getByTestId("screen-console-setup");
  await expect(screen).toBeVisible();
  await screen.getByLabel(/e-?mail/i).fill(email);
  await screen.locator("input[name=password]").fill(password);
  await screen.getByRole("button", { name: /admin/i }).click();
  await expect(screen).toBeHidden();
}

export const SIGN_IN = "Sign-in and sessions";
export const SETTINGS = "Account settings";

/** Presses the card, as a person does: the words on it are the radio's label. */
export async function choose(page: Page, area: typeof SIGN_IN | typeof SETTINGS, model: "Strict" | "Lax"): Promise<void> {
  const group = page.getByRole("group", { name: area });
  await group.locator("label").filter({ hasText: new RegExp(`^${model}`) }).first().click();
  await expectChosen(page, area, model);
}
export async function expectChosen(page: Page, area: typeof SIGN_IN | typeof SETTINGS, model: "Strict" | "Lax"): Promise<void> {
  await expect(page.getByRole("group", { name: area }).getByRole("radio", { name: new RegExp(`^${model}`) })).toBeChecked();
}
export async function chooseForSignIn(page: Page, model: "Strict" | "Lax"): Promise<void> {
  await choose(page, SIGN_IN, model);
}

/** Shows the impact of what the page holds: nothing is in force yet. */
export async function preview(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Preview impact", exact: true }).click();
}

/** Saves the draft that is shown; what protects less is given a reason. */
export async function saveDraft(page: Page, why = "because the test says so"): Promise<void> {
  const form = page.getByTestId("save-draft");
  await expect(form).toBeVisible();
  const comment = form.locator("input[name=comment]");
  if ((await comment.inputValue()) === "") await comment.fill(why);
  await form.getByRole("button", { name: /^Save/ }).click();
}

/** From the form of a page through its preview to the new revision. */
export async function save(page: Page): Promise<void> {
  await preview(page);
  await saveDraft(page);
}

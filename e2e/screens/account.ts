import { expect } from "@playwright/test";
import type { Locator, Page } from "@playwright/test";
import type { TestServer } from "../kit/server";
import { Authenticator } from "../kit/totp";

/** What a person does on the account screens, by the words and roles they meet. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export async function register(page: Page, server: TestServer, { email, password }: Credentials): Promise<void> {
  await page.goto(server.url("/self-service/registration/browser"));
  await expect(page.getByTestId("screen-registration")).toBeVisible();
  await page.getByLabel(/e-?mail/i).fill(email);
  await page.locator("input[name=password]").fill(password);
  await page.locator("button[name=method][value=password]").click();
  await expect(page.getByTestId("screen-registration")).toBeHidden();
}

/** Fills in the password screen that is open. */
export async function givePassword(page: Page, { email, password }: Credentials): Promise<void> {
  const screen = page.getByTestId("screen-login");
  await expect(screen).toBeVisible();
  await screen.getByLabel(/e-?mail/i).fill(email);
  await screen.locator("input[name=password]").fill(password);
  await screen.getByRole("button", { name: "Sign in", exact: true }).click();
}

export async function signIn(page: Page, server: TestServer, person: Credentials, returnTo?: string): Promise<void> {
  const query = returnTo === undefined ? "" : `?return_to=${encodeURIComponent(server.url(returnTo))}`;
  await page.goto(server.url(`/self-service/login/browser${query}`));
  await givePassword(page, person);
}

/** The open code field of a challenge. Six digits send the form by themselves where script runs. */
export async function giveCode(page: Page, authenticator: Authenticator, script = true): Promise<void> {
  const field = page.locator("input[name=totp_code]");
  await expect(field).toBeVisible();
  await typeCode(page, field, await authenticator.code(), script);
}

export async function typeCode(page: Page, field: Locator, code: string, script = true): Promise<void> {
  await hydrated(page, script);
  if (!script) {
    await field.fill(code);
    await page.getByRole("button", { name: "Continue" }).click();
    return;
  }
  const before = page.url();
  const answered = page.waitForResponse((response) => response.request().method() === "POST" && new URL(response.url()).pathname === "/self-service/login");
  await field.pressSequentially(code);
  await answered;
  await page.waitForLoadState("domcontentloaded");
  expect(before).not.toBe("");
}

/** Script has taken over the page: what it adds, such as the appearance switch, is there. */
export async function hydrated(page: Page, script = true): Promise<void> {
  if (script) await expect(page.locator("footer select").first()).toBeVisible();
}

export async function openSettings(page: Page, server: TestServer, returnTo?: string): Promise<void> {
  const query = returnTo === undefined ? "" : `?return_to=${encodeURIComponent(server.url(returnTo))}`;
  await visit(page, server.url(`/self-service/settings/browser${query}`));
}

/** Types the key that the screen shows into an app, and the app's code into the form. */
export async function enrolByTypedKey(page: Page, server: TestServer): Promise<Authenticator> {
  const key = await page.getByTestId("totp-secret").innerText();
  const authenticator = new Authenticator(key.replace(/\s/g, ""), server.now);
  const section = page.getByTestId("section-totp");
  await section.locator("input[name=totp_code]").fill(await authenticator.code());
  await section.getByRole("button", { name: "Turn on" }).click();
  return authenticator;
}

export async function signOut(page: Page): Promise<void> {
  await page.getByTestId("who").getByText("Sign out").click();
  await expect(page.getByTestId("who")).toBeHidden();
}

/** Opens an address, also while the browser is still on its way to the page before. */
export async function visit(page: Page, url: string): Promise<void> {
  for (let more = 3; ; more -= 1) {
    try {
      await page.goto(url);
      return;
    } catch (error) {
      if (more === 0 || !(error instanceof Error) || !/interrupted by another navigation|ERR_ABORTED/.test(error.message)) throw error;
      await page.waitForLoadState("load");
    }
  }
}

/** Level as the home screen says it. */
export async function levelAtHome(page: Page, server: TestServer): Promise<string | null> {
  await visit(page, server.url("/"));
  return page.getByTestId("level").getAttribute("data-aal");
}

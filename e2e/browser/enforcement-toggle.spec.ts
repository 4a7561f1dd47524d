import { expect, test } from "../kit/browser-test";
import { anyEmail, anyPassword, browserAfterPassword, personWithTotp } from "../kit/fixtures";
import { Authenticator } from "../kit/totp";
import { giveCode, givePassword, levelAtHome, signIn } from "../screens/account";
import { SETTINGS, SIGN_IN, acceptSetup, becomeAdmin, choose, chooseForSignIn, consoleUrl, expectChosen, preview, save, saveDraft, twoFactorUrl } from "../screens/console";

test("become admin by the link, flip to Lax, and the next sign-in is not asked; flip back, and everybody is", async ({ page, newBrowser, ownServer }) => {
  const server = await ownServer();
  const ada = await personWithTotp(server);
  const halfSignedIn = await browserAfterPassword(server, ada);
  expect((await halfSignedIn.whoami()).status).toBe(403);

  await becomeAdmin(page, server);
  await expectChosen(page, SIGN_IN, "Strict");
  await chooseForSignIn(page, "Lax");
  await save(page);
  await expect(page.getByRole("status").filter({ hasText: /Saved as revision/ })).toBeVisible();
  await expect(page.getByTestId("screen-console-two-factor")).toContainText(/Strict to Lax/);
  expect((await halfSignedIn.whoami()).status, "the same session, at the very next request").toBe(200);
  const other = await newBrowser();
  await signIn(other, server, ada, "/orders");
  expect(await levelAtHome(other, server)).toBe("aal1");

  await chooseForSignIn(page, "Strict");
  await save(page);
  await expect(page.getByTestId("screen-console-two-factor")).toContainText(/Lax to Strict/);
  expect((await halfSignedIn.whoami()).status).toBe(403);
  await other.goto(server.url("/orders"));
  await giveCode(other, ada.authenticator);
  await expect(other.getByTestId("screen-orders")).toBeVisible();
});

test("a lost update is refused with what each wanted, and nothing is lost", async ({ page, ownServer }) => {
  const server = await ownServer();
  await becomeAdmin(page, server);
  const second = await page.context().newPage();
  await second.goto(twoFactorUrl(server));
  await chooseForSignIn(page, "Lax");
  await save(page);
  await expect(page.getByRole("status").filter({ hasText: /Saved as revision/ })).toBeVisible();
  await second.getByLabel("Why (kept in the history)").fill("my reason");
  await choose(second, SETTINGS, "Lax");
  await preview(second);
  const conflict = second.getByTestId("notice-conflict");
  await expect(conflict).toBeVisible();
  await expect(conflict).toBeFocused();
  await expect(conflict, "what they wanted").toContainText("Sign-in: Strict to Lax");
  await expect(conflict, "what I wanted").toContainText("Account settings: Strict to Lax");
  await page.reload();
  await expect(page.getByTestId("enforcement-banner"), "nothing of mine is in force").toContainText("Strict for settings");
  await second.getByRole("button", { name: "Save mine on top" }).click();
  await expect(conflict).toBeHidden();
  await expect(second.getByTestId("save-draft").locator("input[name=comment]")).toHaveValue("my reason");
  await saveDraft(second);
  await expect(second.getByRole("status").filter({ hasText: /Saved as revision/ })).toBeVisible();
  await expect(second.getByTestId("screen-console-two-factor")).toContainText("my reason");
  await expectChosen(second, SIGN_IN, "Lax");
  await expectChosen(second, SETTINGS, "Lax");
});

test("the set-up link works once, and nobody else is an admin", async ({ page, newBrowser, ownServer }) => {
  const server = await ownServer();
  const admin = { email: anyEmail(), password: anyPassword() };
  await page.goto(server.setupUrl());
  await acceptSetup(page, admin);
  const late = await newBrowser();
  await late.goto(server.setupUrl());
  await expect(late.getByTestId("screen-console-setup-invalid")).toBeVisible();
  await late.goto(consoleUrl(server));
  await expect(late.getByTestId("screen-console")).toBeHidden();
  await expect(late.getByTestId("screen-login")).toBeVisible();
});

test("an admin without a second factor is led to enrolment; saving asks again after ten minutes, and the draft survives it", async ({ page, ownServer }) => {
  let server = await ownServer();
  const admin = await becomeAdmin(page, server);
  await chooseForSignIn(page, "Lax");
  await preview(page);
  await expect(page.getByTestId("impact")).toBeVisible();
  server = await server.restart({ shiftSeconds: 11 * 60 });
  await saveDraft(page);
  await giveCode(page, new Authenticator(admin.authenticator.secret, server.now));
  await expect(page.getByTestId("screen-console-draft"), "back at the draft").toContainText("Sign-in: Strict to Lax");
  await saveDraft(page);
  await expect(page.getByRole("status").filter({ hasText: /Saved as revision/ })).toBeVisible();
  await server.dispose();
});

test("a protected path added in the console guards it at once, and a broken one is refused with a reason", async ({ page, newBrowser, ownServer }) => {
  const server = await ownServer();
  const ada = await personWithTotp(server);
  await becomeAdmin(page, server);
  await chooseForSignIn(page, "Lax");
  await page.getByTestId("path-row").last().getByRole("textbox").first().fill("no slash");
  await preview(page);
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await expectChosen(page, SIGN_IN, "Lax");
  const other = await newBrowser();
  await signIn(other, server, ada);
  await expect(other.getByTestId("screen-totp"), "nothing was saved").toBeVisible();
});

test("signing in to the console asks for the app under its own Strict", async ({ page, newBrowser, ownServer }) => {
  const server = await ownServer();
  const admin = await becomeAdmin(page, server);
  const other = await newBrowser();
  await other.goto(twoFactorUrl(server));
  await givePassword(other, admin);
  await giveCode(other, admin.authenticator);
  await expect(other.getByTestId("screen-console-two-factor")).toBeVisible();
});

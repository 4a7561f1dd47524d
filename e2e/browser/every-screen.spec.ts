import { expect, test } from "../kit/browser-test";
import { anyEmail, anyPassword, enrolRecoveryCodes, personWithTotp, registerPerson } from "../kit/fixtures";
import { inspect } from "../kit/inspect";
import { Authenticator } from "../kit/totp";
import { enrolByTypedKey, giveCode, givePassword, openSettings, register, signIn, typeCode } from "../screens/account";
import { becomeAdmin, chooseForSignIn, preview, save, twoFactorUrl } from "../screens/console";

test.describe.configure({ timeout: 240_000 });

test("screens of a visitor", async ({ page, server }) => {
  await page.goto(server.url("/"));
  await inspect(page, "home-signed-out");
  await page.goto(server.url("/self-service/login/browser"));
  await inspect(page, "login");
  await givePassword(page, { email: anyEmail(), password: anyPassword() });
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await inspect(page, "login-error");
  await page.goto(server.url("/self-service/registration/browser"));
  await inspect(page, "registration");
  await page.getByLabel(/e-?mail/i).fill("not an address");
  await page.locator("input[name=password]").fill("abc");
  await page.getByTestId("screen-registration").getByRole("button", { name: "Create account", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await inspect(page, "registration-error");
  await page.goto(server.url("/self-service/login/browser?aal=aal2"));
  await expect(page.getByTestId("screen-error")).toBeVisible();
  await inspect(page, "error");
  await page.goto(server.url("/error?id=nothing"));
  await inspect(page, "error-unknown");
  await page.goto(server.url("/nothing-here"));
  await inspect(page, "not-found");
});

test("screens of the second step", async ({ page, server }) => {
  const ada = await enrolRecoveryCodes(await personWithTotp(server));
  await signIn(page, server, ada);
  await inspect(page, "totp");
  await page.getByText("Try another way").click();
  await inspect(page, "totp-another-way");
  await typeCode(page, page.locator("input[name=totp_code]"), ada.authenticator?.wrongCode() ?? "");
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await inspect(page, "totp-error");
  await page.goto(server.url("/"));
  await inspect(page, "home-pending");
  await page.getByText("Finish signing in").click();
  await page.getByText("Try another way").click();
  await page.getByTestId("another-way").getByText("Recovery code", { exact: true }).click();
  await inspect(page, "recovery-code");
  await page.getByLabel("Recovery code").fill("0000-0000-0000-0000");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await inspect(page, "recovery-code-error");
  await page.goto(server.url("/self-service/login/browser?aal=aal2"));
  await page.getByText("Try another way").click();
  await page.getByText("I can't use any of these").click();
  await inspect(page, "recovery-help");
});

test("screens of the account", async ({ page, server }) => {
  await register(page, server, { email: anyEmail(), password: anyPassword() });
  await page.goto(server.url("/"));
  await inspect(page, "home-aal1");
  await page.goto(server.url("/self-service/login/browser?aal=aal2"));
  await expect(page.getByTestId("screen-no-second-factor")).toBeVisible();
  await inspect(page, "no-second-factor");
  await page.goto(server.url("/self-service/login/browser?refresh=true"));
  await inspect(page, "refresh-password");
  await page.goto(server.url("/payment"));
  await inspect(page, "settings-enrol-for-payment");
  await openSettings(page, server);
  await inspect(page, "settings");
  await page.getByTestId("section-totp").locator("input[name=totp_code]").fill("000000");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await inspect(page, "settings-totp-error");
  await enrolByTypedKey(page, server);
  await expect(page.getByTestId("section-totp")).toContainText("Remove authenticator app");
  await inspect(page, "settings-saved");
  await page.getByText("Remove authenticator app").first().click();
  await inspect(page, "settings-remove-question");
  await page.getByRole("button", { name: "Get recovery codes" }).click();
  await expect(page.getByTestId("recovery-codes")).toBeVisible();
  await inspect(page, "recovery-codes-shown");
  await page.goto(server.url("/"));
  await inspect(page, "home-aal2");
  await page.goto(server.url("/orders"));
  await inspect(page, "orders");
  await page.goto(server.url("/payment"));
  await inspect(page, "payment");
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByTestId("receipt")).toBeVisible();
  await inspect(page, "payment-done");
});

test("the step-up screen, and an expired form", async ({ page, newBrowser, ownServer }) => {
  let server = await ownServer();
  const ada = await personWithTotp(server);
  await signIn(page, server, ada, "/payment");
  await giveCode(page, ada.authenticator);
  const visitor = await newBrowser();
  await visitor.goto(server.url("/self-service/login/browser"));
  const old = visitor.url();
  server = await server.restart({ shiftSeconds: 16 * 60 });
  await page.goto(server.url("/payment"));
  await expect(page.getByTestId("screen-step-up")).toBeVisible();
  await inspect(page, "step-up");
  await giveCode(page, new Authenticator(ada.authenticator.secret, server.now));
  server = await server.restart({ shiftSeconds: 2 * 3_600 });
  await visitor.goto(old);
  await inspect(visitor, "expired");
  await server.dispose();
});

test("screens of the console", async ({ page, newBrowser, ownServer }) => {
  const server = await ownServer();
  await page.goto(server.setupUrl());
  await inspect(page, "console-setup");
  await becomeAdmin(page, server);
  await inspect(page, "console-two-factor");
  const second = await page.context().newPage();
  await second.goto(twoFactorUrl(server));
  await chooseForSignIn(page, "Lax");
  await inspect(page, "console-two-factor-looser");
  await save(page);
  await expect(page.getByTestId("screen-console-two-factor")).toContainText(/Strict to Lax/);
  await inspect(page, "console-two-factor-saved");
  await second.getByTestId("path-row").last().getByRole("textbox").first().fill("/billing");
  await preview(second);
  await expect(second.getByTestId("notice-conflict")).toBeVisible();
  await inspect(second, "console-two-factor-conflict");
  await page.goto(server.url("/console", "console.localhost"));
  await inspect(page, "console-projects");
  const late = await newBrowser();
  await late.goto(server.setupUrl());
  await inspect(late, "console-setup-used");
});

test("other languages, larger text and forced colours lose nothing", async ({ newBrowser, server }) => {
  const ada = await registerPerson(server);
  for (const locale of ["de-DE", "es-ES", "fr-FR"]) {
    const page = await newBrowser({ locale });
    await page.goto(server.url("/self-service/login/browser"));
    await expect(page.locator("html")).toHaveAttribute("lang", locale.slice(0, 2));
    await inspect(page, `login-${locale.slice(0, 2)}`);
  }
  const page = await newBrowser({ forcedColors: "active" });
  await signIn(page, server, ada);
  await openSettings(page, server);
  await page.setViewportSize({ width: 640, height: 900 });
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

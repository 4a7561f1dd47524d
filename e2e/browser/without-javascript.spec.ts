import { expect, test } from "../kit/browser-test";
import { anyEmail, anyPassword } from "../kit/fixtures";
import { Authenticator } from "../kit/totp";
import { givePassword } from "../screens/account";
import { acceptSetup, chooseForSignIn, save, twoFactorUrl } from "../screens/console";

test("without JavaScript one registers, enrols, signs out, signs in, steps up and pays", async ({ newBrowser, server }) => {
  const page = await newBrowser({ javaScriptEnabled: false });
  const ada = { email: anyEmail(), password: anyPassword() };
  await page.goto(server.url("/registration"));
  await page.getByLabel(/e-?mail/i).fill(ada.email);
  await page.locator("input[name=password]").fill(ada.password);
  await page.getByTestId("screen-registration").getByRole("button", { name: /sign up|create/i }).click();
  await page.goto(server.url("/self-service/settings/browser"));
  const authenticator = new Authenticator((await page.getByTestId("totp-secret").innerText()).replace(/\s/g, ""), server.now);
  const section = page.getByTestId("section-totp");
  await section.locator("input[name=totp_code]").fill(await authenticator.code());
  await section.getByRole("button", { name: "Turn on" }).click();
  await page.goto(server.url("/"));
  await expect(page.getByTestId("level")).toHaveAttribute("data-aal", "aal2");
  await page.getByTestId("who").getByText("Sign out").click();

  await page.goto(server.url("/payment"));
  await givePassword(page, ada);
  await page.locator("input[name=totp_code]").fill(await authenticator.code());
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByTestId("screen-payment")).toBeVisible();
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByTestId("receipt")).toBeVisible();
});

test("without JavaScript wrong input is explained", async ({ newBrowser, server }) => {
  const page = await newBrowser({ javaScriptEnabled: false });
  await page.goto(server.url("/self-service/login/browser"));
  await givePassword(page, { email: anyEmail(), password: anyPassword() });
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await expect(page).toHaveTitle(/^Error: /);
});

test("without JavaScript an admin flips the policy", async ({ newBrowser, ownServer }) => {
  const server = await ownServer();
  const page = await newBrowser({ javaScriptEnabled: false });
  const admin = { email: anyEmail(), password: anyPassword() };
  await page.goto(server.setupUrl());
  await acceptSetup(page, admin);
  await page.goto(twoFactorUrl(server));
  if (await page.getByTestId("screen-login").isVisible()) await givePassword(page, admin);
  const authenticator = new Authenticator((await page.getByTestId("totp-secret").innerText()).replace(/\s/g, ""), server.now);
  await page.getByTestId("section-totp").locator("input[name=totp_code]").fill(await authenticator.code());
  await page.getByTestId("section-totp").getByRole("button", { name: "Turn on" }).click();
  await page.goto(twoFactorUrl(server));
  await chooseForSignIn(page, "Lax");
  await save(page);
  await expect(page.getByTestId("screen-console-two-factor")).toContainText(/Strict to Lax/);
});

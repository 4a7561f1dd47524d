import { expect, test } from "../kit/browser-test";
import { anyEmail, anyPassword } from "../kit/fixtures";
import { inspect } from "../kit/inspect";
import { enrolByTypedKey, giveCode, givePassword, hydrated, levelAtHome, openSettings, register, signIn, signOut } from "../screens/account";
import { enrolKey, plugIn, tryAnotherWay } from "../screens/factors";

test("what last worked in this browser is marked, and opens first at the second step, with and without script", async ({ page, server, newBrowser }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  await plugIn(page);
  await register(page, server, ada);
  await openSettings(page, server);
  const authenticator = await enrolByTypedKey(page, server);
  await enrolKey(page, server);
  await page.goto(server.url("/"));
  await signOut(page);

  // Nobody signed in with a second step here: the fixed order begins with the key.
  await signIn(page, server, ada);
  await expect(page.getByTestId("screen-webauthn")).toBeVisible();
  await expect(page.getByTestId("last-used")).toHaveCount(0);
  await tryAnotherWay(page, "Authenticator app");
  await giveCode(page, authenticator);
  expect(await levelAtHome(page, server)).toBe("aal2");
  await signOut(page);

  await page.goto(server.url("/self-service/login/browser"));
  await hydrated(page);
  const password = page.getByTestId("screen-login").getByRole("button", { name: "Sign in", exact: true });
  await expect(page.getByTestId("last-used")).toHaveText("Last used here");
  await expect(password).toHaveAccessibleDescription("Last used here");
  await inspect(page, "login-last-used");
  await givePassword(page, ada);
  await expect(page.getByTestId("screen-totp")).toBeVisible();
  const ways = page.getByTestId("another-way").getByRole("listitem");
  await page.getByTestId("another-way").locator("summary").click();
  await expect(ways.first()).toContainText("Security key");
  await ways.first().getByRole("link").click();

  await expect(page.getByTestId("screen-webauthn")).toBeVisible();
  await page.getByTestId("another-way").locator("summary").click();
  await expect(ways.first()).toContainText(/Authenticator app\s*Last used here/);
  await expect(page.getByTestId("last-used")).toHaveCount(1);
  await inspect(page, "second-step-last-used");

  const quiet = await newBrowser({ javaScriptEnabled: false });
  await quiet.context().addCookies((await page.context().cookies()).filter(({ name }) => name.includes("rung_last_used")));
  await quiet.goto(server.url("/self-service/login/browser"));
  await expect(quiet.getByTestId("last-used")).toHaveText("Last used here");
  await givePassword(quiet, ada);
  await expect(quiet.getByTestId("screen-totp")).toBeVisible();
});

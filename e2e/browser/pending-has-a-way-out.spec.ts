import { expect, test } from "../kit/browser-test";
import { enrolRecoveryCodes, personWithTotp } from "../kit/fixtures";
import { levelAtHome, signIn, signOut } from "../screens/account";

test("a half-signed-in person sees who is waiting, the way on and the way out, and nothing of the account", async ({ page, server }) => {
  const ada = await personWithTotp(server);
  await signIn(page, server, ada);
  await expect(page.getByTestId("screen-totp")).toBeVisible();
  await page.goto(server.url("/"));
  await expect(page.getByTestId("screen-home")).toContainText("One more step");
  await expect(page.locator("body")).not.toContainText(ada.email);
  await page.getByText("Finish signing in").click();
  await expect(page.getByTestId("screen-totp")).toBeVisible();
  await signOut(page);
  await page.goto(server.url("/orders"));
  await expect(page.getByTestId("screen-login")).toBeVisible();
});

test("every guarded page leads to the second step and shows nothing before", async ({ page, server }) => {
  const ada = await personWithTotp(server);
  await signIn(page, server, ada);
  for (const path of ["/orders", "/payment", "/settings"]) {
    await page.goto(server.url(path));
    await expect(page.locator("input[name=totp_code]")).toBeVisible();
    await expect(page.locator("body")).not.toContainText(ada.email);
  }
});

test("another way: the list, a recovery code, and an honest last item", async ({ page, server }) => {
  const ada = await enrolRecoveryCodes(await personWithTotp(server));
  await signIn(page, server, ada);
  await page.getByText("Try another way").click();
  await expect(page.getByText("I can't use any of these")).toBeVisible();
  await page.getByText("I can't use any of these").click();
  await expect(page.getByTestId("screen-recovery-help")).toBeVisible();
  await page.goBack();
  await page.getByText("Try another way").click();
  await page.getByTestId("another-way").getByText("Recovery code", { exact: true }).click();
  await expect(page.getByTestId("screen-recovery-code")).toBeVisible();
  await page.getByLabel("Recovery code").fill((ada.recoveryCodes[2] ?? "").toLowerCase());
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByTestId("screen-recovery-code")).toBeHidden();
  expect(await levelAtHome(page, server)).toBe("aal2");
});

test("without another way there is still help, not a dead end", async ({ page, server }) => {
  const ada = await personWithTotp(server);
  await signIn(page, server, ada);
  await page.getByText("I can't use any of these").click();
  await expect(page.getByTestId("screen-recovery-help")).toBeVisible();
  await signOut(page);
});

import { expect, test } from "../kit/browser-test";
import { anyEmail, anyPassword } from "../kit/fixtures";
import { enrolByTypedKey, levelAtHome, openSettings, register, signIn, signOut } from "../screens/account";

test("recovery codes are shown once, confirmed by typing one back, and used instead of the app", async ({ page, server }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  await register(page, server, ada);
  await openSettings(page, server);
  await enrolByTypedKey(page, server);
  await openSettings(page, server);
  await page.getByRole("button", { name: "Get recovery codes" }).click();
  const shown = page.getByTestId("recovery-codes");
  await expect(shown.getByRole("listitem")).toHaveCount(12);
  const codes = (await shown.locator("li code").allInnerTexts()).map((code) => code.trim());
  const field = shown.getByRole("textbox");
  const label = await shown.locator("label").first().innerText();
  const position = Number(/\d+/.exec(label)?.[0] ?? "0");
  await field.fill("0000-0000-0000-0000");
  await page.getByRole("button", { name: "I have saved them" }).click();
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await shown.getByRole("textbox").fill(codes[position - 1] ?? "");
  await page.getByRole("button", { name: "I have saved them" }).click();
  await expect(shown).toBeHidden();
  await expect(page.locator("body")).not.toContainText(codes[0] ?? "none");

  await page.goto(server.url("/"));
  await signOut(page);
  const use = async (code: string): Promise<void> => {
    await signIn(page, server, ada);
    await page.getByText("Try another way").click();
    await page.getByTestId("another-way").getByText("Recovery code", { exact: true }).click();
    await page.getByLabel("Recovery code").fill(code);
    await page.getByRole("button", { name: "Continue" }).click();
  };
  await use(codes[7] ?? "");
  await expect(page.getByTestId("screen-recovery-code")).toBeHidden();
  expect(await levelAtHome(page, server)).toBe("aal2");
  await signOut(page);
  await use(codes[7] ?? "");
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
});

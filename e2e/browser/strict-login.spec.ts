import { expect, test } from "../kit/browser-test";
import { anyEmail, anyPassword, personWithTotp } from "../kit/fixtures";
import { enrolByTypedKey, giveCode, givePassword, levelAtHome, openSettings, register, signIn, signOut, typeCode } from "../screens/account";

test("register, enrol the app by typing its key, sign out, sign in, be stepped up under Strict", async ({ page, server }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  await register(page, server, ada);
  expect(await levelAtHome(page, server)).toBe("aal1");

  await openSettings(page, server);
  await expect(page.getByTestId("screen-settings")).toBeVisible();
  const authenticator = await enrolByTypedKey(page, server);
  await expect(page.getByText("Your changes are saved.").or(page.getByRole("status")).first()).toBeVisible();
  expect(await levelAtHome(page, server)).toBe("aal2");

  await signOut(page);
  await signIn(page, server, ada, "/orders");
  await expect(page.getByTestId("screen-totp")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Enter the code from your app");
  await giveCode(page, authenticator);
  await expect(page).toHaveURL(server.url("/orders"));
  await expect(page.getByTestId("screen-orders")).toBeVisible();
  expect(await levelAtHome(page, server)).toBe("aal2");
});

test("a wrong password is said in words, in focus, and the address is kept", async ({ page, server }) => {
  const ada = await personWithTotp(server);
  await signIn(page, server, { email: ada.email, password: "not the password at all" });
  const alert = page.getByRole("alert").filter({ hasText: /\S/ }).first();
  await expect(alert).toBeVisible();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(alert).toBeFocused();
  await expect(page.getByLabel(/e-?mail/i)).toHaveValue(ada.email);
  await expect(page.locator("input[name=password]")).toHaveValue("");
});

test("a wrong code is said in words; a pasted code with a blank is taken", async ({ page, server }) => {
  const ada = await personWithTotp(server);
  await signIn(page, server, ada);
  const field = page.locator("input[name=totp_code]");
  await typeCode(page, field, ada.authenticator.wrongCode());
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await expect(page).toHaveTitle(/^Error: /);
  const code = await ada.authenticator.code();
  await field.focus();
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await page.evaluate(([text]) => {
    const input = document.querySelector<HTMLInputElement>("input[name=totp_code]");
    if (input === null) throw new Error("no field");
    input.value = text ?? "";
    input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
  }, [`${code.slice(0, 3)} ${code.slice(3)}`]);
  await answered;
  await expect(page.getByTestId("level")).toHaveAttribute("data-aal", "aal2");
});

test("a person with only a password is never asked for more under Strict", async ({ page, server }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  await register(page, server, ada);
  await signOut(page);
  await signIn(page, server, ada, "/orders");
  await expect(page.getByTestId("screen-orders")).toBeVisible();
});

test("the keyboard alone signs in, in the order one reads", async ({ page, server }) => {
  const ada = await personWithTotp(server);
  await page.goto(server.url("/self-service/login/browser"));
  await page.getByLabel(/e-?mail/i).focus();
  await page.keyboard.type(ada.email);
  await page.keyboard.press("Tab");
  await expect(page.locator("input[name=password]")).toBeFocused();
  await page.keyboard.type(ada.password);
  await page.keyboard.press("Enter");
  await expect(page.locator("input[name=totp_code]")).toBeFocused();
  await giveCode(page, ada.authenticator);
  expect(await levelAtHome(page, server)).toBe("aal2");
});

test("a session that was signed out elsewhere is gone at the next request", async ({ newBrowser, server }) => {
  const ada = await personWithTotp(server);
  const [here, there] = [await newBrowser(), await newBrowser()];
  for (const page of [here, there]) {
    await signIn(page, server, ada);
    await giveCode(page, ada.authenticator);
  }
  await openSettings(here, server);
  await here.getByRole("button", { name: "Sign out everywhere else" }).click();
  // The list itself: words about signing out stand elsewhere on the page before anything happened.
  await expect(here.getByText("You are not signed in anywhere else.")).toBeVisible();
  await there.goto(server.url("/orders"));
  await givePassword(there, ada);
  await expect(there.getByTestId("screen-totp")).toBeVisible();
});

import { expect, test } from "../kit/browser-test";
import { anyEmail } from "../kit/fixtures";
import { hydrated, levelAtHome, openSettings, signOut } from "../screens/account";
import { enrolPasskey, keyRow, pressAndWait, removeKey, renameKey, usePasskey } from "../screens/factors";
import { PluggedKey, answered, sessionIn } from "./factor-walks";

test("a person lives on Rung with a passkey alone: sign up, sign in, pay, add another, leave the first behind", async ({ page, server }) => {
  const email = anyEmail();
  const phone = await PluggedKey.plugIn(page);
  await page.goto(server.url("/self-service/registration/browser"));
  await page.locator('input[name="traits.email"]').fill(email);
  await phone.touchedDuring(() => pressAndWait(page, page.locator("#new-passkey")));
  expect(await levelAtHome(page, server), "a registration is one proof").toBe("aal1");
  await signOut(page);

  await page.goto(server.url("/self-service/login/browser"));
  await phone.touchedDuring(() => usePasskey(page));
  expect(await levelAtHome(page, server), "the device asked who holds it").toBe("aal2");
  await page.goto(server.url("/payment"));
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByTestId("receipt")).toBeVisible();

  await openSettings(page, server);
  await expect(page.getByTestId("passkey-list").getByTestId("key-row")).toHaveCount(1);
  await expect(page.getByTestId("passkey-list")).toContainText(/last|only/i);
  await expect(page.getByTestId("passkey-list").locator("summary").filter({ hasText: /^Remove/ })).toHaveCount(0);
  const name = (await page.getByTestId("passkey-list").getByTestId("key-row").locator("summary").filter({ hasText: /^Rename/ }).innerText()).replace(/^Rename\s*:?\s*/, "");
  await renameKey(page, "passkey", name, "My phone");
  await expect(keyRow(page, "passkey", "My phone")).toBeVisible();

  const laptop = await PluggedKey.plugIn(page);
  await laptop.touchedDuring(() => enrolPasskey(page, server));
  await removeKey(page, "passkey", "My phone");
  await expect(keyRow(page, "passkey", "My phone")).toHaveCount(0);
  // The page told the browser what the account still accepts (D7): the key that is gone is offered no more.
  await expect.poll(() => phone.held()).toBe(0);
  expect(await laptop.held()).toBe(1);
  await page.goto(server.url("/"));
  await signOut(page);
  await page.goto(server.url("/self-service/login/browser"));
  await laptop.touchedDuring(() => usePasskey(page));
  expect(await levelAtHome(page, server)).toBe("aal2");
  expect((await sessionIn(page))?.identity?.traits).toMatchObject({ email });
});

test("the sign-in field offers passkeys by itself: choosing one there is enough", async ({ page, server }) => {
  const phone = await PluggedKey.plugIn(page, "internal");
  await page.goto(server.url("/self-service/registration/browser"));
  await page.locator('input[name="traits.email"]').fill(anyEmail());
  await phone.touchedDuring(() => pressAndWait(page, page.locator("#new-passkey")));
  await page.goto(server.url("/"));
  await signOut(page);
  // Chromium's virtual authenticator takes what the field offers as soon as it is touched.
  await phone.touchedDuring(() => answered(page, async () => {
    await page.goto(server.url("/self-service/login/browser"));
  }));
  expect(await levelAtHome(page, server)).toBe("aal2");
});

test("a passkey that nobody here knows signs nobody in, and the page says so; a cancelled one costs nothing", async ({ page, server }) => {
  const old = await PluggedKey.plugIn(page);
  await page.goto(server.url("/self-service/login/browser"));
  // A key that was made for this host without its account: left over from an account that is gone.
  await old.touchedDuring(() => page.evaluate(async () => {
    await navigator.credentials.create({ publicKey: {
      challenge: new Uint8Array(32), rp: { name: "Rung" }, user: { id: crypto.getRandomValues(new Uint8Array(16)), name: "gone", displayName: "gone" },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }], authenticatorSelection: { residentKey: "required", userVerification: "required" },
    } });
  }));
  await old.touchedDuring(() => usePasskey(page));
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  expect(await sessionIn(page)).toBeNull();
  // Its store may forget it.
  await expect.poll(() => old.held()).toBe(0);

  await hydrated(page);
  await page.locator("#use-passkey").click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.locator("#use-passkey")).toBeEnabled();
});

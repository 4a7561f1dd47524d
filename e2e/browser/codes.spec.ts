import type { Page } from "@playwright/test";
import { expect, test } from "../kit/factors-fixtures";
import { codeByMail, codeByText } from "../kit/letters";
import { somebody } from "../kit/factors-world";
import { enrolByTypedKey, giveCode, givePassword, hydrated, levelAtHome, openSettings, signOut } from "../screens/account";
import { chooseProvider, enterCode, pressAndWait, requestCode } from "../screens/factors";
import { UPSTREAM } from "../kit/factors-config";
import { answered, hosted, sessionIn } from "./factor-walks";

const FIRST = "keys-second-codes-first-passkeys-second.localhost";
const SECOND = "keys-second-codes-second-passkeys-second.localhost";
/** Somebody with a password and these addresses, signed out again. */
async function registered(page: Page, server: ReturnType<typeof hosted>, who: ReturnType<typeof somebody>, addresses: readonly ("email" | "phone" | "backup")[]): Promise<void> {
  await page.goto(server.url("/self-service/registration/browser"));
  for (const name of addresses) await page.locator(`input[name="traits.${name}"]`).fill(who[name]);
  await page.locator("input[name=password]").fill(who.password);
  await pressAndWait(page, page.locator("button[name=method][value=password]").first());
  await page.goto(server.url("/"));
  await signOut(page);
}

test.describe.configure({ timeout: 180_000 });

test("a mailbox instead of a password: a wrong code is told, an old one dies with the new, the resend button waits in words", async ({ page, world }) => {
  const server = hosted(world, FIRST);
  const ada = somebody("");
  await page.goto(server.url("/self-service/registration/browser"));
  await page.locator('input[name="traits.email"]').fill(ada.email);
  const before = world.mail.mails.length;
  await pressAndWait(page, page.locator("button[name=method][value=code]").first());
  await expect(page.getByTestId("screen-registration-code")).toBeVisible();
  await expect(page.getByTestId("resend-wait")).toContainText(/in \d+ seconds/);
  const code = await codeByMail(world.mail, ada.email, before);
  await enterCode(page, String((Number(code) + 1) % 1_000_000).padStart(6, "0"));
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await enterCode(page, code);
  expect(await levelAtHome(page, server)).toBe("aal1");
  await signOut(page);

  await world.passSeconds(65);
  await page.goto(server.url("/self-service/login/browser"));
  const first = world.mail.mails.length;
  await requestCode(page, { email: ada.email });
  await expect(page.getByTestId("screen-login-code")).toBeVisible();
  const old = await codeByMail(world.mail, ada.email, first);
  await world.passSeconds(65);
  await page.reload();
  const second = world.mail.mails.length;
  await hydrated(page);
  await expect(page.getByRole("button", { name: "Send a new code" })).toBeVisible({ timeout: 40_000 });
  await pressAndWait(page, page.getByRole("button", { name: "Send a new code" }));
  const fresh = await codeByMail(world.mail, ada.email, second);
  await enterCode(page, old);
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await enterCode(page, fresh);
  expect(await levelAtHome(page, server)).toBe("aal1");
});

test("a phone beside a password: nothing leaves before a press where there is a choice, and the risk is said", async ({ page, world }) => {
  const server = hosted(world, SECOND);
  const ada = somebody("");
  await registered(page, server, ada, ["email", "phone", "backup"]);
  const [texts, mails] = [world.sms.texts.length, world.mail.mails.length];
  await page.goto(server.url("/self-service/login/browser"));
  await answered(page, () => givePassword(page, ada));
  await expect(page.getByTestId("screen-code")).toBeVisible();
  await expect(page.getByTestId("sms-risk")).toBeVisible();
  await expect(page.locator("main")).not.toContainText(ada.phone);
  await expect(page.locator("main")).not.toContainText(ada.backup);
  expect(world.sms.texts.slice(texts).filter(({ body }) => body.includes(ada.phone))).toEqual([]);
  expect(world.mail.mails.slice(mails).filter(({ to, subject }) => to.includes(ada.backup) && /^\d{6}/.test(subject))).toEqual([]);
  await requestCode(page, { to: /text message/ });
  await enterCode(page, await codeByText(world.sms, ada.phone, texts));
  expect(await levelAtHome(page, server)).toBe("aal2");
  expect((await sessionIn(page))?.authentication_methods.map(({ method, aal }) => [method, aal])).toEqual([["password", "aal1"], ["code", "aal2"]]);
});

test("a code by text message fills itself in where the browser reads it, and a form one has begun is left alone", async ({ page, world }) => {
  const server = hosted(world, SECOND);
  const ada = somebody("");
  // Chromium without a telephone: what it would hand over is handed over by the test.
  await page.addInitScript(() => {
    Object.assign(window, { OTPCredential: () => undefined });
    const asked = navigator.credentials.get.bind(navigator.credentials);
    const arrives = new Promise((resolve) => { window.addEventListener("message", ({ data }) => resolve(data), { once: true }); });
    navigator.credentials.get = (request) => (request !== undefined && "otp" in request ? arrives as Promise<Credential> : asked(request));
  });
  await registered(page, server, ada, ["email", "phone"]);
  // The number was just written to, to verify it.
  await world.passSeconds(65);
  const texts = world.sms.texts.length;
  await page.goto(server.url("/self-service/login/browser"));
  await answered(page, () => givePassword(page, ada));
  if (await page.locator("input[name=code]").count() === 0) await requestCode(page, { to: /text message/ });
  const code = await codeByText(world.sms, ada.phone, texts);
  const field = page.locator("input[name=code]");
  await hydrated(page);
  await field.fill("1");
  await page.evaluate((given) => { window.postMessage({ code: given }); }, code);
  await page.evaluate(() => new Promise(requestAnimationFrame));
  await expect(field).toHaveValue("1");
  await page.goto(page.url());
  await hydrated(page);
  await answered(page, () => page.evaluate((given) => { window.postMessage({ code: given }); }, code));
  expect(await levelAtHome(page, server)).toBe("aal2");
});

test("a person lives on Rung with an account elsewhere and an app: sign up, be asked, pay, and no password anywhere", async ({ page, world }) => {
  const server = hosted(world, FIRST);
  const ada = somebody("");
  const elsewhere = (): Promise<void> => world.upstream(ada, async () => {
    await chooseProvider(page, UPSTREAM);
    await page.waitForURL((url) => url.host === new URL(server.url("/")).host && !/^\/(self-service|api|registration)\b/.test(url.pathname) && (url.pathname !== "/login" || url.search !== ""));
  });
  await page.goto(server.url("/self-service/registration/browser"));
  await elsewhere();
  expect(await levelAtHome(page, server)).toBe("aal1");
  expect((await sessionIn(page))?.identity?.traits).toEqual({ email: ada.email });
  await openSettings(page, server);
  const app = await answered(page, () => enrolByTypedKey(page, server));
  await page.goto(server.url("/"));
  await signOut(page);

  await page.goto(server.url("/payment"));
  await expect(page.getByTestId("screen-login")).toBeVisible();
  await elsewhere();
  await expect(page.getByTestId("screen-totp")).toBeVisible();
  expect(await sessionIn(page)).toBeNull();
  await giveCode(page, app);
  await expect(page.getByTestId("screen-payment")).toBeVisible();
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByTestId("receipt")).toBeVisible();
  expect((await sessionIn(page))?.authentication_methods.map(({ method }) => method)).toEqual(["oidc", "totp"]);
});

import { expect, test } from "../kit/factors-fixtures";
import { somebody } from "../kit/factors-world";
import { anyEmail, anyPassword } from "../kit/fixtures";
import { inspect } from "../kit/inspect";
import { codeByMail } from "../kit/letters";
import { openSettings, register, signIn, signOut, visit } from "../screens/account";
import { enrolKey, enrolPasskey, enterCode, pressAndWait, recover, requestCode } from "../screens/factors";
import { PluggedKey, hosted } from "./factor-walks";

const FIRST = "keys-second-codes-first-passkeys-second.localhost";
const SECOND = "keys-second-codes-second-passkeys-second.localhost";
test.describe.configure({ timeout: 240_000 });

test("screens of recovery and verification", async ({ page, posted }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  await register(page, posted.server, ada);
  await openSettings(page, posted.server);
  await inspect(page, "settings-unconfirmed-address");
  await page.getByTestId("address-list").getByRole("link", { name: /^Confirm/ }).first().click();
  await expect(page.getByTestId("screen-verification")).toBeVisible();
  await inspect(page, "verification");
  await posted.passSeconds(65);
  const before = posted.mail.mails.length;
  await pressAndWait(page, page.getByRole("button", { name: "Send the code" }));
  await expect(page.getByTestId("screen-verification-code-sent")).toBeVisible();
  await inspect(page, "verification-code-sent");
  await enterCode(page, await codeByMail(posted.mail, ada.email, before));
  await expect(page.getByTestId("screen-verified")).toBeVisible();
  await inspect(page, "verified");
  await visit(page, posted.server.url("/"));
  await signOut(page);
  await posted.passSeconds(65);
  await visit(page, posted.server.url("/self-service/recovery/browser"));
  await inspect(page, "recovery");
  const later = posted.mail.mails.length;
  await recover(page, posted.server, ada.email, async () => {
    await inspect(page, "recovery-code-sent");
    return "000000";
  });
  await expect(page.getByRole("alert").filter({ hasText: /\S/ }).first()).toBeVisible();
  await inspect(page, "recovery-code-wrong");
  await enterCode(page, await codeByMail(posted.mail, ada.email, later));
  await expect(page.getByTestId("screen-settings")).toBeVisible();
  await inspect(page, "settings-after-recovery");
});

test("screens of keys and passkeys", async ({ page, server }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  await register(page, server, ada);
  const ring = await PluggedKey.plugIn(page);
  await ring.touchedDuring(() => enrolKey(page, server, "Key ring"));
  const laptop = await PluggedKey.plugIn(page);
  await laptop.touchedDuring(() => enrolPasskey(page, server));
  await inspect(page, "settings-keys");
  await page.getByTestId("webauthn-list").getByText("Rename").first().click();
  await page.getByTestId("passkey-list").locator("summary").filter({ hasText: /^Remove/ }).first().click();
  await inspect(page, "settings-keys-open");
  await signOut(page);
  await signIn(page, server, ada);
  await inspect(page, "second-step-key");
  await page.getByTestId("another-way").locator("summary").click();
  await inspect(page, "second-step-another-way");
});

test("screens of codes", async ({ page, newBrowser, world }) => {
  const ada = somebody("");
  const first = hosted(world, FIRST);
  await visit(page, first.url("/self-service/registration/browser"));
  await inspect(page, "registration-many-ways");
  await page.locator('input[name="traits.email"]').fill(ada.email);
  const before = world.mail.mails.length;
  await pressAndWait(page, page.locator("button[name=method][value=code]").first());
  await expect(page.getByTestId("screen-registration-code")).toBeVisible();
  await inspect(page, "registration-code");
  await enterCode(page, await codeByMail(world.mail, ada.email, before));
  await visit(page, first.url("/"));
  await signOut(page);
  await world.passSeconds(65);
  await visit(page, first.url("/self-service/login/browser"));
  await inspect(page, "login-many-ways");
  await requestCode(page, { email: ada.email });
  await expect(page.getByTestId("screen-login-code")).toBeVisible();
  await inspect(page, "login-code");

  const eve = somebody("");
  const other = await newBrowser();
  const second = hosted(world, SECOND);
  await visit(other, second.url("/self-service/registration/browser"));
  for (const trait of ["email", "phone", "backup"] as const) await other.locator(`input[name="traits.${trait}"]`).fill(eve[trait]);
  await other.locator("input[name=password]").fill(eve.password);
  await pressAndWait(other, other.locator("button[name=method][value=password]").first());
  await visit(other, second.url("/"));
  await expect(other.getByTestId("who")).toBeVisible();
  await inspect(other, "second-step-pending");
  await visit(other, second.url("/self-service/login/browser?aal=aal2"));
  await inspect(other, "second-step-code-addresses");
});

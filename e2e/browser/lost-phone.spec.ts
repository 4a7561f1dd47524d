import { expect, test } from "../kit/factors-fixtures";
import { anyEmail, anyPassword } from "../kit/fixtures";
import { codeByMail, letterTo } from "../kit/letters";
import { enrolByTypedKey, giveCode, levelAtHome, openSettings, register, signIn, signOut } from "../screens/account";
import { pressAndWait, recover, tryAnotherWay } from "../screens/factors";
import { answered, confirmShownCodes, sessionIn } from "./factor-walks";

test.describe.configure({ timeout: 180_000 });

test("a lost phone: a code by mail replaces the password only, a saved code stands for the phone, and a new app takes its place", async ({ page, posted }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  const { mail } = posted;
  await register(page, posted.server, ada);
  await openSettings(page, posted.server);
  await answered(page, () => enrolByTypedKey(page, posted.server));
  await openSettings(page, posted.server);
  await pressAndWait(page, page.getByRole("button", { name: "Get recovery codes" }));
  const codes = await confirmShownCodes(page);
  await page.goto(posted.server.url("/"));
  await signOut(page);

  // The password is forgotten too. The letter of the registration was a minute ago.
  await posted.passSeconds(65);
  const before = mail.mails.length;
  await recover(page, posted.server, ada.email, () => codeByMail(mail, ada.email, before));
  await letterTo(mail, ada.email, /was recovered/);
  await expect(page.getByTestId("screen-totp"), "the second step is still asked for").toBeVisible();
  expect(await sessionIn(page)).toBeNull();
  await page.goto(posted.server.url("/settings"));
  await expect(page.getByTestId("screen-settings")).toBeHidden();
  await expect(page.locator("body")).not.toContainText(ada.email);
  await page.goto(posted.server.url("/self-service/settings/browser"));
  await expect(page.getByTestId("screen-totp")).toBeVisible();

  await tryAnotherWay(page, "Recovery code");
  await page.locator("input[name=lookup_secret]").fill(codes[4] ?? "");
  await pressAndWait(page, page.getByRole("button", { name: "Continue" }));
  await letterTo(mail, ada.email, /recovery code was used/);
  expect((await sessionIn(page))?.authentication_methods.map(({ method }) => method)).toEqual(["code_recovery", "lookup_secret"]);

  await openSettings(page, posted.server);
  await page.getByTestId("section-totp").locator("summary").first().click();
  await pressAndWait(page, page.locator("button[name=totp_unlink]"));
  await openSettings(page, posted.server);
  const app = await answered(page, () => enrolByTypedKey(page, posted.server));
  const password = anyPassword();
  await openSettings(page, posted.server);
  const section = page.getByTestId("section-password");
  await section.locator("input[name=password]").fill(password);
  await pressAndWait(page, section.locator("button[name=method][value=password]"));
  await letterTo(mail, ada.email, /password.*was changed/i);
  await page.goto(posted.server.url("/"));
  await signOut(page);

  await signIn(page, posted.server, { ...ada, password });
  await giveCode(page, app);
  expect(await levelAtHome(page, posted.server)).toBe("aal2");
});

test("without a saved code the way ends honestly: the page says what helps, and nothing opens", async ({ page, posted }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  await register(page, posted.server, ada);
  await openSettings(page, posted.server);
  await answered(page, () => enrolByTypedKey(page, posted.server));
  await page.goto(posted.server.url("/"));
  await signOut(page);
  await posted.passSeconds(65);
  const before = posted.mail.mails.length;
  await recover(page, posted.server, ada.email, () => codeByMail(posted.mail, ada.email, before));
  await expect(page.getByTestId("screen-totp")).toBeVisible();
  await page.getByText("I can't use any of these").click();
  await expect(page.getByTestId("screen-recovery-help")).toBeVisible();
  for (const path of ["/settings", "/orders", "/payment"]) {
    await page.goto(posted.server.url(path));
    await expect(page.locator("body")).not.toContainText(ada.email);
  }
});

test("an address that nobody has is answered like one that somebody has", async ({ page, posted }) => {
  await page.goto(posted.server.url("/self-service/recovery/browser"));
  await page.locator("input[name=email]").fill(anyEmail());
  await pressAndWait(page, page.getByRole("button", { name: "Send the code" }));
  await expect(page.getByTestId("screen-recovery-code-sent")).toBeVisible();
  expect(posted.mail.mails).toEqual([]);
});

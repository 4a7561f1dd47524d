import { expect, test } from "../kit/factors-fixtures";
import { anyEmail, anyPassword } from "../kit/fixtures";
import { inspect } from "../kit/inspect";
import { codeByMail, letterTo } from "../kit/letters";
import { openSettings, register, signIn } from "../screens/account";
import { pressAndWait, recover, verify } from "../screens/factors";
import { sessionIn } from "./factor-walks";

test.describe.configure({ timeout: 180_000 });

test("an address taken out by somebody else: the letter to the old mailbox puts it back, without script, and recovery begins there", async ({ page, posted, browser }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  const { mail, server } = posted;
  await register(page, server, ada);
  await posted.passSeconds(65);
  const first = mail.mails.length;
  await verify(page, server, () => codeByMail(mail, ada.email, first));
  // A mailbox that entered the account a moment ago would get no link.
  await posted.passSeconds(8 * 86_400);
  await signIn(page, server, ada);
  await openSettings(page, server);
  const section = page.getByTestId("section-profile");
  await section.locator('input[name="traits.email"]').fill(anyEmail());
  await pressAndWait(page, section.locator("button[name=method][value=profile]"));
  expect(await sessionIn(page)).not.toBeNull();

  const letter = await letterTo(mail, ada.email, /addresses .* were changed/);
  const link = /https?:\/\/\S+\/address-back\?token=\S+/.exec(letter.text)?.[0] ?? "";
  expect(letter.html).toContain("This was not me");
  const owner = await browser.newContext();
  const mine = await owner.newPage();
  await mine.goto(link);
  await expect(mine.getByTestId("screen-address-back-open")).toBeVisible();
  await inspect(mine, "address-back");
  expect(await sessionIn(page), "opening the link changes nothing").not.toBeNull();

  const plain = await browser.newContext({ javaScriptEnabled: false });
  const scriptless = await plain.newPage();
  await scriptless.goto(link);
  await scriptless.getByRole("button", { name: "Take the change back" }).click();
  await expect(scriptless.getByTestId("screen-address-back-done")).toBeVisible();
  await mine.goto(scriptless.url());
  await plain.close();
  await expect(mine.getByTestId("screen-address-back-done")).toBeVisible();
  await inspect(mine, "address-back-done");
  expect(await sessionIn(page), "everybody is signed out").toBeNull();
  expect(await sessionIn(mine), "nobody is signed in by it").toBeNull();
  await mine.goto(link);
  await expect(mine.getByTestId("screen-address-back-back")).toBeVisible();

  await mine.getByRole("link", { name: "Get back into the account" }).click();
  await expect(mine.getByTestId("screen-recovery")).toBeVisible();
  await posted.passSeconds(65);
  const before = mail.mails.length;
  await recover(mine, server, ada.email, () => codeByMail(mail, ada.email, before));
  await expect(mine.getByTestId("screen-settings")).toBeVisible();
  expect((await sessionIn(mine))?.authentication_methods.map(({ method }) => method)).toEqual(["code_recovery"]);
  await owner.close();
});

import { test } from "../kit/factors-fixtures";
import { anyEmail, anyPassword, browserAfterPassword } from "../kit/fixtures";
import { codeByMail } from "../kit/letters";
import { enrolByTypedKey, openSettings, register, signOut } from "../screens/account";
import { recover } from "../screens/factors";
import { answered } from "./factor-walks";
test("dbg", async ({ page, posted }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  await register(page, posted.server, ada);
  await openSettings(page, posted.server);
  await answered(page, () => enrolByTypedKey(page, posted.server));
  await page.goto(posted.server.url("/"));
  await signOut(page);
  await posted.passSeconds(65);
  const before = posted.mail.mails.length;
  await recover(page, posted.server, ada.email, () => codeByMail(posted.mail, ada.email, before));
  for (let i = 0; i < 4; i += 1) { await page.waitForTimeout(500); console.log("again", page.url(), await page.evaluate(async () => { const a = await fetch("/sessions/whoami", { headers: { accept: "application/json" } }); return `${String(a.status)} ${(await a.text()).slice(0, 500)}`; })); }
  const pw = await browserAfterPassword(posted.server, { ...ada, identityId: "", app: null as never, authenticator: null, recoveryCodes: [] });
  console.log("password", (await pw.whoami()).text.slice(0, 100));
  await page.reload();
  console.log("reloaded", page.url(), await page.getByTestId("section-totp").innerText({ timeout: 2000 }).catch(String));
  await page.goto(posted.server.url("/"));
  console.log("home", await page.locator("main").innerText());
});

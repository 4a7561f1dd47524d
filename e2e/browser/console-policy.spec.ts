import { expect, test } from "../kit/browser-test";
import { browserAfterPassword, personWithTotp } from "../kit/fixtures";
import { SETTINGS, SIGN_IN, becomeAdmin, choose, chooseForSignIn, consoleUrl, expectChosen, preview, saveDraft, twoFactorUrl } from "../screens/console";
import { inspect } from "../kit/inspect";
import { visit } from "../screens/account";

const policyPage = (server: Parameters<typeof consoleUrl>[0], path: string): string => consoleUrl(server, `/console/projects/default${path}`);

test("draft, impact, reason, save, undo: nothing is in force before it is saved, and a reason is asked where it protects less", async ({ page, ownServer }) => {
  const server = await ownServer();
  const ada = await personWithTotp(server);
  const half = await browserAfterPassword(server, ada);
  await becomeAdmin(page, server);
  await chooseForSignIn(page, "Lax");
  await preview(page);
  const impact = page.getByTestId("impact");
  await expect(impact).toContainText("will no longer be asked for a second factor");
  await expect(impact).toContainText(/person has a second factor|people have a second factor/);
  await expect(page.getByTestId("loosening")).toContainText("Sign-in: from Strict to Lax.");
  await expect(page.getByRole("table", { name: /Live sessions by level/ })).toBeVisible();
  await inspect(page, "console-draft");
  expect((await half.whoami()).status, "a draft changes nothing").toBe(403);

  const form = page.getByTestId("save-draft");
  await form.evaluate((element) => { (element as HTMLFormElement).noValidate = true; });
  await form.getByRole("button", { name: "Save with less protection" }).click();
  await expect(form.getByRole("alert")).toBeFocused();
  expect((await half.whoami()).status).toBe(403);
  await saveDraft(page, "a calmer week");
  await expect(page.getByRole("status").filter({ hasText: /Saved as revision/ })).toBeVisible();
  expect((await half.whoami()).status).toBe(200);

  await page.getByRole("link", { name: "Undo this change" }).click();
  await page.getByTestId("restore").getByRole("button", { name: "Preview impact" }).click();
  await expect(page.getByTestId("impact")).toContainText("will be asked for a second factor");
  await saveDraft(page);
  await expect(page.getByRole("status").filter({ hasText: /Saved as revision/ })).toBeVisible();
  expect((await half.whoami()).status).toBe(403);
  await visit(page, policyPage(server, "/revisions"));
  await expect(page.getByTestId("revisions")).toContainText("a calmer week");
  await page.getByRole("link", { name: /Show the lines/ }).first().click();
  await expect(page.getByRole("region", { name: /Changed lines/ })).toContainText("highest_available");
  await inspect(page, "console-revisions");
});

test("the draft waits while other pages are looked at, is found again, and can be dropped", async ({ page, ownServer }) => {
  const server = await ownServer();
  await becomeAdmin(page, server);
  await choose(page, SETTINGS, "Lax");
  await preview(page);
  await expect(page.getByTestId("screen-console-draft")).toBeVisible();
  await visit(page, policyPage(server, ""));
  await expect(page.getByTestId("screen-console-overview")).toBeVisible();
  await expect(page.getByTestId("draft-bar")).toContainText("Account settings: Strict to Lax");
  await inspect(page, "console-overview");
  await page.getByTestId("project-nav").getByRole("link", { name: "Two-factor" }).click();
  await expectChosen(page, SETTINGS, "Lax");
  await expectChosen(page, SIGN_IN, "Strict");
  await page.getByTestId("draft-bar").getByRole("link", { name: "Preview and save" }).click();
  await page.getByRole("button", { name: "Drop this draft" }).click();
  await expect(page.getByTestId("draft-bar")).toBeHidden();
  await expectChosen(page, SETTINGS, "Strict");
});

test("factors say what stands in their way, and enrolment from a date is one choice", async ({ page, ownServer }) => {
  const server = await ownServer();
  await becomeAdmin(page, server);
  await visit(page, policyPage(server, "/methods"));
  await expect(page.getByTestId("screen-console-methods")).toBeVisible();
  await inspect(page, "console-methods");
  await page.getByLabel("Privileged window, in minutes").fill("5");
  await preview(page);
  await expect(page.getByTestId("screen-console-draft")).toContainText("Privileged window: 15 minutes to 5 minutes");
  await visit(page, twoFactorUrl(server));
  await page.getByText("Require from a date", { exact: true }).click();
  await expect(page.getByLabel("Require from a date")).toBeChecked();
  await page.getByLabel("Required from (UTC)").fill("2099-01-01");
  await preview(page);
  await expect(page.getByTestId("screen-console-draft")).toContainText("required from a date");
  await saveDraft(page);
  await expect(page.getByRole("status").filter({ hasText: /Saved as revision/ })).toBeVisible();
});

test("the simulator says who is asked what, and why, for a person and for somebody made up", async ({ page, ownServer }) => {
  const server = await ownServer();
  const ada = await personWithTotp(server);
  await becomeAdmin(page, server);
  await visit(page, policyPage(server, "/simulate"));
  await page.getByLabel("Authenticator app").check();
  await page.getByLabel("Area").selectOption("path");
  await page.getByLabel("Path or operation").fill("/payment");
  await page.getByRole("button", { name: "What happens?" }).click();
  const answer = page.getByTestId("simulation");
  await expect(answer).toHaveAttribute("data-decision", "step_up");
  await expect(answer.getByRole("heading", { level: 2 })).toHaveText("They are asked for their second factor.");
  await expect(answer.locator("strong")).toContainText("aal2 is demanded of this person");
  await inspect(page, "console-simulate");
  await page.getByLabel("Person (address or id)").fill(ada.email);
  await page.getByLabel("Area").selectOption("session");
  await page.getByRole("button", { name: "What happens?" }).click();
  await expect(answer).toContainText(ada.email);
});

test("a project is created here, and lives at its own address", async ({ page, ownServer }) => {
  const server = await ownServer();
  await becomeAdmin(page, server);
  await visit(page, consoleUrl(server));
  const form = page.getByTestId("new-project");
  await form.getByLabel("Name", { exact: true }).fill("Orchard");
  await form.getByLabel("Short name").fill("console");
  await form.getByRole("button", { name: "Create project" }).click();
  await expect(form.getByRole("alert")).toBeFocused();
  await form.getByLabel("Short name").fill("orchard");
  await form.getByRole("button", { name: "Create project" }).click();
  await expect(page.getByTestId("screen-console-overview")).toContainText("Orchard");
  await visit(page, server.url("/self-service/login/browser", "orchard.localhost"));
  await expect(page.getByTestId("screen-login")).toBeVisible();
});

test("at 320 px nothing scrolls sideways", async ({ newBrowser, ownServer }) => {
  const server = await ownServer();
  const page = await newBrowser({ viewport: { width: 320, height: 700 } });
  await becomeAdmin(page, server);
  await chooseForSignIn(page, "Lax");
  await preview(page);
  await expect(page.getByTestId("screen-console-draft")).toBeVisible();
  for (const path of ["/two-factor/draft", "/two-factor", "/methods", "/simulate", "/revisions", ""]) {
    await visit(page, policyPage(server, path));
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(320);
  }
});

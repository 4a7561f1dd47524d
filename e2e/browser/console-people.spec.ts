import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "../kit/browser-test";
import { browserAfterPassword, personWithTotp } from "../kit/fixtures";
import { inspect } from "../kit/inspect";
import type { TestServer } from "../kit/server";
import { becomeAdmin, consoleUrl } from "../screens/console";

test.describe.configure({ timeout: 240_000 });

const place = (server: TestServer, name: string): string => consoleUrl(server, `/console/projects/default/${name}`);

/** Finds somebody by the beginning of their address and opens their page. */
async function openPerson(page: Page, server: TestServer, email: string): Promise<void> {
  await page.goto(place(server, "people"));
  await page.getByRole("searchbox").fill(email.slice(0, -4));
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByTestId("person-row")).toHaveCount(1);
  await page.getByTestId("person-row").getByRole("link").click();
  await expect(page.getByTestId("screen-console-person")).toBeVisible();
}

test("an owner finds somebody, removes a factor with a reason, and they are signed out", async ({ page, ownServer }) => {
  const server = await ownServer();
  const ada = await personWithTotp(server);
  const browser = await browserAfterPassword(server, ada);
  await becomeAdmin(page, server);
  await inspectAt(page, place(server, "people"), "console-people");
  await openPerson(page, server, ada.email);
  await inspect(page, "console-person");
  await expect(page.getByTestId("panel-support")).toContainText("Impersonation is left out on purpose");
  const row = page.getByTestId("factor-row").filter({ hasText: "Authenticator app" });
  await row.getByText("Remove Authenticator app").first().click();
  await inspect(page, "console-person-remove");
  await row.getByLabel("Reason").fill("lost phone");
  await row.getByRole("button", { name: "Remove Authenticator app" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The factor is removed" })).toBeVisible();
  await expect(page.getByTestId("factor-row").filter({ hasText: "Authenticator app" })).toHaveCount(0);
  expect((await browser.whoami()).status).toBe(401);
  await expect(page.getByTestId("audit-row").first()).toContainText("Factor removed by an admin");
  await page.getByRole("button", { name: "Make a recovery code" }).click();
  await expect(page.getByTestId("recovery-code")).toHaveText(/^\d{6}$/);
  await inspect(page, "console-person-recovery");
  await page.reload();
  await expect(page.getByTestId("recovery-code")).toHaveCount(0);
  await page.goto(place(server, "messages"));
  await expect(page.getByTestId("message-row").first()).toContainText("factor_removed");
  await inspect(page, "console-messages");
});

test("sessions, keys, jobs and the log: ended, made once, begun, verified and taken along", async ({ page, ownServer }) => {
  const server = await ownServer();
  const ada = await personWithTotp(server);
  await browserAfterPassword(server, ada);
  await becomeAdmin(page, server);
  await inspectAt(page, place(server, "sessions"), "console-sessions");
  await page.getByTestId("console-session-row").first().getByRole("button", { name: /^End/ }).click();
  await expect(page.getByRole("status").filter({ hasText: "The session is ended" })).toBeVisible();

  await page.goto(place(server, "api-keys"));
  const keys = page.getByTestId("panel-keys-project");
  await keys.getByLabel("Name").fill("importer");
  await keys.getByRole("button", { name: "Make a key" }).click();
  await expect(page.getByTestId("key-token")).toHaveText(/^ory_pat_/);
  await inspect(page, "console-api-keys");
  await page.goto(place(server, "api-keys"));
  await expect(page.getByTestId("key-token")).toHaveCount(0);
  const key = page.getByTestId("keys-table-project").getByTestId("key-row").filter({ hasText: "importer" });
  await key.getByText("Delete importer").first().click();
  await key.getByRole("button", { name: "Delete importer" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The key is deleted" })).toBeVisible();

  await page.goto(place(server, "jobs"));
  await page.getByLabel("File", { exact: true }).setInputFiles({ name: "people.jsonl", mimeType: "application/x-ndjson", buffer: Buffer.from('{"schema_id":"default","traits":{"email":"imported@example.test"}}\n') });
  await page.getByRole("button", { name: "Start the import" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The import of one row has begun" })).toBeVisible();
  await inspect(page, "console-jobs");

  await inspectAt(page, place(server, "audit"), "console-audit");
  await page.getByRole("link", { name: "Verify now" }).click();
  await expect(page.getByRole("status").filter({ hasText: "The chain holds" })).toBeVisible();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export JSONL" }).click();
  const file = await (await downloading).path();
  expect((await readFile(file, "utf8")).trim().split("\n").length).toBeGreaterThan(3);
});

test("owners invite and demote, and the last one stays", async ({ page, ownServer }) => {
  const server = await ownServer();
  await becomeAdmin(page, server);
  await inspectAt(page, consoleUrl(server, "/console/admins"), "console-admins");
  await page.getByRole("button", { name: /^Make support/ }).click();
  await expect(page.getByRole("status").filter({ hasText: "This is the last owner" })).toBeVisible();
  await page.getByRole("button", { name: "Make an invitation link" }).click();
  await expect(page.getByTestId("invite-link")).toContainText("/console/setup?token=rung_support_");
  await page.getByLabel("E-mail address").fill("nobody@example.test");
  await page.getByRole("button", { name: "Add an admin" }).click();
  await expect(page.getByText("Nobody in the console has this address")).toBeVisible();
});

async function inspectAt(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await inspect(page, name);
}

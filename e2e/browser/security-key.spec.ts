import { expect, test } from "../kit/browser-test";
import { anyEmail, anyPassword } from "../kit/fixtures";
import { hydrated, levelAtHome, openSettings, register, signIn, signOut } from "../screens/account";
import { enrolKey, keyRow, removeKey, renameKey, useKey } from "../screens/factors";
import { PluggedKey, sessionIn } from "./factor-walks";

test("a person lives on Rung with a password and a key: enrol, be asked, step up for a payment, rename, remove", async ({ page, ownServer }) => {
  let server = await ownServer();
  const ada = { email: anyEmail(), password: anyPassword() };
  await register(page, server, ada);
  const ring = await PluggedKey.plugIn(page);
  await ring.touchedDuring(() => enrolKey(page, server, "Key ring"));
  expect(await levelAtHome(page, server)).toBe("aal2");
  await signOut(page);

  await signIn(page, server, ada, "/payment");
  await expect(page.getByTestId("screen-webauthn")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Use your security key");
  await expect(page.locator("body")).not.toContainText(ada.email);
  await ring.touchedDuring(() => useKey(page));
  await expect(page.getByTestId("screen-payment")).toBeVisible();

  server = await server.restart({ shiftSeconds: 16 * 60 });
  await page.goto(server.url("/payment"));
  await expect(page.getByTestId("screen-step-up")).toBeVisible();
  await expect(page.locator("input[name=password]")).toBeHidden();
  await ring.touchedDuring(() => useKey(page));
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByTestId("receipt")).toBeVisible();

  await openSettings(page, server);
  await renameKey(page, "webauthn", "Key ring", "Desk drawer");
  await expect(keyRow(page, "webauthn", "Desk drawer")).toBeVisible();
  await removeKey(page, "webauthn", "Desk drawer");
  await expect(keyRow(page, "webauthn", "Desk drawer")).toHaveCount(0);
  await page.goto(server.url("/"));
  await signOut(page);
  await signIn(page, server, ada, "/orders");
  await expect(page.getByTestId("screen-orders"), "what was removed is not asked for").toBeVisible();
});

test("another person's key does not do, a cancelled touch can be repeated, and a second key is as good as the first", async ({ page, server }) => {
  const ada = { email: anyEmail(), password: anyPassword() };
  await register(page, server, ada);
  const [one, two] = [await PluggedKey.plugIn(page), await PluggedKey.plugIn(page)];
  await one.touchedDuring(() => enrolKey(page, server, "One"));
  await two.touchedDuring(() => enrolKey(page, server, "Two"));
  await page.goto(server.url("/"));
  await signOut(page);
  await signIn(page, server, ada);
  await expect(page.getByTestId("screen-webauthn")).toBeVisible();
  await hydrated(page);
  await page.locator("#use-webauthn").click();
  await expect(page.getByText("Follow the steps in your browser.").first()).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  expect(await sessionIn(page)).toBeNull();
  await two.touchedDuring(() => useKey(page));
  expect(await levelAtHome(page, server)).toBe("aal2");
});

test("the same key is not registered twice, and a key needs a name", async ({ page, server }) => {
  await register(page, server, { email: anyEmail(), password: anyPassword() });
  const key = await PluggedKey.plugIn(page);
  await key.touchedDuring(() => enrolKey(page, server, "Only one"));
  await openSettings(page, server);
  await hydrated(page);
  const section = page.getByTestId("section-webauthn");
  await section.locator("#add-webauthn").click();
  await expect(section.getByText("Give the key a name first.")).toBeVisible();
  await section.locator("input[name=webauthn_register_displayname]").fill("Again");
  await key.touchedDuring(async () => {
    await section.locator("#add-webauthn").click();
    await expect(section.getByText("This key is registered already. Take another one.")).toBeVisible();
  });
});

import { expect, test } from "../kit/browser-test";
import { anyEmail, anyPassword, personWithTotp, registerPerson } from "../kit/fixtures";
import { Authenticator } from "../kit/totp";
import { enrolByTypedKey, giveCode, givePassword, register, signIn } from "../screens/account";

test("/payment leads a stranger to sign in, step up and back", async ({ page, server }) => {
  const ada = await personWithTotp(server);
  await page.goto(server.url("/payment"));
  await givePassword(page, ada);
  await giveCode(page, ada.authenticator);
  await expect(page.getByTestId("screen-payment")).toBeVisible();
  await expect(page).toHaveURL(server.url("/payment"));
  await expect(page.getByTestId("freshness")).toContainText("with your app");
});

test("a person without a second factor is led to enrolment and back, never into a loop", async ({ page, server }) => {
  await register(page, server, { email: anyEmail(), password: anyPassword() });
  const visits: string[] = [];
  page.on("framenavigated", (frame) => visits.push(frame.url()));
  await page.goto(server.url("/payment"));
  await expect(page.getByTestId("screen-settings")).toBeVisible();
  await expect(page.getByText(/needs a second step/)).toBeVisible();
  await enrolByTypedKey(page, server);
  await expect(page.getByTestId("screen-payment")).toBeVisible();
  expect(visits.length).toBeLessThan(6);
});

test("sixteen minutes later /payment asks again, names why, and a fresh code opens it", async ({ page, ownServer }) => {
  let server = await ownServer();
  const ada = await personWithTotp(server);
  await signIn(page, server, ada, "/payment");
  await giveCode(page, ada.authenticator);
  await expect(page.getByTestId("screen-payment")).toBeVisible();
  server = await server.restart({ shiftSeconds: 16 * 60 });
  await page.goto(server.url("/payment"));
  await expect(page.getByTestId("screen-step-up")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Confirm it's you");
  await expect(page.getByTestId("screen-step-up")).toContainText(/1[56] minutes/);
  await expect(page.locator("input[name=password]")).toBeHidden();
  await giveCode(page, new Authenticator(ada.authenticator.secret, server.now));
  await expect(page.getByTestId("screen-payment")).toBeVisible();
  await server.dispose();
});

test("six minutes later the page still opens, but paying asks for itself, once", async ({ page, ownServer }) => {
  let server = await ownServer();
  const ada = await personWithTotp(server);
  await signIn(page, server, ada, "/payment");
  await giveCode(page, ada.authenticator);
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByTestId("receipt")).toBeVisible();
  server = await server.restart({ shiftSeconds: 6 * 60 });
  await page.goto(server.url("/payment"));
  await expect(page.getByTestId("screen-payment")).toBeVisible();
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByTestId("screen-step-up")).toBeVisible();
  await expect(page.getByTestId("receipt")).toBeHidden();
  await giveCode(page, new Authenticator(ada.authenticator.secret, server.now));
  await expect(page.getByTestId("screen-payment")).toBeVisible();
  await page.getByRole("button", { name: /^Pay / }).click();
  await expect(page.getByTestId("receipt")).toBeVisible();
  await server.dispose();
});

test("cancelling a step-up goes somewhere that works", async ({ page, ownServer }) => {
  let server = await ownServer();
  const ada = await personWithTotp(server);
  await signIn(page, server, ada, "/payment");
  await giveCode(page, ada.authenticator);
  server = await server.restart({ shiftSeconds: 16 * 60 });
  await page.goto(server.url("/payment"));
  await page.getByText("Cancel and go back").click();
  await expect(page.getByTestId("screen-home")).toBeVisible();
  await server.dispose();
});

test("orders ask for the best there is: nothing more of a password person, the code of an enrolled one", async ({ page, newBrowser, server }) => {
  const plain = await registerPerson(server);
  await signIn(page, server, plain, "/orders");
  await expect(page.getByTestId("screen-orders")).toBeVisible();
  const ada = await personWithTotp(server);
  const other = await newBrowser();
  await other.goto(server.url("/orders"));
  await givePassword(other, ada);
  await giveCode(other, ada.authenticator);
  await expect(other.getByTestId("screen-orders")).toBeVisible();
  await other.getByRole("button", { name: /^Cancel order/ }).first().click();
  await expect(other.getByText(/is cancelled/)).toBeVisible();
});

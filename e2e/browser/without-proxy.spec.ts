import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../kit/browser-test";
import { Browser } from "../kit/client";
import { browserAfterPassword, personWithTotp } from "../kit/fixtures";
import { ROOT, startServer, temporaryDirectory } from "../kit/server";
import { giveCode, givePassword } from "../screens/account";

const NOT_COPIED = new Set([".git", ".next", ".rung", "dist", "test-results", "playwright-report", "screens-output"]);

/** Builds this repository once more without proxy.ts. Packages are linked file by file: the bundler follows no link out of a root. */
function buildWithoutProxy(): string {
  const copy = join(temporaryDirectory(), "rung");
  for (const name of readdirSync(ROOT)) {
    if (NOT_COPIED.has(name) || name === "node_modules" || name === "proxy.ts") continue;
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  const linked = spawnSync("cp", ["-al", join(ROOT, "node_modules"), join(copy, "node_modules")]);
  if (linked.status !== 0) cpSync(join(ROOT, "node_modules"), join(copy, "node_modules"), { recursive: true, verbatimSymlinks: true });
  const built = spawnSync(process.execPath, [join("cli", "dev", "build.mjs")], { cwd: copy, env: { ...process.env, NODE_ENV: "production" }, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the build without proxy.ts failed: ${built.stderr.slice(-2_000)}`);
  return copy;
}

test("deleting proxy.ts opens nothing: pages, actions and handlers refuse by themselves", async ({ page }) => {
  test.setTimeout(600_000);
  const root = buildWithoutProxy();
  expect(existsSync(join(root, "proxy.ts"))).toBe(false);
  const server = await startServer({ root });
  try {
    const ada = await personWithTotp(server);
    for (const browser of [new Browser(server), await browserAfterPassword(server, ada)]) {
      for (const path of ["/payment", "/orders", "/settings", "/console", "/console/projects/default/two-factor"]) {
        const answer = await browser.visit(path);
        expect(answer.text, path).not.toMatch(/screen-(payment|orders|console-two-factor)"|name="sign_in"/);
        expect(answer.text, path).not.toContain(ada.email);
      }
      const cancel = await browser.request("/orders/1001/cancel", "POST", { accept: "application/json", "content-type": "application/x-www-form-urlencoded" }, "csrf_token=x");
      expect([401, 403, 303, 404]).toContain(cancel.status);
      expect((await browser.visit("/")).headers["content-security-policy"]).toMatch(/frame-ancestors 'none'/);
    }
    await page.goto(server.url("/payment"));
    await givePassword(page, ada);
    // Nobody made a nonce, so no script runs; the forms work all the same.
    await giveCode(page, ada.authenticator, false);
    await expect(page.getByTestId("screen-payment")).toBeVisible();
    expect((await (await browserAfterPassword(server, ada)).whoami()).status).toBe(403);
  } finally {
    await server.dispose();
    rmSync(join(root, ".."), { recursive: true, force: true });
  }
});

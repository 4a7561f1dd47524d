import { beforeAll, describe, expect, test } from "vitest";
import { Browser } from "../kit/client";
import { browserAfterPassword, browserAtAal2, personWithTotp, registerPerson } from "../kit/fixtures";
import { send } from "../kit/http";
import type { Answer } from "../kit/http";
import { useServer } from "../kit/use-server";

const at = useServer();
let signedOut: Browser;
let pending: Browser;
let signedIn: Browser;
let atAal2: Browser;
beforeAll(async () => {
  const grace = await personWithTotp(at.server);
  signedOut = new Browser(at.server);
  pending = await browserAfterPassword(at.server, grace);
  atAal2 = await browserAtAal2(at.server, grace);
  signedIn = await browserAfterPassword(at.server, await registerPerson(at.server));
});

function expectSafe(answer: Answer, what: string): void {
  const { headers } = answer;
  expect(headers["x-content-type-options"], what).toBe("nosniff");
  expect(headers["content-security-policy"], what).toMatch(/frame-ancestors 'none'/);
  expect(headers["content-security-policy"], what).toMatch(/base-uri 'none'/);
  expect(headers["content-security-policy"], what).not.toMatch(/unsafe-inline|unsafe-eval/);
  expect(headers["referrer-policy"], what).toMatch(/^(no-referrer|same-origin|strict-origin)$/);
  expect(headers["cross-origin-opener-policy"], what).toBe("same-origin");
  expect(headers["permissions-policy"], what).toContain("publickey-credentials-get=(self)");
  expect(headers["x-frame-options"], what).toBe("DENY");
  expect(headers, what).not.toHaveProperty("x-powered-by");
  expect(headers["server"] ?? "", what).not.toMatch(/next|node|express/i);
  expect(headers["access-control-allow-origin"], what).toBeUndefined();
  expect(headers["strict-transport-security"], `${what}: plain http`).toBeUndefined();
}
function expectPrivate(answer: Answer, what: string): void {
  expect(answer.headers["cache-control"], what).toMatch(/private/);
  expect(answer.headers["cache-control"], what).toMatch(/no-store/);
  expect(answer.headers["vary"] ?? "", what).toMatch(/cookie/i);
}

const PAGES = ["/", "/login", "/registration", "/settings", "/error", "/payment", "/orders", "/console", "/nothing-here"];
const DATA = [
  "/sessions/whoami", "/sessions", "/self-service/login/browser", "/self-service/login/api", "/self-service/login/flows?id=x", "/self-service/login", "/self-service/registration/browser",
  "/self-service/settings/browser", "/self-service/settings/api", "/self-service/logout/browser", "/self-service/logout", "/self-service/errors?id=x", "/health/alive",
  "/health/ready", "/version", "/schemas", "/schemas/nothing", "/.well-known/change-password", "/nothing/here",
];

describe("the header set is on every answer", () => {
  test.each(PAGES)("of the page %s, for everybody", async (path) => {
    for (const browser of [signedOut, pending, signedIn, atAal2]) {
      const answer = await browser.visit(path);
      expect(answer.status).toBeLessThan(500);
      expectSafe(answer, `${path} ${String(answer.status)}`);
      if (answer.status === 200) expectPrivate(answer, path);
    }
  });

  test.each(DATA)("of %s, for everybody, by script", async (path) => {
    for (const browser of [signedOut, pending, signedIn, atAal2]) {
      const answer = await browser.fetch(path);
      expect(answer.status).toBeLessThan(500);
      expectSafe(answer, `${path} ${String(answer.status)}`);
      if (!path.startsWith("/health") && path !== "/version") expectPrivate(answer, path);
      if (answer.text !== "" && answer.headers["content-type"]?.startsWith("application/json") === true) expect(answer.headers["cross-origin-resource-policy"]).toBe("same-origin");
    }
  });

  test("of what is too large and what is no method", async () => {
    const app = await send(at.server.url("/self-service/login/api"), { headers: { accept: "application/json" } });
    const id = app.json<{ id: string }>().id;
    const large = await send(at.server.url(`/self-service/login?flow=${id}`), { method: "POST", headers: { "content-type": "application/json" }, body: "x".repeat(70_000) });
    expectSafe(large, "413");
    expectSafe(await send(at.server.url("/self-service/login/browser"), { method: "PUT" }), "405");
  });
});

describe("pages", () => {
  test("run only scripts that carry this answer's own nonce", async () => {
    const nonces = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const { answer } = await signedOut.follow("/self-service/login/browser");
      const csp = answer.headers["content-security-policy"] ?? "";
      const nonce = /script-src[^;]*'nonce-([^']+)'/.exec(csp)?.[1] ?? "";
      expect(nonce.length).toBeGreaterThanOrEqual(16);
      expect(csp).toMatch(/object-src 'none'/);
      expect(csp).toMatch(/form-action [^;]*'self'/);
      nonces.add(nonce);
      const scripts = answer.text.match(/<script\b[^>]*>/g) ?? [];
      for (const script of scripts) expect(script, script).toContain(`nonce="${nonce}"`);
      expect(answer.text).not.toMatch(/\son[a-z]+="/);
    }
    expect(nonces.size).toBe(3);
  });

  test("a nonce that the client sends is not taken", async () => {
    const answer = await send(at.server.url("/login"), { headers: { accept: "text/html", "x-nonce": "attacker", "content-security-policy": "script-src 'nonce-attacker'" } });
    expect(JSON.stringify(answer.headers)).not.toContain("attacker");
    expect(answer.text).not.toContain("attacker");
  });

  test("name their language and forbid no zoom", async () => {
    const { answer } = await signedOut.follow("/self-service/login/browser");
    expect(answer.text).toMatch(/<html[^>]* lang="[a-z]/);
    expect(answer.text).not.toMatch(/user-scalable=no|maximum-scale=1[^0-9]/);
  });

  test("contain no source maps, and none are served", async () => {
    const { answer } = await signedOut.follow("/self-service/login/browser");
    const scripts = [...answer.text.matchAll(/src="(\/_next\/[^"]+\.js)"/g)].map((match) => match[1] ?? "");
    expect(scripts.length).toBeGreaterThan(0);
    for (const script of scripts.slice(0, 3)) expect((await signedOut.fetch(`${script}.map`)).status).toBe(404);
  });
});

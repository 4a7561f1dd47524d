import { beforeAll, describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import type { FlowName } from "../kit/client";
import { anyEmail, anyPassword, browserAfterPassword, personWithTotp, registerPerson } from "../kit/fixtures";
import type { Person } from "../kit/fixtures";
import { send } from "../kit/http";
import type { Answer } from "../kit/http";
import { useServer } from "../kit/use-server";
import { csrfOf, messageIds, names } from "../kit/wire";
import type { ErrorJson, FlowJson } from "../kit/wire";

const at = useServer();
const KINDS: readonly FlowName[] = ["login", "registration", "settings"];
const UNKNOWN = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f";
let ada: Person;
beforeAll(async () => {
  ada = await registerPerson(at.server);
});

function expectClean(answer: Answer): void {
  expect(answer.status, answer.text.slice(0, 200)).toBeLessThan(500);
  expect(answer.text).not.toMatch(/node_modules|\.ts:\d+|at Object\.|at async|PrismaClient|SELECT |INSERT |stack/);
}
function expectEnvelope(answer: Answer, status: number): void {
  expectClean(answer);
  expect(answer.status).toBe(status);
  expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  expect(answer.headers).toHaveProperty("ory-error-id");
  const { error } = answer.json<ErrorJson>();
  expect(error.code).toBe(status);
  expect(error.status).toBeTypeOf("string");
  expect(error.message).toBeTypeOf("string");
  expect(error).not.toHaveProperty("debug");
}

describe.each(KINDS)("a %s flow id", (kind) => {
  const fetchers = (): readonly { fetch: (path: string) => Promise<Answer> }[] => [new Browser(at.server), ada.app];

  test("that is unknown or no id at all is 404 when read", async () => {
    for (const client of fetchers()) {
      for (const id of [UNKNOWN, "nonsense", "' OR 1=1 --", "..%2f..%2f"]) {
        const answer = await client.fetch(`/self-service/${kind}/flows?id=${encodeURIComponent(id)}`);
        expect([kind === "settings" ? 401 : 404, 404]).toContain(answer.status);
        expectEnvelope(answer, answer.status);
        expect(answer.json<ErrorJson>().error).not.toHaveProperty("id");
      }
    }
  });

  test("that is missing or malformed is a 400 envelope at submit, unknown 404", async () => {
    const submit = (query: string): Promise<Answer> => ada.app.request(`/self-service/${kind}${query}`, "POST", { "content-type": "application/json" }, "{}");
    expectEnvelope(await submit(""), 400);
    expectEnvelope(await submit("?flow=nonsense"), 400);
    expectEnvelope(await submit(`?flow=${UNKNOWN}`), 404);
  });

  test("that is unknown by form leads to a page with a way forward", async () => {
    const browser = new Browser(at.server);
    const answer = await browser.request(`/self-service/${kind}?flow=${UNKNOWN}`, "POST", { accept: "text/html", "content-type": "application/x-www-form-urlencoded" }, "method=password");
    expect([302, 303]).toContain(answer.status);
    const { answer: page } = await browser.follow(answer.location);
    expectClean(page);
    expect(page.headers["content-type"]).toMatch(/^text\/html/);
    expect(page.text).toMatch(/<a [^>]*href=|<form/);
  });

  test("on its page that is unknown restarts or explains, never loops", async () => {
    const browser = kind === "settings" ? await browserAfterPassword(at.server, ada) : new Browser(at.server);
    for (const query of ["", "?flow=nonsense", `?flow=${UNKNOWN}`]) {
      const { answer } = await browser.follow(`/${kind}${query}`);
      expectClean(answer);
      expect(answer.text).toMatch(/<h1/);
    }
  });
});

describe("a body", () => {
  const post = async (headers: Record<string, string>, body: string): Promise<Answer> => {
    const app = new Native(at.server);
    const flow = await app.start("login");
    return app.request(`/self-service/login?flow=${flow.id}`, "POST", headers, body);
  };
  const JSON_TYPE = { "content-type": "application/json" };

  test.each([
    ["cut off", '{"method":"password"'],
    ["no JSON", "method=password"],
    ["an array", "[]"],
    ["a number", "1"],
    ["null", "null"],
    ["a bare word", "true"],
    ["empty", ""],
    ["deeply nested", `${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`],
    ["polluting", '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}},"method":"password"}'],
    ["of odd types", '{"method":["password"],"identifier":{"$ne":1},"password":7}'],
  ])("that is %s is refused without a crash", async (_name, body) => {
    const answer = await post(JSON_TYPE, body);
    expectClean(answer);
    expect(answer.status).toBe(400);
    // Contract 3.4: what a submit answers with 400 is always a whole flow.
    expect(Array.isArray(answer.json<FlowJson>().ui.nodes)).toBe(true);
  });

  test("above 64 KB is 413, at 60 KB it is read", async () => {
    const large = JSON.stringify({ method: "password", identifier: anyEmail(), password: "x".repeat(70_000) });
    const answer = await post(JSON_TYPE, large);
    expectClean(answer);
    expect(answer.status).toBe(413);
    const fine = await post(JSON_TYPE, JSON.stringify({ method: "password", identifier: anyEmail(), password: anyPassword(), padding: "x".repeat(60_000) }));
    expect(messageIds(fine.json<FlowJson>())).toEqual([4000006]);
  });

  test("above 64 KB by form leads to a page", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.open("login");
    const answer = await browser.post(flow, { method: "password", identifier: anyEmail(), password: "x".repeat(70_000) });
    expectClean(answer);
    expect([303, 413]).toContain(answer.status);
  });

  test("of another type is refused", async () => {
    for (const type of ["text/plain", "application/xml", "multipart/form-data; boundary=x"]) {
      const answer = await post({ "content-type": type }, '{"method":"password"}');
      expectClean(answer);
      expect([400, 415]).toContain(answer.status);
      expect(answer.text).not.toContain("ory_st_");
    }
  });

  test("with a parameter on its content type is still read", async () => {
    const answer = await post({ "content-type": "application/json; charset=utf-8" }, JSON.stringify({ method: "password", identifier: anyEmail(), password: anyPassword() }));
    expect(messageIds(answer.json<FlowJson>())).toEqual([4000006]);
  });

  test("that names flow, method or token twice is refused", async () => {
    const browser = new Browser(at.server);
    for (const double of ["method=password&method=totp", "csrf_token=a&csrf_token=b"]) {
      const flow = await browser.start("login");
      const body = `${new URLSearchParams({ csrf_token: csrfOf(flow), identifier: ada.email, password: ada.password, method: "password" }).toString()}&${double}`;
      const answer = await browser.request(`/self-service/login?flow=${flow.id}`, "POST", { accept: "application/json", "content-type": "application/x-www-form-urlencoded" }, body);
      expectClean(answer);
      expect([400, 403]).toContain(answer.status);
      expect(browser.sessionCookie()).toBeUndefined();
    }
    const flow = await browser.start("login");
    const answer = await browser.request(`/self-service/login?flow=${flow.id}&flow=${UNKNOWN}`, "POST", { accept: "application/json", "content-type": "application/json" }, JSON.stringify({ csrf_token: csrfOf(flow), method: "password", identifier: ada.email, password: ada.password }));
    expect(answer.status).toBe(400);
  });
});

describe("methods", () => {
  test("of HTTP that a route does not have are 405", async () => {
    for (const [path, method] of [["/self-service/login/browser", "POST"], ["/self-service/login", "DELETE"], ["/self-service/login", "PUT"], ["/self-service/login/flows", "POST"], ["/self-service/logout/api", "GET"], ["/sessions", "PATCH"]] as const) {
      const answer = await ada.app.request(path, method);
      expectClean(answer);
      expect(answer.status, `${method} ${path}`).toBe(405);
    }
  });

  test("of sign-in that the project has switched off are 404", async () => {
    const app = new Native(at.server);
    for (const method of ["oidc", "code"]) {
      const answer = await app.submit(await app.start("login"), { method, identifier: ada.email, code: "123456", provider: "x" });
      expectClean(answer);
      expect([400, 404]).toContain(answer.status);
      expect(answer.text).not.toContain("ory_st_");
    }
  });
});

describe("paths", () => {
  test("nobody has are 404, as JSON where JSON is asked and as a page otherwise", async () => {
    for (const path of ["/self-service/hope/browser", "/self-service/login/nothing", "/nothing/here", "/.well-known/unknown", "/.env", "/.git/config"]) {
      const json = await ada.app.fetch(path);
      expectClean(json);
      expect(json.status, path).toBe(404);
      // Below /self-service an error of a navigation is told by the error page (contract 2.1).
      const { answer: page, trail } = await new Browser(at.server).follow(path);
      expectClean(page);
      expect(page.headers["content-type"]).toMatch(/^text\/html/);
      if (trail.length === 0) expect(page.status, path).toBe(404);
      else expect(new URL(trail[0] ?? "").pathname).toBe("/error");
    }
  });

  test("for changing the password are known", async () => {
    const answer = await new Browser(at.server).visit("/.well-known/change-password");
    expect([302, 303]).toContain(answer.status);
    expect(answer.location).toContain("/settings");
  });

  test("for schemas and probes answer", async () => {
    const session = await ada.app.session();
    const schema = await ada.app.fetch(new URL(session.identity?.schema_url ?? "").pathname);
    expect(schema.status).toBe(200);
    expect(JSON.stringify(schema.json<Record<string, unknown>>())).toContain("email");
    expect((await ada.app.fetch("/schemas")).json<unknown[]>().length).toBeGreaterThan(0);
    expectEnvelope(await ada.app.fetch("/schemas/nothing"), 404);
    for (const path of ["/health/alive", "/health/ready"]) expect((await ada.app.fetch(path)).json<{ status: string }>()).toMatchObject({ status: "ok" });
    expect((await ada.app.fetch("/version")).json<{ version: string }>().version).toBeTypeOf("string");
  });
});

describe("headers of a client that is no trusted proxy", () => {
  const open = useServer({ env: { RUNG_TRUSTED_PROXIES: "" } });

  test("about hosts and paths are not believed, and links come from the configuration", async () => {
    const answer = await send(open.server.url("/self-service/login/browser"), { headers: { accept: "application/json", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", forwarded: "host=evil.example", "x-original-url": "/admin", "x-rewrite-url": "/admin", "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" } });
    expect(answer.status).toBe(200);
    expect(answer.json<FlowJson>().ui.action).toMatch(new RegExp(`^${open.server.baseUrl}/`));
    expect(answer.text).not.toContain("evil.example");
  });

  test("do not dodge the attempt limits of their address", async () => {
    const tries = await Promise.all(Array.from({ length: 30 }, async (_, round) => {
      const app = new Native(open.server);
      return { app, flow: await app.start("login"), identifier: `x${String(Math.floor(round / 5))}@example.test` };
    }));
    const statuses = await Promise.all(tries.map(async ({ app, flow, identifier }) => (await app.submit(flow, { method: "password", identifier, password: anyPassword() })).status));
    expect(statuses).toContain(429);
  });

  test("open no guarded page", async () => {
    for (const headers of [{ "x-middleware-subrequest": "proxy" }, { "x-middleware-subrequest": "src/proxy:src/proxy:src/proxy:src/proxy:src/proxy" }, { "x-middleware-next": "1" }, { "next-router-prefetch": "1", rsc: "1" }, { purpose: "prefetch" }]) {
      for (const path of ["/payment", "/orders", "/settings", "/payment?_rsc=1"]) {
        const answer = await send(open.server.url(path), { headers: { accept: "text/html", ...headers } });
        expectClean(answer);
        expect(answer.text, path).not.toMatch(/screen-(payment|orders|settings)/);
      }
    }
  });

  test("with a foreign Host get nothing of ours", async () => {
    for (const host of ["evil.example", "localhost.evil.example", "localhost.example"]) {
      const answer = await send(open.server.url("/self-service/login/browser", host), { headers: { accept: "application/json" } });
      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain('"ui"');
    }
  });
});

describe("people's odd input", () => {
  test.each(["\u0000", "a".repeat(5_000), "😀".repeat(300), "<script>alert(1)</script>@x.test", "ada@example.test\r\nSet-Cookie: x=1", "%00%0a"])("as an identifier is a wrong credential: %j", async (identifier) => {
    const app = new Native(at.server);
    const answer = await app.submit(await app.start("login"), { method: "password", identifier, password: anyPassword() });
    expectClean(answer);
    expect(answer.status).toBe(400);
    expect(messageIds(answer.json<FlowJson>()).every((id) => id >= 4000000)).toBe(true);
  });

  test.each(["12 34 56 78", "１２３４５６", "12345６", "0x1234", "-12345", "123456.0", "1234567", "' OR '1'='1"])("as a code is refused at its field or as wrong: %j", async (totp_code) => {
    const grace = await personWithTotp(at.server);
    const flow = await grace.app.start("login", "?refresh=true&aal=aal2");
    const answer = await grace.app.submit(flow, { method: "totp", totp_code });
    expectClean(answer);
    expect(answer.status).toBe(400);
    expect(names(answer.json<FlowJson>())).toContain("totp_code");
  });

  test("stored in the profile is text on every page", async () => {
    const browser = await browserAfterPassword(at.server, ada);
    const { answer } = await browser.follow("/settings?x=%3Cscript%3Ealert(1)%3C/script%3E");
    expect(answer.text).not.toContain("<script>alert(1)</script>");
  });
});

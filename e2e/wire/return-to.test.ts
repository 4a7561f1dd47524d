import { beforeAll, describe, expect, test } from "vitest";
import { Browser, Native } from "../kit/client";
import { browserAfterPassword, registerPerson } from "../kit/fixtures";
import type { Person } from "../kit/fixtures";
import { useServer } from "../kit/use-server";
import type { ErrorJson, FlowJson } from "../kit/wire";

const at = useServer();
let ada: Person;
beforeAll(async () => {
  ada = await registerPerson(at.server);
});

/** What browsers and URL parsers have been talked into; none may lead away from us. */
const FOREIGN = [
  "https://evil.example/", "http://evil.example", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example",
  "https:/evil.example", "http://localhost@evil.example/", "http://localhost:4000.evil.example/", "http://localhost.evil.example/", "javascript:alert(1)",
  "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://localhost/", "http://evil.example#localhost", "http://evil.example?localhost",
  "http://evil.example\\@localhost/", "\thttps://evil.example", " https://evil.example", "https://evil.example%2f@localhost", "http://[::1]/", "http://127.0.0.1:1/",
  "http://user:pass@localhost/", "blob:http://localhost/x", "http://lοcalhost/", "https://localhost%00.evil.example/",
];

describe("a return_to that leads away", () => {
  test.each(FOREIGN)("never makes a flow that ends there: %j", async (target) => {
    const browser = new Browser(at.server);
    for (const kind of ["login", "registration"] as const) {
      const answer = await browser.fetch(`/self-service/${kind}/browser?return_to=${encodeURIComponent(target)}`);
      expect(answer.status).toBeLessThan(500);
      if (answer.status === 200) {
        // Completed to one of our own pages, e.g. a path with an odd first character.
        const flow = answer.json<FlowJson>();
        const done = await signIn(flow, browser);
        expect(new URL(done).origin).toBe(at.server.baseUrl);
        return;
      }
      expect(answer.status).toBe(400);
      expect(answer.json<ErrorJson>().error.id).toBe("self_service_flow_return_to_forbidden");
    }
  });

  async function signIn(flow: FlowJson, browser: Browser): Promise<string> {
    if (!flow.ui.action.includes("/login?")) return at.server.baseUrl;
    const answer = await browser.submit(flow, { method: "password", identifier: ada.email, password: ada.password });
    const items = answer.json<{ continue_with: { redirect_browser_to?: string }[] }>().continue_with;
    return items.map((item) => item.redirect_browser_to).find((url) => url !== undefined) ?? at.server.baseUrl;
  }

  test("by navigation shows the error page; natively it is an envelope; settings and logout refuse it too", async () => {
    const evil = encodeURIComponent("https://evil.example/");
    const visit = await new Browser(at.server).visit(`/self-service/login/browser?return_to=${evil}`);
    expect(visit.status).toBe(303);
    expect(new URL(visit.location).pathname).toBe("/error");
    const native = await new Native(at.server).fetch(`/self-service/login/api?return_to=${evil}`);
    expect(native.status).toBe(400);
    const browser = await browserAfterPassword(at.server, ada);
    for (const path of ["/self-service/settings/browser", "/self-service/logout/browser"]) {
      const answer = await browser.fetch(`${path}?return_to=${evil}`);
      expect(answer.status).toBe(400);
      expect(answer.json<ErrorJson>().error.id).toBe("self_service_flow_return_to_forbidden");
    }
  });
});

describe("a return_to of ours", () => {
  test.each(["/orders", "/payment?x=1", "/settings#sessions"])("as a path is completed: %s", async (path) => {
    const browser = new Browser(at.server);
    const flow = await browser.open("login", `?return_to=${encodeURIComponent(path)}`);
    const answer = await browser.post(flow, { method: "password", identifier: ada.email, password: ada.password });
    expect(answer.status).toBe(303);
    expect(answer.location).toBe(browser.url(path));
  });

  test("is carried in the flow, and the last word is the default when there is none", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.open("login");
    const answer = await browser.post(flow, { method: "password", identifier: ada.email, password: ada.password });
    expect(new URL(answer.location).origin).toBe(at.server.baseUrl);
  });

  test("somebody who is signed in lands there at once", async () => {
    const browser = await browserAfterPassword(at.server, ada);
    const target = browser.url("/orders");
    const answer = await browser.visit(`/self-service/login/browser?return_to=${encodeURIComponent(target)}`);
    expect(answer.location).toBe(target);
  });
});

describe("who gets JSON", () => {
  const shapes: readonly (readonly [string, Record<string, string>, boolean])[] = [
    ["no Accept", {}, false],
    ["*/*", { accept: "*/*" }, false],
    ["a browser", { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" }, false],
    ["application/json", { accept: "application/json" }, true],
    ["application/json first", { accept: "application/json, text/plain, */*" }, true],
    ["JSON less than HTML", { accept: "application/json;q=0.5, text/html" }, false],
  ];
  test.each(shapes)("creating a flow with %s", async (_name, headers, json) => {
    const answer = await new Browser(at.server).request("/self-service/login/browser", "GET", headers);
    expect(answer.status).toBe(json ? 200 : 303);
  });

  test("whoami, sessions, flows and errors are JSON whatever is asked", async () => {
    const browser = new Browser(at.server);
    const html = { accept: "text/html" };
    for (const path of ["/sessions/whoami", "/sessions", "/self-service/login/flows?id=x", "/self-service/errors?id=x"]) {
      expect((await browser.request(path, "GET", html)).headers["content-type"]).toMatch(/^application\/json/);
    }
  });

  test("a submit as JSON without Accept is answered in JSON", async () => {
    const browser = new Browser(at.server);
    const flow = await browser.start("login");
    const token = flow.ui.nodes[0]?.attributes["value"];
    const answer = await browser.request(`/self-service/login?flow=${flow.id}`, "POST", { "content-type": "application/json" }, JSON.stringify({ csrf_token: token, method: "password", identifier: "x", password: "y" }));
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  });
});

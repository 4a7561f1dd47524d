import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_WORKSPACE_ID } from "../platform/first-boot";
import { projectBaseUrl } from "../platform/place";
import { createProject } from "../platform/projects";
import { saveRevision } from "../platform/revisions";
import { reconfigure } from "../platform/testing";
import { answerHot } from "./hot";
import { createHealth } from "../observability/health";
import { registerIn, testEdge } from "./testing";
import type { TestEdge } from "./testing";

const LISTED = "https://shop.example";
let edge: TestEdge;
beforeAll(async () => {
  edge = await testEdge();
  const { platform } = edge.services.db;
  const row = await platform.findDefaultProject();
  if (row === null) throw new Error("no project");
  await platform.updateProject(row.id, row.currentRevision, { corsPublic: { enabled: true, origins: [LISTED, "https://*.wild.example"] }, corsAdmin: { enabled: true, origins: [LISTED] } },
    { action: "project.updated", actor: { kind: "system" }, result: "ok" }, edge.services.clock.now());
  edge.services.resolver.forgetHosts();
});
afterAll(() => edge.close());

const ask = (path: string, origin: string | null, method = "GET", headers: Record<string, string> = {}): Promise<Response> =>
  edge.client().send(method, path, { headers: { accept: "application/json", ...(origin !== null && { origin }), ...headers } });
const granted = (response: Response): readonly [string | null, string | null] => [response.headers.get("access-control-allow-origin"), response.headers.get("access-control-allow-credentials")];
const PREFLIGHT = { "access-control-request-method": "POST", "access-control-request-headers": "content-type" };

describe("other origins read what a project opens to them", () => {
  test.each(["/sessions/whoami", "/self-service/login/api", "/self-service/login/flows?id=x", "/sessions", "/schemas"])("%s: with cookies where the whole origin is listed", async (path) => {
    expect(granted(await ask(path, LISTED))).toEqual([LISTED, "true"]);
    expect(granted(await ask(path, "https://a.wild.example"))).toEqual(["https://a.wild.example", null]);
    for (const origin of ["https://evil.example", "https://shop.example.evil.example", "http://shop.example", "https://wild.example", "https://evilwild.example", "null"]) {
      expect(granted(await ask(path, origin)), origin).toEqual([null, null]);
    }
    const plain = await ask(path, null);
    expect([granted(plain), plain.headers.get("vary")]).toEqual([[null, null], "Cookie, Origin"]);
  });

  test("a browser's question before a request is answered without a session or a flow", async () => {
    for (const path of ["/sessions/whoami", "/self-service/login"]) {
      const answer = await ask(path, LISTED, "OPTIONS", PREFLIGHT);
      expect([answer.status, ...granted(answer)], path).toEqual([204, LISTED, "true"]);
      expect(answer.headers.get("access-control-allow-methods")).toContain("POST");
      expect(answer.headers.get("access-control-allow-headers")).toContain("X-Session-Token");
      expect(granted(await ask(path, "https://evil.example", "OPTIONS", PREFLIGHT)), path).toEqual([null, null]);
    }
  });

  test("both mounts of whoami say the same", async () => {
    const hot = await answerHot("whoami", { url: "/sessions/whoami", method: "OPTIONS", headers: { origin: LISTED, ...PREFLIGHT }, host: "localhost:4000", fromMachine: false }, {
      services: edge.services, health: createHealth({}),
    });
    expect([hot.status, hot.headers["access-control-allow-origin"]]).toEqual([204, LISTED]);
  });

  test("being let to read is not being let to change: a form from there is still refused", async () => {
    const client = edge.client();
    expect((await registerIn(client, "cors@garden.test", "correct horse battery staple")).status).toBe(200);
    const flow = await client.json("GET", "/self-service/settings/browser");
    const id = String(flow.body["id"]);
    const refused = await client.send("POST", `/self-service/settings?flow=${id}`, { headers: { accept: "application/json", origin: LISTED, "sec-fetch-site": "cross-site" }, body: { method: "profile", traits: { email: "x@garden.test" } } });
    expect([refused.status, ...granted(refused)]).toEqual([403, LISTED, "true"]);
  });

  test("pages and the admin API are opened to nobody by it; `cors_admin` opens the latter, never with cookies", async () => {
    expect(granted(await ask("/health/alive", LISTED))).toEqual([null, null]);
    expect(granted(await ask("/admin/sessions", LISTED))).toEqual([LISTED, null]);
    expect(granted(await ask("/admin/sessions", "https://a.wild.example"))).toEqual([null, null]);
  });

  test("another project opens what it opens: `serve.public.cors`, where a wildcard never carries credentials", async () => {
    const { db: { platform }, env, clock } = edge.services;
    const author = { kind: "cli", id: null, label: "test" } as const;
    const row = await createProject({ platform, hosts: env, workspaceId: DEFAULT_WORKSPACE_ID, slug: "open", name: "Open", author, now: clock.now() });
    const at = { host: "open.localhost:4000" };
    expect(granted(await ask("/sessions/whoami", LISTED, "GET", at))).toEqual([null, null]);
    await saveRevision({ platform, row, baseUrl: projectBaseUrl(row, env), expected: 1, document: { serve: { public: { cors: { enabled: true } } } }, author, now: clock.now() });
    edge.services.resolver.forgetHosts();
    expect(granted(await ask("/sessions/whoami", LISTED, "GET", at))).toEqual(["*", null]);
    await reconfigure(edge.services, { serve: { public: { cors: { allowed_origins: [LISTED], allow_credentials: false } } } }, row);
    edge.services.resolver.forgetHosts();
    expect(granted(await ask("/sessions/whoami", LISTED, "GET", at))).toEqual([LISTED, null]);
    expect(granted(await ask("/sessions/whoami", "https://evil.example", "GET", at))).toEqual([null, null]);
  });
});

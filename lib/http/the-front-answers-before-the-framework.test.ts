import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import type { Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHealth } from "../observability/health";
import type { Services } from "../services";
import { createListener } from "./listener";
import { registerIn, testEdge, text } from "./testing";
import type { TestEdge } from "./testing";

let edge: TestEdge;
let server: Server;
let services: Services | null = null;
const seen: { host: string | undefined; ip: string | string[] | undefined }[] = [];
const health = createHealth({});

beforeAll(async () => {
  edge = await testEdge();
  server = createServer(createListener({
    publicUrl: edge.services.env.publicUrl, health, services: () => services, draining: () => false,
    peerOf: (address) => ({ address, clientIp: address, trusted: false }),
    framework: () => async (request, response) => {
      seen.push({ host: request.headers.host, ip: request.headers["x-rung-client-ip"] });
      response.setHeader("vary", "rsc").setHeader("x-powered-by", "something").end("page");
    },
  }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await edge.close();
});

interface Answer { readonly status: number; readonly headers: Record<string, string | string[] | undefined>; readonly body: string }
function get(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const outgoing = send({ port, path, method, headers: { host: "localhost:4000", ...headers }, agent: false }, (answer) => {
      let body = "";
      answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    outgoing.on("error", reject).end();
  });
}

test("while it boots it is alive, not ready, and signs nobody out", async () => {
  expect((await get("/health/alive")).status).toBe(200);
  expect((await get("/health/ready")).status).toBe(503);
  expect((await get("/sessions/whoami")).status).toBe(503);
  const page = await get("/login", { accept: "text/html" });
  expect([page.status, page.headers["retry-after"], page.headers["x-frame-options"]]).toEqual([503, "2", "DENY"]);
  services = edge.services;
  health.markBooted();
  expect((await get("/health/ready")).body).toBe('{"status":"ok"}');
});

test("whoami is answered alike by both mounts", async () => {
  const client = edge.client();
  await registerIn(client, "hot@garden.test", "kettle violin 93 marsh");
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const hot = await get("/sessions/whoami", { cookie });
  const routed = await client.send("GET", "/sessions/whoami");
  expect([hot.status, hot.body]).toEqual([200, await routed.text()]);
  for (const [name, value] of routed.headers) expect([name, hot.headers[name]]).toEqual([name, value]);
  expect(text(hot.headers["x-kratos-authenticated-identity-id"])).toMatch(/^[0-9a-f-]{36}$/);
  const head = await get("/sessions/whoami", { cookie }, "HEAD");
  expect([head.status, head.body]).toEqual([200, ""]);
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) expect((await get("/sessions/whoami", { cookie }, method)).status).toBe(200);
  const nobody = await get("/sessions/whoami");
  const envelope = JSON.parse(nobody.body) as { error: Record<string, unknown> };
  expect([nobody.status, envelope.error["id"], nobody.headers["ory-error-id"]]).toEqual([401, undefined, ""]);
  expect((await get("/sessions/whoami?tokenize_as=x", { cookie })).status).toBe(400);
});

test("a store that does not answer is 503 and never 401", async () => {
  const broken = { ...edge.services, readSession: () => Promise.reject(new Error("gone")), log: { error: () => undefined } } as unknown as Services;
  services = broken;
  const answer = await get("/sessions/whoami", { "x-session-token": "ory_st_x" });
  services = edge.services;
  expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "2"]);
  expect(answer.body).not.toContain("gone");
});

test("a host of nobody's is 404; the machine's number is led to its name", async () => {
  expect((await get("/login", { host: "evil.test" })).status).toBe(404);
  expect((await get("/sessions/whoami", { host: "evil.test" })).status).toBe(404);
  const page = await get("/orders?a=1", { host: "127.0.0.1:4000", accept: "text/html" });
  expect([page.status, page.headers["location"]]).toEqual([307, "http://localhost:4000/orders?a=1"]);
  seen.length = 0;
  expect((await get("/self-service/login/api", { host: "127.0.0.1:4000" })).status).toBe(200);
  expect(seen).toEqual([{ host: "localhost:4000", ip: "127.0.0.1" }]);
  const elsewhere = await get("//evil.test/x", { host: "127.0.0.1:4000", accept: "text/html" });
  expect(text(elsewhere.headers["location"])).toMatch(/^http:\/\/localhost:4000\//);
});

test("whatever the framework leaves out is filled in, and its banner taken away", async () => {
  const { headers } = await get("/login");
  expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
  expect([headers["x-powered-by"], headers["vary"], headers["cache-control"]]).toEqual([undefined, "rsc, Cookie", "private, no-cache, no-store, must-revalidate"]);
  const asset = await get("/_next/static/chunk.js");
  expect([asset.headers["cache-control"], asset.headers["x-content-type-options"]]).toEqual([undefined, "nosniff"]);
});

test("metrics are for the machine itself, not for who is forwarded by it", async () => {
  const own = await get("/admin/metrics/prometheus");
  expect([own.status, own.body.includes('route="/sessions/whoami"')]).toEqual([200, true]);
  const others = [{ "x-forwarded-for": "127.0.0.1" }, { via: "1.1 front" }, { "cf-connecting-ip": "127.0.0.1" }, { host: "id.example.com" }, { host: "localhost.evil.test" }];
  for (const headers of others) expect([headers, (await get("/admin/metrics/prometheus", headers)).status]).toEqual([headers, 404]);
  expect((await get("/admin/metrics/prometheus", { host: "127.0.0.1:4000" })).status).toBe(200);
});

test("a page's payload is never asked for by itself: the browser loads the page", async () => {
  seen.length = 0;
  for (const method of ["GET", "HEAD"]) {
    const { status, body, headers } = await get("/payment", { rsc: "1" }, method);
    expect([status, body, headers["cache-control"]]).toEqual([204, "", "private, no-cache, no-store, must-revalidate"]);
  }
  for (const path of ["/payment.rsc", "/payment%2Ersc", "/payment.segments/_tree.segment.rsc", "/_next/data/build/payment.json"]) {
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  }
  expect(seen).toEqual([]);
  expect((await get("/payment", { rsc: "1" }, "POST")).body).toBe("page");
});

test("an address with a NUL or broken encoding ends at the front", async () => {
  seen.length = 0;
  for (const path of ["/login?flow=%00", "/schemas/a%00b", "/schemas/%ff", "/sessions/%zz", "/%"]) {
    const [data, page] = [await get(path), await get(path, { accept: "text/html" })];
    expect([path, data.status, (JSON.parse(data.body) as { error: { code: number } }).error.code, page.status]).toEqual([path, 400, 400, 400]);
    expect(page.body).toContain("<h1>Bad Request</h1>");
  }
  expect(seen).toEqual([]);
  expect((await get("/login?return_to=%ff")).body).toBe("page");
});

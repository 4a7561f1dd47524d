import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { turnAround } from "../page-request";
import { sealHeaders } from "../private-headers";
import type { RawHeaders } from "../private-headers";
import { registerIn, testEdge } from "../testing";
import type { Json, TestClient, TestEdge } from "../testing";

const incoming = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock("next/headers", () => ({ headers: async () => incoming.headers }));
vi.mock("react", async (original) => ({ ...(await original<object>()), cache: (run: unknown) => run }));

const { requireAssurance } = await import("./guard");
const { actionToken } = await import("./action");
const { POST: cancel } = await import("../../../app/(demo)/orders/[id]/cancel/route");

let edge: TestEdge;
let person: TestClient;
beforeAll(async () => {
  edge = await testEdge();
  person = edge.client();
  await registerIn(person, "ada@garden.test", "kettle violin 93 marsh");
});
afterAll(() => edge.close());

const stranger = { address: "203.0.113.9", clientIp: "203.0.113.9", trusted: false };
const cookie = (): string => [...person.cookies].map(([name, value]) => `${name}=${value}`).join("; ");

/** A request that came through server.ts. */
function arrive(method: string, path: string, extra: RawHeaders = {}): void {
  const raw: RawHeaders = { host: "localhost:4000", cookie: cookie(), ...extra };
  sealHeaders(raw, stranger, { method, path }, "http");
  incoming.headers = new Headers(Object.entries(raw).map(([name, value]) => [name, String(value)] as [string, string]));
}
const mayBe = { aal: "aal1" } as const;

test.each(["GET", "POST", "PUT", "DELETE"])("%s on a protected path is refused by the guard itself, whatever the demand allows", async (method) => {
  for (const path of ["/payment", "/payment/x?y=1", "/%70ayment"]) {
    arrive(method, path);
    expect([path, await requireAssurance(mayBe)]).toMatchObject([path, { kind: "enroll", reason: "no_second_factor" }]);
  }
});

test("a form's page does not stand for the path it posts to, and what a client claims stands for nothing", async () => {
  arrive("POST", "/payment", { referer: "http://localhost:4000/open", "x-rung-own-path": "/open", "x-rung-path": "/open" });
  expect(await requireAssurance(mayBe)).toMatchObject({ kind: "enroll" });
  incoming.headers = new Headers({ host: "localhost:4000", cookie: cookie(), "x-rung-own-path": "/payment" });
  expect((await requireAssurance(mayBe)).kind).toBe("allow");
});

test("the stricter answer wins; where no rule matches only the demand is asked", async () => {
  arrive("GET", "/orders");
  expect((await requireAssurance({ operation: "orders.view" })).kind).toBe("allow");
  expect(await requireAssurance({ operation: "payment.view" })).toMatchObject({ kind: "enroll" });
  arrive("GET", "/open");
  expect((await requireAssurance({ operation: "orders.view" })).kind).toBe("allow");
  expect(await requireAssurance({ operation: "payment.view" })).toMatchObject({ kind: "enroll" });
});

test("without server.ts the proxy's note is asked", async () => {
  const turn = await turnAround({
    headers: new Headers({ host: "localhost:4000", cookie: cookie(), "x-rung-own-path": "/open" }), method: "POST", target: "/payment", nonce: "n", development: false,
  });
  expect([turn.location, turn.unavailable]).toEqual([null, false]);
  incoming.headers = turn.requestHeaders;
  expect(await requireAssurance(mayBe)).toMatchObject({ kind: "enroll" });
});

test("while the store is away guarded pages answer 503 and open ones are shown", async () => {
  const at = (path: string, host = "localhost:4000") =>
    turnAround({ headers: new Headers({ host, cookie: cookie() }), method: "GET", target: path, nonce: "n", development: false });
  await at("/");
  const registry = globalThis as { [key: symbol]: unknown };
  const key = Symbol.for("rung.services");
  const { services } = edge;
  const warn = vi.fn();
  const away = () => Promise.reject(new Error("gone"));
  services.resolver.forgetHosts();
  const reading = vi.spyOn(services, "readSession").mockImplementation(away);
  const logging = vi.spyOn(services.log, "warn").mockImplementation(warn);
  const states = async (path: string) => [path, (await at(path)).unavailable, (await at(path)).location];
  expect([await states("/payment"), await states("/")]).toEqual([["/payment", true, null], ["/", false, null]]);
  const looking = vi.spyOn(services.resolver, "byHost").mockImplementation(away);
  expect([await states("/payment"), await states("/")]).toEqual([["/payment", true, null], ["/", false, null]]);
  // Nobody knows which rules a host has that was never seen.
  expect((await at("/", "new.localhost:4000")).unavailable).toBe(true);
  for (const spy of [reading, logging, looking]) spy.mockRestore();
  registry[key] = undefined;
  expect((await at("/payment")).unavailable).toBe(true);
  registry[key] = Promise.resolve(services);
  expect(await states("/orders")).toEqual(["/orders", false, null]);
});

test("a forged or unreadable form at a route handler is a refusal and never a failure", async () => {
  const send = (form: FormData | string, headers: Record<string, string>) => {
    arrive("POST", "/orders/1042/cancel", { origin: "http://localhost:4000", ...headers });
    const request = new Request("http://localhost:4000/orders/1042/cancel", { method: "POST", body: form });
    return cancel(request, { params: Promise.resolve({ id: "1042" }) });
  };
  const form = (token: string): FormData => {
    const data = new FormData();
    data.set("csrf_token", token);
    return data;
  };
  const script = await send(form("x"), { accept: "application/json" });
  expect([script.status, ((await script.json()) as Json)["error"]?.["id"]]).toEqual([403, "security_csrf_violation"]);
  const page = await send(form("x"), { accept: "text/html" });
  expect([page.status, page.headers.get("location")]).toEqual([303, "http://localhost:4000/orders?refused=1"]);
  expect((await send("{}", { accept: "application/json" })).status).toBe(415);
  arrive("GET", "/orders");
  const done = await send(form(await actionToken()), { accept: "text/html" });
  expect([done.status, done.headers.get("location")]).toEqual([303, "/orders?cancelled=1042"]);
});

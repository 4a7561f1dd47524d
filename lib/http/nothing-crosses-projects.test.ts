import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomUUID } from "node:crypto";
import { createApiKey } from "../platform/api-keys";
import { DEFAULT_WORKSPACE_ID } from "../platform/first-boot";
import { ROUTES } from "./routes";
import type { RouteRow } from "./routes";
import { csrfOf, testEdge, text } from "./testing";
import type { Json, TestEdge } from "./testing";
import { browserAt, PASSWORD_OF, projectWithEverything, SHARED_EMAIL } from "./testing/two-projects";
import type { Things } from "./testing/two-projects";

/*
 * Two projects of one installation, each with one of everything. Every route of the table is asked at the harbour's host with everything
 * of the garden's, and once more with the same things made up: the answers must be the same, must hold nothing of the garden, and must
 * leave every row of the garden as it was.
 */

let edge: TestEdge;
let garden: Things;
let harbour: Things;
let workspaceKey: string;
beforeAll(async () => {
  edge = await testEdge();
  garden = await projectWithEverything(edge, "garden", { lax: true, hosts: ["id.garden.example"] });
  edge.pass(61_000);
  harbour = await projectWithEverything(edge, "harbour");
  workspaceKey = (await createApiKey(edge.services.db.platform, { workspaceId: DEFAULT_WORKSPACE_ID }, { name: "workspace", expiresAt: null }, edge.services.clock.now())).token;
  edge.pass(61_000);
});
afterAll(() => edge.close());

/** What is carried: the garden's own, or made up in the same shape. */
interface Carried {
  readonly id: (path: string) => string;
  readonly flow: (kind: string, native: boolean) => string;
  readonly token: string;
  readonly key: string;
  readonly logout: string;
  readonly link: string;
  readonly code: string;
  readonly init: string;
  readonly identityId: string;
  readonly externalId: string;
  readonly schemaId: string;
  readonly csrf: string;
}

function ofGarden(): Carried {
  return {
    id: (path) => (path.includes("identities") ? garden.identityId : path.includes("courier") ? garden.messageId : path.includes("errors") ? garden.errorId
      : path.includes("schemas") ? schemaSegment("schema-of-garden") : garden.sessionId),
    flow: (kind, native) => (native ? garden.apiFlows : garden.flows)[kind] ?? garden.recovery.flow,
    token: garden.sessionCookie[1], key: garden.key, logout: garden.logoutToken, link: garden.recovery.linkToken, code: garden.recovery.code,
    init: garden.exchange.init, identityId: garden.identityId, externalId: garden.externalId, schemaId: "schema-of-garden", csrf: garden.csrfToken,
  };
}
const MADE_UP_ID = randomUUID();
const MADE_UP: Carried = {
  id: (path) => (path.includes("schemas") ? schemaSegment("schema-of-nobody") : MADE_UP_ID), flow: () => MADE_UP_ID, token: `ory_st_${"x".repeat(32)}`, key: `ory_pat_${"x".repeat(32)}`,
  logout: `ory_lo_${"x".repeat(32)}`, link: `ory_rl_${"x".repeat(32)}`, code: "999999", init: "x".repeat(64), identityId: MADE_UP_ID, externalId: "external-of-nobody",
  schemaId: "schema-of-nobody", csrf: Buffer.alloc(64, 7).toString("base64"),
};
const schemaSegment = (id: string): string => Buffer.from(id).toString("base64url");

/** How the caller shows who it is, beside the ids it carries. */
const BEARERS = {
  "nothing but ids": (): Record<string, string> => ({}),
  "the session as this project's cookie": (carried: Carried) => ({ cookie: `${harbour.sessionCookie[0]}=${carried.token}` }),
  "the session as its own cookie": (carried: Carried) => ({ cookie: `${garden.sessionCookie[0]}=${carried.token}` }),
  "the session as a header": (carried: Carried) => ({ "x-session-token": carried.token }),
  "the session as a bearer": (carried: Carried) => ({ authorization: `Bearer ${carried.token}` }),
  "ids, by somebody signed in here": () => ({ cookie: [...harbour.browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ") }),
  "ids, by a key of this project": () => ({ authorization: `Bearer ${harbour.key}` }),
} as const;
type BearerName = keyof typeof BEARERS;

const KINDS = ["login", "registration", "settings", "recovery", "verification"];
interface Case { readonly row: RouteRow; readonly method: string; readonly kind: string; readonly native: boolean }
const CASES: readonly Case[] = ROUTES.filter(({ mount }) => mount !== "server").flatMap((row) =>
  row.methods.filter((method) => method !== "HEAD" && method !== "OPTIONS").flatMap((method) =>
    (row.path.includes("{kind}") ? KINDS : [""]).flatMap((kind) => (row.path === "/self-service/{kind}" ? [false, true] : [false]).map((native) => ({ row, method, kind, native })))));

/** What a signed-in person or a key of this project may do to themselves is no attack: it would end the test's own things. */
const OWN_BUSINESS: ReadonlySet<string> = new Set(["DELETE /sessions", "DELETE /self-service/logout/api"]);

function pathFor({ row, kind, native }: Case, carried: Carried): string {
  const path = row.path.replace("{kind}", kind).replace("{external}", carried.externalId).replace("{type}", "totp").replace("{nextauth}", "session")
    .replace("{rest}", carried.identityId).replace(/\{[a-z]+\}/g, () => carried.id(row.path));
  const query = new URLSearchParams();
  if (row.path.includes("{kind}")) {
    query.set("flow", carried.flow(kind, native));
    query.set("id", carried.flow(kind, native));
  } else if (row.path.includes("errors")) query.set("id", carried.id(row.path));
  else if (row.path.endsWith("/logout")) query.set("token", carried.logout);
  else if (row.path.includes("exchange")) for (const name of ["init_code", "return_to_code"]) query.set(name, carried.init);
  else if (row.path.includes("oidc")) for (const [name, value] of [["flow", carried.flow("login", false)], ["state", carried.init], ["code", carried.code]]) query.set(name ?? "", value ?? "");
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function bodyFor({ row, method, kind }: Case, carried: Carried): unknown {
  if (method === "GET" || method === "DELETE") return method === "DELETE" && row.path.includes("logout") ? { session_token: carried.token } : undefined;
  if (row.path === "/admin/sessions") return { action: "delete", identities: [carried.identityId] };
  if (row.path.startsWith("/admin/recovery")) return { identity_id: carried.identityId };
  if (row.path === "/admin/identities" && method === "PATCH") return { identities: [{ patch_id: carried.identityId, create: null }] };
  if (row.path.startsWith("/admin/identities")) return method === "PATCH" ? [{ op: "replace", path: "/state", value: "inactive" }] : { schema_id: carried.schemaId, traits: { email: SHARED_EMAIL }, state: "active" };
  if (row.path.startsWith("/self-service/{kind}")) {
    return { method: kind === "login" ? "password" : "code", csrf_token: carried.csrf, code: carried.code, token: carried.link, identifier: SHARED_EMAIL, password: "x", email: "" };
  }
  return {};
}

async function ask(one: Case, carried: Carried, bearer: BearerName): Promise<{ readonly sent: string; readonly status: number; readonly said: string; readonly id: string | null; readonly reason: string | null }> {
  const path = pathFor(one, carried);
  const body = bodyFor(one, carried);
  const headers = { host: harbour.host, accept: "application/json", ...BEARERS[bearer](carried) };
  // Its own jar: what an answer sets is kept by nobody.
  const answer = await edge.client().send(one.method, path, { headers, ...(body === undefined ? {} : { body }) });
  const said = await answer.text();
  const error = said.startsWith("{") ? (JSON.parse(said) as Json)["error"] : undefined;
  return {
    sent: `${path} ${JSON.stringify(body) ?? ""} ${JSON.stringify(headers)}`, status: answer.status, said: `${said} ${JSON.stringify([...answer.headers])}`,
    id: error === undefined ? null : text(error["id"]), reason: error === undefined ? null : neutral(text(error["reason"]), carried),
  };
}

/** A reason that names what was sent. */
const neutral = (reason: string, { identityId, externalId, schemaId }: Carried): string =>
  [identityId, externalId, schemaId].reduce((left, sent) => left.replaceAll(sent, "…"), reason);

/** Whatever is the garden's own, wherever it might show. */
function marksOfGarden(): readonly string[] {
  return [
    garden.row.id, garden.row.key, garden.row.slug, "Name of garden", "Brand of garden", "note of garden", "error of garden", "key of garden", "schema-of-garden", "id.garden.example",
    garden.identityId, garden.externalId, garden.sessionId, garden.messageId, garden.errorId, garden.totpSecret, ...Object.values(garden.flows), ...Object.values(garden.apiFlows),
    ...[garden.sessionCookie[1], garden.key, garden.logoutToken, garden.recovery.linkToken, garden.recovery.flow, garden.recovery.linkFlow, garden.exchange.init],
  ];
}

/** Every row of a project, of every table that knows projects. */
async function rowsOf(projectId: string): Promise<Readonly<Record<string, string>>> {
  const { prisma } = edge.db.connection.reads;
  const tables = await prisma.$queryRawUnsafe<readonly { readonly name: string }[]>("SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'project_id' AND table_schema = 'public' ORDER BY 1");
  const found: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await prisma.$queryRawUnsafe<readonly { readonly digest: string }[]>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS digest FROM "${name}" t WHERE project_id = $1::uuid`, projectId);
    found[name] = row?.digest ?? "";
  }
  return found;
}

describe("everything of one project, at another", () => {
  test("is there to be carried, and good at home", async () => {
    expect(CASES.length).toBeGreaterThan(50);
    expect(marksOfGarden().filter((mark) => mark === "" || mark === "undefined")).toEqual([]);
    const at = (headers: Record<string, string>, path: string) => edge.client().send("GET", path, { headers: { host: garden.host, accept: "application/json", ...headers } });
    expect((await at({ cookie: garden.sessionCookie.join("=") }, "/sessions/whoami")).status).toBe(200);
    expect((await at({ "x-session-token": garden.sessionCookie[1] }, "/sessions/whoami")).status).toBe(200);
    expect((await at({ authorization: garden.key }, `/admin/sessions/${garden.sessionId}`)).status).toBe(200);
    expect((await at({ authorization: garden.key }, `/admin/courier/messages/${garden.messageId}`)).status).toBe(200);
    expect((await at({}, `/self-service/errors?id=${garden.errorId}`)).status).toBe(200);
    expect((await at({}, `/schemas/${schemaSegment("schema-of-garden")}`)).status).toBe(200);
    for (const [kind, id] of Object.entries(garden.apiFlows)) if (kind !== "settings") expect((await at({}, `/self-service/${kind}/flows?id=${id}`)).status, kind).toBe(200);
    expect((await at({}, `/sessions/token-exchange?init_code=${garden.exchange.init}&return_to_code=${garden.exchange.init}`)).status).not.toBe(200);
    expect(Object.keys(await rowsOf(garden.row.id)).length).toBeGreaterThan(10);
  });

  test.each(Object.keys(BEARERS) as BearerName[])("is like something made up, at every route: %s", async (bearer) => {
    const before = await rowsOf(garden.row.id);
    const carried = ofGarden();
    const wrong: string[] = [];
    for (const one of CASES) {
      if (bearer.includes("signed in here") && OWN_BUSINESS.has(`${one.method} ${one.row.path}`)) continue;
      const [theirs, madeUp] = [await ask(one, carried, bearer), await ask(one, MADE_UP, bearer)];
      const name = `${one.method} ${one.row.path} ${one.kind}${one.native ? " native" : ""}`;
      if (theirs.status !== madeUp.status || theirs.id !== madeUp.id || theirs.reason !== madeUp.reason) {
        wrong.push(`${name}: ${theirs.status} ${String(theirs.id)} ${String(theirs.reason)}, made up ${madeUp.status} ${String(madeUp.id)} ${String(madeUp.reason)}`);
      }
      // What was sent may come back in a link; anything else of the garden may not.
      const leaked = marksOfGarden().filter((mark) => theirs.said.includes(mark) && !theirs.sent.includes(mark));
      if (leaked.length > 0) wrong.push(`${name} says ${leaked.join(", ")}`);
      edge.pass(20);
    }
    expect(wrong).toEqual([]);
    expect(await rowsOf(garden.row.id)).toEqual(before);
  });

  test("a key of another project is 404 at every route that wants one; a workspace's, none and a made-up one are 401", async () => {
    const before = await rowsOf(garden.row.id);
    for (const one of CASES.filter(({ row }) => row.who === "key")) {
      const statuses: number[] = [];
      for (const key of [garden.key, workspaceKey, MADE_UP.key, null]) {
        const body = bodyFor(one, ofGarden());
        const answer = await edge.client().send(one.method, pathFor(one, ofGarden()), { headers: { host: harbour.host, accept: "application/json", ...(key === null ? {} : { authorization: key }) }, ...(body === undefined ? {} : { body }) });
        statuses.push(answer.status);
        const said = await answer.text();
        expect(marksOfGarden().filter((mark) => said.includes(mark)), one.row.path).toEqual([]);
      }
      expect([one.method, one.row.path, ...statuses]).toEqual([one.method, one.row.path, 404, 401, 401, 401]);
    }
    expect(await rowsOf(garden.row.id)).toEqual(before);
  });
});

test("the console shows a project's key its own project, and no other's existence", async () => {
  const status = async (id: string, key: string) =>
    (await edge.client().send("GET", `/projects/${id}`, { headers: { host: "console.localhost:4000", authorization: `Bearer ${key}`, accept: "application/json" } })).status;
  expect([await status(garden.row.id, garden.key), await status(harbour.row.id, garden.key), await status(MADE_UP_ID, garden.key)]).toEqual([200, 404, 404]);
  const people = await edge.client().send("GET", "/admin/sessions", { headers: { host: "console.localhost:4000", authorization: garden.key, accept: "application/json" } });
  expect(people.status).toBe(404);
});

describe("what has to be used to be tried", () => {
  const submit = async (host: string, path: string, body: (csrf: string) => object) => {
    const browser = browserAt(edge, host);
    const csrf = csrfOf((await browser.json("GET", "/self-service/login/browser")).body);
    return { browser, answer: await browser.json("POST", path, body(csrf)) };
  };

  test("a password and an authenticator's code of one project open no other, for the same person by name", async () => {
    const browser = browserAt(edge, harbour.host);
    const login = (await browser.json("GET", "/self-service/login/browser")).body;
    const wrong = await browser.json("POST", `/self-service/login?flow=${text(login["id"])}`, { method: "password", csrf_token: csrfOf(login), identifier: SHARED_EMAIL, password: PASSWORD_OF("garden") });
    expect([wrong.status, wrong.body["ui"]?.["messages"]?.[0]?.["id"]]).toEqual([400, 4000006]);
    edge.pass(61_000);
    const right = await browser.json("POST", `/self-service/login?flow=${text(login["id"])}`, { method: "password", csrf_token: csrfOf(login), identifier: SHARED_EMAIL, password: PASSWORD_OF("harbour") });
    expect([right.status, right.body["error"]?.["id"]]).toEqual([422, "browser_location_change_required"]);
    const step = (await browser.json("GET", "/self-service/login/browser?aal=aal2")).body;
    const totp = async (code: string) => browser.json("POST", `/self-service/login?flow=${text(step["id"])}`, { method: "totp", csrf_token: csrfOf(step), totp_code: code });
    expect((await totp(await garden.totpCode())).status).toBe(400);
    edge.pass(61_000);
    expect((await totp(await harbour.totpCode())).status).toBe(200);
  });

  test("a recovery code and a recovery link open nothing elsewhere, and everything at home afterwards", async () => {
    const code = (csrf: string) => ({ method: "code", csrf_token: csrf, code: garden.recovery.code });
    const away = await submit(harbour.host, `/self-service/recovery?flow=${garden.recovery.flow}`, code);
    expect([away.answer.status, (await away.browser.json("GET", "/sessions/whoami")).status]).toEqual([404, 401]);
    const link = `/self-service/recovery?flow=${garden.recovery.linkFlow}&token=${garden.recovery.linkToken}`;
    expect((await browserAt(edge, harbour.host).json("GET", link)).status).toBe(404);
    // A flow of this project with the other's secret.
    const mixed = await submit(harbour.host, `/self-service/recovery?flow=${harbour.recovery.flow}`, code);
    expect((await mixed.browser.json("GET", "/sessions/whoami")).status).toBe(401);
    const swapped = await browserAt(edge, harbour.host).json("GET", `/self-service/recovery?flow=${harbour.recovery.linkFlow}&token=${garden.recovery.linkToken}`);
    expect(swapped.body["ui"]?.["messages"]?.[0]?.["id"]).toBe(4060004);
    expect((await browserAt(edge, garden.host).json("GET", link)).body["state"]).toBe("sent_email");
    const home = await submit(garden.host, `/self-service/recovery?flow=${garden.recovery.flow}`, code);
    expect([home.answer.status, (await home.browser.json("GET", "/sessions/whoami")).body["identity"]?.["id"]]).toEqual([422, garden.identityId]);
  });

  test("a page of one project's messages is no place in another's", async () => {
    const list = (things: Things, query: string) => edge.client().send("GET", `/admin/courier/messages${query}`, { headers: { host: things.host, authorization: things.key } });
    const link = (await list(garden, "?page_size=1")).headers.get("link") ?? "";
    const next = new URL(/<([^>]+)>; rel="next"/.exec(link)?.[1] ?? "", "http://x").search;
    expect([(await list(garden, next)).status, (await list(harbour, next)).status]).toEqual([200, 400]);
  });
});

describe("what is remembered of one project", () => {
  test("is never another's configuration, however the requests are mixed", async () => {
    const signedIn = async (things: Things) => {
      const browser = browserAt(edge, things.host);
      const login = (await browser.json("GET", "/self-service/login/browser")).body;
      await browser.json("POST", `/self-service/login?flow=${text(login["id"])}`, { method: "password", csrf_token: csrfOf(login), identifier: SHARED_EMAIL, password: PASSWORD_OF(things.row.slug) });
      return browser;
    };
    const [lax, strict] = [await signedIn(garden), await signedIn(harbour)];
    const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? lax : strict).json("GET", "/sessions/whoami")));
    expect(answers.map(({ status, body }) => [status, body["error"]?.["id"]])).toEqual(Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? [200, undefined] : [403, "session_aal2_required"])));
  });

  test("a host of its own is its alone, spelled as one likes; a host that nobody has is nobody's", async () => {
    const at = (host: string) => edge.client().send("GET", "/admin/sessions", { headers: { host, authorization: garden.key, accept: "application/json" } });
    const statuses = [await at("id.garden.example"), await at("ID.Garden.Example"), await at(harbour.host), await at("id.harbour.example"), await at("localhost:4000")].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 404, 404, 404]);
    const flow = async (host: string) => text((await browserAt(edge, host).json("GET", "/self-service/login/browser")).body["ui"]?.["action"]);
    expect(new URL(await flow("id.garden.example")).hostname).toBe("id.garden.example");
    expect(new URL(await flow(harbour.host)).hostname).toBe("harbour.localhost");
    expect(new URL(await flow(garden.host)).hostname).toBe("garden.localhost");
  });
});

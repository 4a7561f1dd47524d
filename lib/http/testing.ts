import { fileURLToPath } from "node:url";
import { ephemeralKeyRing } from "../crypto/keys";
import { testDatabase } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import { readEnv } from "../env";
import { createServices } from "../services";
import type { Services } from "../services";
import { METHODS } from "./handler";
import type { RouteContext } from "./handler";
import { ROUTES } from "./routes";

/** A house on an in-memory database with a clock of one's own; requests go through the very files of app/. */
export interface TestEdge {
  readonly services: Services;
  readonly db: TestDatabase;
  /** Moves time on. */
  pass(ms: number): void;
  /** A browser or an app: keeps its cookies. */
  client(): TestClient;
  close(): Promise<void>;
}
/** Parsed JSON, read by path in tests. */
export type Json = { readonly [key: string]: Json } & { readonly [index: number]: Json };
export interface TestClient {
  readonly cookies: Map<string, string>;
  send(method: string, path: string, options?: { readonly headers?: Record<string, string>; readonly body?: unknown }): Promise<Response>;
  /** JSON of a script in a page. */
  json(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: Json; readonly headers: Headers }>;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BASE = "http://localhost:4000";

export async function testEdge(start = new Date("2026-07-01T10:00:00Z")): Promise<TestEdge> {
  let now = start;
  const db = await testDatabase();
  const env = readEnv({ NODE_ENV: "test", RUNG_DATA_DIR: "unused" });
  const services = await createServices({ env, db, keys: ephemeralKeyRing(), clock: { now: () => now }, floorMs: 0 });
  Object.assign(globalThis, { [Symbol.for("rung.services")]: Promise.resolve(services) });
  return {
    services, db,
    pass: (ms) => {
      now = new Date(now.getTime() + ms);
    },
    client: newClient,
    close: () => db.close(),
  };
}

export const text = (value: unknown): string => String(value);

/** The masked token of a flow's form. */
export function csrfOf(flow: Json): string {
  const nodes = flow["ui"]?.["nodes"] as unknown as readonly { readonly attributes: { readonly name?: string; readonly value?: string } }[];
  return nodes.find((node) => node.attributes.name === "csrf_token")?.attributes.value ?? "";
}

/** A person of the default project, registered and signed in by this client. */
export async function registerIn(client: TestClient, email: string, password: string): Promise<{ readonly status: number; readonly body: Json }> {
  const started = await client.json("GET", "/self-service/registration/browser");
  return client.json("POST", `/self-service/registration?flow=${text(started.body["id"])}`, {
    method: "password", csrf_token: csrfOf(started.body), password, traits: { email },
  });
}

type Mounted = Record<string, (request: Request, context: RouteContext) => Promise<Response>>;
const PATTERNS = ROUTES.filter((row) => row.mount !== "server").map((row) => ({
  row, file: fileOf(row.path), pattern: new RegExp(`^${row.path.replace(/\{(nextauth|rest)\}/g, "(?<$1>.+)").replace(/\{([a-z]+)\}/g, "(?<$1>[^/]+)")}$`),
}));

export function fileOf(path: string): string {
  return `app${path.replace(/\{(nextauth|rest)\}/g, "[...$1]").replace(/\{([a-z]+)\}/g, "[$1]")}/route.ts`;
}

export async function mountOf(path: string): Promise<Mounted> {
  return await import(`${ROOT}${fileOf(path)}`) as Mounted;
}

/** Static segments win over dynamic ones, as in the App Router. */
export async function dispatch(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const found = PATTERNS.filter(({ pattern }) => pattern.test(pathname)).sort((a, b) => a.row.path.split("{").length - b.row.path.split("{").length)[0];
  if (!found || !METHODS.some((method) => method === request.method)) return new Response("no such route", { status: 404 });
  const params = { ...(found.pattern.exec(pathname)?.groups ?? {}) };
  const handler = (await mountOf(found.row.path))[request.method];
  if (!handler) return new Response("no such method", { status: 405 });
  return handler(request, { params: Promise.resolve(params) });
}

function newClient(): TestClient {
  const cookies = new Map<string, string>();
  const send: TestClient["send"] = async (method, path, options = {}) => {
    const headers = new Headers({ host: "localhost:4000", ...options.headers });
    const jar = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (jar !== "" && !headers.has("cookie")) headers.set("cookie", jar);
    const { body } = options;
    const payload = body === undefined ? null : typeof body === "string" ? body : body instanceof URLSearchParams ? body.toString() : JSON.stringify(body);
    if (body instanceof URLSearchParams) headers.set("content-type", "application/x-www-form-urlencoded");
    else if (payload !== null && !headers.has("content-type")) headers.set("content-type", "application/json");
    const response = await dispatch(new Request(new URL(path, BASE), { method, headers, body: payload, redirect: "manual" }));
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    return response;
  };
  return {
    cookies, send,
    async json(method, path, body) {
      const response = await send(method, path, { headers: { accept: "application/json" }, ...(body === undefined ? {} : { body }) });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === "" ? {} : JSON.parse(text) as Json };
    },
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = "", ...attributes] = line.split(";");
  const at = pair.indexOf("=");
  const gone = attributes.some((attribute) => attribute.trim().toLowerCase() === "max-age=0");
  if (gone) cookies.delete(pair.slice(0, at));
  else cookies.set(pair.slice(0, at), pair.slice(at + 1));
}

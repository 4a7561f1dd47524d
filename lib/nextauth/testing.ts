import type { JsonObject } from "../model/identity";
import { csrfOf, testEdge } from "../http/testing";
import type { Json, TestClient, TestEdge } from "../http/testing";

/** A house that knows some identity providers, and browsers that walk to them and back. For tests alone. */
export interface ProviderFacts {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Members of the provider's configuration beside these. */
  readonly more?: JsonObject;
}

/** Real time: a provider's tokens are of this moment. */
export async function edgeWithProviders(providers: readonly ProviderFacts[], change: (document: JsonObject) => JsonObject = (same) => same): Promise<TestEdge> {
  const edge = await testEdge(new Date());
  await configure(edge, (document) => change(withProviders(document, providers)));
  return edge;
}

/** Brings the house's clock, which stands still, to the provider's, which does not. */
export function catchUp(edge: TestEdge): void {
  edge.pass(Math.max(0, Date.now() - edge.services.clock.now().getTime()));
}

/** Appends a revision to the default project. */
export async function configure(edge: TestEdge, change: (document: JsonObject) => JsonObject): Promise<void> {
  const { platform } = edge.db;
  const row = await platform.findDefaultProject();
  const before = row === null ? null : await platform.findRevision(row.id, row.currentRevision);
  if (row === null || before === null) throw new Error("no default project");
  const at = edge.services.clock.now();
  await platform.appendRevision(row.id, row.currentRevision, {
    document: change(before.document), author: { kind: "system", id: null, label: "test" }, comment: "", summary: "", at,
  }, { action: "config.changed", result: "ok", actor: { kind: "system" }, identityId: null, ipAddress: null, details: {} });
  edge.services.resolver.forgetHosts();
}

/** A document that knows exactly these providers, and lets them live on the loopback. */
export function withProviders(document: JsonObject, providers: readonly ProviderFacts[]): JsonObject {
  const selfservice = document["selfservice"] as JsonObject;
  const methods = selfservice["methods"] as JsonObject;
  const list = providers.map(({ id, issuer, clientId, clientSecret, more }) => ({
    id, provider: "generic", label: label(id), issuer_url: issuer, client_id: clientId, client_secret: clientSecret, ...more,
  }));
  return {
    ...document, clients: { http: { disallow_private_ip_ranges: false } },
    selfservice: { ...selfservice, methods: { ...methods, oidc: { enabled: true, config: { providers: list } } } },
  };
}

const label = (id: string): string => `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`;

/** Where a walk ended: the last answer of ours, and every address on the way. */
export interface Walk {
  readonly response: Response;
  readonly trail: readonly string[];
  /** The last address, of the answer above. */
  readonly url: URL;
}

/** Follows redirects, to the provider and back, as a browser does, until an answer is none. `on` may bend an address. */
export async function walk(client: TestClient, from: string, upstream: Map<string, string> = new Map(), on: (url: URL) => URL = (url) => url, agree = true): Promise<Walk> {
  const trail: string[] = [];
  let url = new URL(from, "http://localhost:4000");
  for (let hop = 0; hop < 20; hop += 1) {
    url = on(url);
    trail.push(url.href);
    if (isPage(url)) return { response: new Response(null, { status: 200 }), trail, url };
    const ours = url.host === "localhost:4000";
    const response = ours
      ? await client.send("GET", `${url.pathname}${url.search}`, { headers: { accept: "text/html" } })
      : await elsewhere(url, upstream);
    const location = response.headers.get("location");
    if (location === null && ours && url.pathname.endsWith("/oidc/start") && agree) {
      const agreed = await agreeTo(client, url, await response.clone().text());
      const next = agreed.headers.get("location");
      if (next === null) return { response: agreed, trail, url };
      url = new URL(next, url);
      continue;
    }
    if (location === null) return { response, trail, url };
    url = new URL(location, url);
  }
  throw new Error(`redirects without end: ${trail.join(" → ")}`);
}

/** Presses "Continue" where an app's link asks. */
export async function agreeTo(client: TestClient, url: URL, page: string): Promise<Response> {
  const token = (/name="csrf_token" value="([^"]*)"/.exec(page)?.[1] ?? "").replace(/&#(\d+);/g, (_whole, code: string) => String.fromCharCode(Number(code)));
  return client.send("POST", `${url.pathname}${url.search}`, { body: new URLSearchParams({ csrf_token: token }), headers: { accept: "text/html", "content-type": "application/x-www-form-urlencoded" } });
}

/** Pages are the framework's; here they are the end of the road. */
function isPage(url: URL): boolean {
  return url.host === "localhost:4000" && !/^\/(self-service|api|sessions)\//.test(url.pathname);
}

async function elsewhere(url: URL, jar: Map<string, string>): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const response = await fetch(url, { redirect: "manual", headers: { accept: "text/html", ...(cookie === "" ? {} : { cookie }) } });
  for (const line of response.headers.getSetCookie()) {
    const [pair = ""] = line.split(";", 1);
    const at = pair.indexOf("=");
    if (pair.slice(at + 1) === "") jar.delete(pair.slice(0, at));
    else jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return response;
}

/** Begins a flow as a script and presses a provider's button; answers the address to go to. */
export async function press(client: TestClient, kind: "login" | "registration" | "settings", fields: JsonObject, query = ""): Promise<{ readonly flow: Json; readonly to: string }> {
  const started = await client.json("GET", `/self-service/${kind}/browser${query}`);
  if (started.status !== 200) throw new Error(`starting ${kind}: ${String(started.status)} ${JSON.stringify(started.body)}`);
  return { flow: started.body, to: await pressIn(client, kind, started.body, fields) };
}

/** The same in a flow that is there. */
export async function pressIn(client: TestClient, kind: string, flow: Json, fields: JsonObject): Promise<string> {
  const answer = await client.json("POST", `/self-service/${kind}?flow=${String(flow["id"])}`, { csrf_token: csrfOf(flow), method: "oidc", ...fields });
  if (answer.status !== 422) throw new Error(`pressing the button: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
  return String(answer.body["redirect_browser_to"]);
}

/** The flow behind a page's address, as a script reads it. */
export async function flowAt(client: TestClient, url: URL): Promise<Json> {
  const kind = url.pathname.slice(1);
  const answer = await client.json("GET", `/self-service/${kind}/flows?id=${url.searchParams.get("flow") ?? ""}`);
  if (answer.status !== 200) throw new Error(`no flow at ${url.href}: ${String(answer.status)}`);
  return answer.body;
}

export interface MessageJson { readonly id: number; readonly text: string; readonly context?: Readonly<Record<string, unknown>> }

export function messagesOf(flow: Json): readonly MessageJson[] {
  return (flow["ui"]?.["messages"] ?? []) as unknown as readonly MessageJson[];
}

/** Reason codes of generic messages, ids of all others. */
export function said(flow: Json): readonly (string | number)[] {
  return messagesOf(flow).map(({ id, context }) => (typeof context?.["reason_code"] === "string" ? context["reason_code"] : id));
}

export async function whoami(client: TestClient): Promise<{ readonly status: number; readonly body: Json }> {
  return client.json("GET", "/sessions/whoami");
}

/** Names of a flow's inputs, in order. */
export function fieldsOf(flow: Json): readonly string[] {
  const nodes = flow["ui"]?.["nodes"] as unknown as readonly { readonly attributes: { readonly name?: string } }[];
  return nodes.map(({ attributes }) => attributes.name ?? "");
}

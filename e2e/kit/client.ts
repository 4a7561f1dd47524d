import { randomInt } from "node:crypto";
import { send } from "./http";
import type { Answer } from "./http";
import { Jar } from "./jar";
import type { TestServer } from "./server";
import { csrfOf } from "./wire";
import type { FlowJson, SessionJson } from "./wire";

export type FlowName = "login" | "registration" | "settings" | "recovery" | "verification";
export type Fields = Readonly<Record<string, unknown>>;

const BROWSER_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/** An address of the test networks (RFC 5737, RFC 2544), so that no test shares another's attempt limits. */
export function anyAddress(): string {
  return `198.${String(18 + randomInt(2))}.${String(randomInt(256))}.${String(1 + randomInt(254))}`;
}

/** One browser: its cookies, its address, its host. Follows nothing by itself. */
export class Browser {
  readonly server: TestServer;
  readonly host: string;
  readonly address: string;
  jar: Jar;

  constructor(server: TestServer, { host = "localhost", address = anyAddress(), jar = new Jar() }: { host?: string; address?: string; jar?: Jar } = {}) {
    this.server = server;
    this.host = host;
    this.address = address;
    this.jar = jar;
  }

  url(path: string): string {
    return this.server.url(path, this.host);
  }

  async request(path: string, method: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<Answer> {
    const url = this.url(path);
    const cookie = this.jar.header(url);
    const answer = await send(url, {
      method,
      headers: { "x-forwarded-for": this.address, "user-agent": "Rung wire tests", ...(cookie === "" ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    this.jar.store(url, answer.setCookies);
    return answer;
  }

  /** A navigation. */
  visit(path: string): Promise<Answer> {
    return this.request(path, "GET", { accept: BROWSER_ACCEPT, "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate" });
  }

  /** Follows redirects on our own host until a page comes; throws after ten. */
  async follow(path: string): Promise<{ readonly answer: Answer; readonly trail: readonly string[] }> {
    const trail: string[] = [];
    let next = this.url(path);
    for (let hop = 0; hop < 10; hop += 1) {
      const answer = await this.visit(next);
      if (answer.status < 300 || answer.status >= 400) return { answer, trail };
      next = new URL(answer.location, next).href;
      trail.push(next);
    }
    throw new Error(`redirects without end: ${trail.join(" → ")}`);
  }

  /** A script's GET. */
  fetch(path: string, method = "GET", headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request(path, method, { accept: "application/json", ...headers });
  }

  /** Creates a flow as a single-page app does. */
  async start(kind: FlowName, query = ""): Promise<FlowJson> {
    const answer = await this.fetch(`/self-service/${kind}/browser${query}`);
    if (answer.status !== 200) throw new Error(`creating a ${kind} flow: ${String(answer.status)} ${answer.text}`);
    return answer.json<FlowJson>();
  }

  async read(kind: FlowName, id: string): Promise<FlowJson> {
    return (await this.fetch(`/self-service/${kind}/flows?id=${id}`)).json<FlowJson>();
  }

  /** Submits as a single-page app does, with the flow's token unless `fields` brings its own. */
  submit(flow: FlowJson, fields: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request(actionOf(flow), "POST", { accept: "application/json", "content-type": "application/json", ...headers }, JSON.stringify({ csrf_token: csrfOf(flow), ...fields }));
  }

  /** Submits as a plain form. */
  post(flow: FlowJson, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const body = new URLSearchParams({ csrf_token: csrfOf(flow), ...fields }).toString();
    return this.request(actionOf(flow), "POST", { accept: BROWSER_ACCEPT, "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin", origin: new URL(this.url("/")).origin }, body);
  }

  /** Begins a flow by navigation and reads it by the id in the redirect. */
  async open(kind: FlowName, query = ""): Promise<FlowJson> {
    const answer = await this.visit(`/self-service/${kind}/browser${query}`);
    return this.read(kind, flowIdIn(answer.location));
  }

  async whoami(): Promise<Answer> {
    return this.fetch("/sessions/whoami");
  }

  async session(): Promise<SessionJson> {
    const answer = await this.whoami();
    if (answer.status !== 200) throw new Error(`whoami: ${String(answer.status)} ${answer.text}`);
    return answer.json<SessionJson>();
  }

  sessionCookie(): string | undefined {
    return this.jar.find(this.url("/"), /session/i)?.value;
  }
}

/** One native app: a token, an address, no cookies. */
export class Native {
  readonly server: TestServer;
  readonly host: string;
  readonly address: string;
  token: string | null;

  constructor(server: TestServer, { host = "localhost", address = anyAddress(), token = null }: { host?: string; address?: string; token?: string | null } = {}) {
    this.server = server;
    this.host = host;
    this.address = address;
    this.token = token;
  }

  request(path: string, method: string, headers: Readonly<Record<string, string>> = {}, body?: string): Promise<Answer> {
    return send(this.server.url(path, this.host), {
      method,
      headers: { "x-forwarded-for": this.address, "user-agent": "Rung wire tests (app)", accept: "application/json", ...(this.token === null ? {} : { "x-session-token": this.token }), ...headers },
      ...(body === undefined ? {} : { body }),
    });
  }

  fetch(path: string, method = "GET"): Promise<Answer> {
    return this.request(path, method);
  }

  async start(kind: FlowName, query = ""): Promise<FlowJson> {
    const answer = await this.fetch(`/self-service/${kind}/api${query}`);
    if (answer.status !== 200) throw new Error(`creating a native ${kind} flow: ${String(answer.status)} ${answer.text}`);
    return answer.json<FlowJson>();
  }

  submit(flow: FlowJson, fields: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.request(actionOf(flow), "POST", { "content-type": "application/json", ...headers }, JSON.stringify(fields));
  }

  whoami(): Promise<Answer> {
    return this.fetch("/sessions/whoami");
  }

  async session(): Promise<SessionJson> {
    const answer = await this.whoami();
    if (answer.status !== 200) throw new Error(`whoami: ${String(answer.status)} ${answer.text}`);
    return answer.json<SessionJson>();
  }
}

function actionOf(flow: FlowJson): string {
  const { pathname, search } = new URL(flow.ui.action);
  return `${pathname}${search}`;
}

/** The `flow` parameter of a redirect; throws when there is none. */
export function flowIdIn(location: string): string {
  const id = new URL(location, "http://localhost").searchParams.get("flow");
  if (id === null) throw new Error(`no flow in ${location}`);
  return id;
}

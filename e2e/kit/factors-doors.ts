import { FrontendApi as AxiosFrontendApi, Configuration as AxiosConfiguration } from "@ory/client";
import type { UpdateLoginFlowBody, UpdateRegistrationFlowBody, UpdateSettingsFlowBody } from "@ory/client";
import { Configuration as FetchConfiguration, FrontendApi as FetchFrontendApi, ResponseError } from "@ory/client-fetch";
import type {
  UpdateLoginFlowBody as FetchLoginBody, UpdateRegistrationFlowBody as FetchRegistrationBody, UpdateSettingsFlowBody as FetchSettingsBody,
} from "@ory/client-fetch";
import { Browser, anyAddress } from "./client";
import { send } from "./http";
import { Jar } from "./jar";
import type { TestServer } from "./server";
import { csrfOf } from "./wire";
import type { FlowJson, SessionJson, SignedInJson } from "./wire";

export type FlowKind = "login" | "registration" | "settings";
export interface Wish {
  readonly aal?: "aal1" | "aal2";
  readonly refresh?: boolean;
  /** A native app that lets a browser do the rest, and fetches the session afterwards. */
  readonly exchange?: boolean;
}
export type Body = Readonly<Record<string, unknown>> & { readonly method: string };

/** What a submission came to, whoever carried it. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** Where a page is sent. */
  readonly location: string | null;
  /** The flow as it is now, where the answer is a flow or leads to one. */
  readonly flow: FlowJson | null;
}

/** One way into the wire, with what it keeps between calls: cookies, or a token. */
export interface Door {
  readonly name: string;
  readonly kind: "spa" | "native" | "html";
  /** The person's own browser: the one that holds the cookies, or the one beside an app. */
  readonly browser: Browser;
  start(kind: FlowKind, wish?: Wish): Promise<FlowJson>;
  read(kind: FlowKind, id: string): Promise<FlowJson>;
  submit(kind: FlowKind, flow: FlowJson, body: Body): Promise<Reply>;
  whoami(): Promise<Reply>;
  signOut(): Promise<void>;
  /** Fetches the session that a browser left for the app. */
  exchange(initCode: string, returnCode: string): Promise<Reply>;
}
export interface Place {
  readonly server: TestServer;
  readonly host: string;
}

export const DOORS = ["SPA, @ory/client", "SPA, @ory/client-fetch", "app, @ory/client", "app, @ory/client-fetch", "forms"] as const;
export type DoorName = (typeof DOORS)[number];
export const isNative = (name: DoorName): boolean => name.startsWith("app");

export function openDoor(name: DoorName, place: Place): Door {
  const jar = new Jar();
  const browser = new Browser(place.server, { host: place.host, jar });
  switch (name) {
    case "SPA, @ory/client": return new ClientDoor(name, "spa", browser, axiosCalls(place, jar));
    case "SPA, @ory/client-fetch": return new ClientDoor(name, "spa", browser, fetchCalls(place, jar));
    case "app, @ory/client": return new ClientDoor(name, "native", browser, axiosCalls(place, null));
    case "app, @ory/client-fetch": return new ClientDoor(name, "native", browser, fetchCalls(place, null));
    case "forms": return new FormDoor(browser);
  }
}

/** The operations of the published clients that the matrix needs, each answering status and body. */
interface Calls {
  create(kind: FlowKind, native: boolean, wish: Wish, token: string | null): Promise<Reply>;
  get(kind: FlowKind, id: string, token: string | null): Promise<Reply>;
  update(kind: FlowKind, id: string, body: Body, token: string | null): Promise<Reply>;
  toSession(token: string | null): Promise<Reply>;
  logout(token: string | null): Promise<Reply>;
  exchange(initCode: string, returnCode: string): Promise<Reply>;
}

class ClientDoor implements Door {
  readonly name: string;
  readonly kind: "spa" | "native";
  readonly browser: Browser;
  readonly #calls: Calls;
  token: string | null = null;

  constructor(name: string, kind: "spa" | "native", browser: Browser, calls: Calls) {
    this.name = name;
    this.kind = kind;
    this.browser = browser;
    this.#calls = calls;
  }

  async start(kind: FlowKind, wish: Wish = {}): Promise<FlowJson> {
    return flowOf(await this.#calls.create(kind, this.kind === "native", wish, this.token), `creating a ${kind} flow`);
  }
  async read(kind: FlowKind, id: string): Promise<FlowJson> {
    return flowOf(await this.#calls.get(kind, id, this.token), `reading a ${kind} flow`);
  }
  async submit(kind: FlowKind, flow: FlowJson, body: Body): Promise<Reply> {
    const reply = await this.#calls.update(kind, flow.id, this.kind === "native" ? body : { csrf_token: csrfOf(flow), ...body }, this.token);
    const token = (reply.body as Partial<SignedInJson> | null)?.session_token;
    if (token !== undefined) this.token = token;
    return isFlow(reply.body) ? { ...reply, flow: reply.body } : reply;
  }
  whoami(): Promise<Reply> {
    return this.#calls.toSession(this.token);
  }
  async signOut(): Promise<void> {
    const reply = await this.#calls.logout(this.token);
    if (reply.status >= 400) throw new Error(`signing out: ${told(reply)}`);
    this.token = null;
  }
  async exchange(initCode: string, returnCode: string): Promise<Reply> {
    const reply = await this.#calls.exchange(initCode, returnCode);
    if (reply.status !== 200) throw new Error(`fetching the session: ${told(reply)}`);
    this.token = (reply.body as SignedInJson).session_token ?? null;
    return reply;
  }
}

/** Plain forms in a browser without script: every answer is a redirect. */
class FormDoor implements Door {
  readonly name = "forms";
  readonly kind = "html";
  readonly browser: Browser;

  constructor(browser: Browser) {
    this.browser = browser;
  }

  async start(kind: FlowKind, wish: Wish = {}): Promise<FlowJson> {
    return this.browser.open(kind, queryOf(wish));
  }
  read(kind: FlowKind, id: string): Promise<FlowJson> {
    return this.browser.read(kind, id);
  }
  async submit(kind: FlowKind, flow: FlowJson, body: Body): Promise<Reply> {
    const answer = await this.browser.post(flow, fieldsOf(body));
    const location = answer.headers["location"] ?? null;
    const id = location === null ? null : new URL(location, this.browser.url("/")).searchParams.get("flow");
    const back = location !== null && id !== null && new URL(location, this.browser.url("/")).pathname === `/${kind}`;
    const shown: unknown = back ? await this.read(kind, id) : null;
    // A page whose owner has to prove a second factor first is not shown.
    return { status: answer.status, body: null, location, flow: isFlow(shown) ? shown : null };
  }
  async whoami(): Promise<Reply> {
    const answer = await this.browser.whoami();
    return { status: answer.status, body: answer.json<unknown>(), location: null, flow: null };
  }
  async signOut(): Promise<void> {
    const { logout_url: url } = (await this.browser.fetch("/self-service/logout/browser")).json<{ readonly logout_url: string }>();
    await this.browser.visit(url);
  }
  exchange(): Promise<Reply> {
    return Promise.reject(new Error("forms hold their session in a cookie"));
  }
}

function axiosCalls({ server, host }: Place, jar: Jar | null): Calls {
  const headers = { "x-forwarded-for": anyAddress(), host: `${host}:${String(server.port)}` };
  const api = new AxiosFrontendApi(new AxiosConfiguration({ basePath: `http://127.0.0.1:${String(server.port)}`, baseOptions: { headers, maxRedirects: 0 } }));
  const at = server.url("/", host);
  const cookie = (): { cookie?: string } => (jar === null ? {} : { cookie: jar.header(at) });
  const native = (token: string | null): { xSessionToken?: string } => (token === null ? {} : { xSessionToken: token });
  const call = async (made: Promise<{ readonly status: number; readonly data: unknown; readonly headers: unknown }>): Promise<Reply> => {
    const answer = await made.catch((error: unknown) => {
      const { response } = error as { readonly response?: { readonly status: number; readonly data: unknown; readonly headers: unknown } };
      if (response === undefined) throw error;
      return response;
    });
    const setCookies = (answer.headers as Readonly<Record<string, unknown>>)["set-cookie"];
    jar?.store(at, Array.isArray(setCookies) ? setCookies.map(String) : []);
    return { status: answer.status, body: answer.data, location: null, flow: null };
  };
  return {
    create(kind, isNative, { aal, refresh, exchange }, token) {
      const level = { ...(aal === undefined ? {} : { aal }), ...(refresh === undefined ? {} : { refresh }) };
      const later = exchange === undefined ? {} : { returnSessionTokenExchangeCode: exchange };
      switch (kind) {
        case "login": return call(isNative ? api.createNativeLoginFlow({ ...level, ...later, ...native(token) }) : api.createBrowserLoginFlow({ ...level, ...cookie() }));
        case "registration": return call(isNative ? api.createNativeRegistrationFlow(later) : api.createBrowserRegistrationFlow());
        case "settings": return call(isNative ? api.createNativeSettingsFlow(native(token)) : api.createBrowserSettingsFlow(cookie()));
      }
    },
    get(kind, id, token) {
      switch (kind) {
        case "login": return call(api.getLoginFlow({ id, ...cookie() }));
        case "registration": return call(api.getRegistrationFlow({ id, ...cookie() }));
        case "settings": return call(api.getSettingsFlow({ id, ...cookie(), ...native(token) }));
      }
    },
    update(kind, flow, body, token) {
      switch (kind) {
        case "login": return call(api.updateLoginFlow({ flow, updateLoginFlowBody: body as unknown as UpdateLoginFlowBody, ...cookie(), ...native(token) }));
        case "registration": return call(api.updateRegistrationFlow({ flow, updateRegistrationFlowBody: body as unknown as UpdateRegistrationFlowBody, ...cookie() }));
        case "settings": return call(api.updateSettingsFlow({ flow, updateSettingsFlowBody: body as unknown as UpdateSettingsFlowBody, ...cookie(), ...native(token) }));
      }
    },
    toSession: (token) => call(api.toSession({ ...cookie(), ...native(token) })),
    async logout(token) {
      if (token !== null) return call(api.performNativeLogout({ performNativeLogoutBody: { session_token: token } }));
      const made = await call(api.createBrowserLogoutFlow(cookie()));
      return made.status === 200 ? call(api.updateLogoutFlow({ token: (made.body as { readonly logout_token: string }).logout_token, ...cookie() })) : made;
    },
    exchange: (initCode, returnToCode) => call(api.exchangeSessionToken({ initCode, returnToCode })),
  };
}

function fetchCalls({ server, host }: Place, jar: Jar | null): Calls {
  const address = anyAddress();
  /** A browser's fetch: it has the cookies, and names of this machine need no resolver. */
  const fetchApi: typeof fetch = async (input, init) => {
    const url = typeof input === "string" || input instanceof URL ? String(input) : input.url;
    const cookie = jar?.header(url) ?? "";
    const headers = { ...Object.fromEntries(new Headers(init?.headers)), "x-forwarded-for": address, ...(cookie === "" ? {} : { cookie }) };
    const answer = await send(url, { method: init?.method ?? "GET", headers, ...(typeof init?.body === "string" ? { body: init.body } : {}) });
    jar?.store(url, answer.setCookies);
    const plain = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => name !== "set-cookie"));
    return new Response([204, 304].includes(answer.status) ? null : answer.text, { status: answer.status, headers: plain });
  };
  const api = new FetchFrontendApi(new FetchConfiguration({ basePath: server.url("/", host).replace(/\/$/, ""), headers: { Accept: "application/json" }, fetchApi }));
  const native = (token: string | null): { xSessionToken?: string } => (token === null ? {} : { xSessionToken: token });
  const call = async (made: Promise<unknown>): Promise<Reply> => {
    try {
      return { status: 200, body: await made, location: null, flow: null };
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      const { response } = error as { readonly response: Response };
      return { status: response.status, body: await response.json() as unknown, location: null, flow: null };
    }
  };
  return {
    create(kind, isNative, { aal, refresh, exchange }, token) {
      const level = { ...(aal === undefined ? {} : { aal }), ...(refresh === undefined ? {} : { refresh }) };
      const later = exchange === undefined ? {} : { returnSessionTokenExchangeCode: exchange };
      switch (kind) {
        case "login": return call(isNative ? api.createNativeLoginFlow({ ...level, ...later, ...native(token) }) : api.createBrowserLoginFlow(level));
        case "registration": return call(isNative ? api.createNativeRegistrationFlow(later) : api.createBrowserRegistrationFlow({}));
        case "settings": return call(isNative ? api.createNativeSettingsFlow(native(token)) : api.createBrowserSettingsFlow({}));
      }
    },
    get(kind, id, token) {
      switch (kind) {
        case "login": return call(api.getLoginFlow({ id }));
        case "registration": return call(api.getRegistrationFlow({ id }));
        case "settings": return call(api.getSettingsFlow({ id, ...native(token) }));
      }
    },
    update(kind, flow, body, token) {
      switch (kind) {
        case "login": return call(api.updateLoginFlow({ flow, updateLoginFlowBody: body as unknown as FetchLoginBody, ...native(token) }));
        case "registration": return call(api.updateRegistrationFlow({ flow, updateRegistrationFlowBody: body as unknown as FetchRegistrationBody }));
        case "settings": return call(api.updateSettingsFlow({ flow, updateSettingsFlowBody: body as unknown as FetchSettingsBody, ...native(token) }));
      }
    },
    toSession: (token) => call(api.toSession(native(token))),
    async logout(token) {
      if (token !== null) return call(api.performNativeLogout({ performNativeLogoutBody: { session_token: token } }));
      const made = await call(api.createBrowserLogoutFlow({}));
      return made.status === 200 ? call(api.updateLogoutFlow({ token: (made.body as { readonly logout_token: string }).logout_token })) : made;
    },
    exchange: (initCode, returnToCode) => call(api.exchangeSessionToken({ initCode, returnToCode })),
  };
}

/** The person and level of a session, whichever door it was asked through. */
export async function sessionAt(door: Door): Promise<SessionJson> {
  const reply = await door.whoami();
  if (reply.status !== 200) throw new Error(`whoami: ${told(reply)}`);
  return reply.body as SessionJson;
}

export function told({ status, body, location }: Reply): string {
  return `${String(status)} ${location ?? ""} ${JSON.stringify(body).slice(0, 1_500)}`;
}

function isFlow(body: unknown): body is FlowJson {
  return typeof body === "object" && body !== null && "ui" in body && "id" in body;
}
function flowOf(reply: Reply, what: string): FlowJson {
  if (reply.status !== 200 || !isFlow(reply.body)) throw new Error(`${what}: ${told(reply)}`);
  return reply.body;
}
function queryOf({ aal, refresh }: Wish): string {
  const query = new URLSearchParams({ ...(aal === undefined ? {} : { aal }), ...(refresh === undefined ? {} : { refresh: String(refresh) }) }).toString();
  return query === "" ? "" : `?${query}`;
}

/** A body as the fields of a form: `traits.email`, `true`. */
function fieldsOf(body: Readonly<Record<string, unknown>>, prefix = ""): Record<string, string> {
  return Object.fromEntries(Object.entries(body).flatMap(([name, value]): readonly (readonly [string, string])[] => {
    if (value === undefined || value === null) return [];
    if (typeof value === "object") return Object.entries(fieldsOf(value as Readonly<Record<string, unknown>>, `${prefix}${name}.`));
    return [[`${prefix}${name}`, String(value)]];
  }));
}

import { FrontendApi as AxiosFrontendApi, Configuration as AxiosConfiguration } from "@ory/client";
import { Configuration as FetchConfiguration, FrontendApi as FetchFrontendApi, ResponseError } from "@ory/client-fetch";
import { anyAddress } from "./client";
import { send } from "./http";
import { Jar } from "./jar";
import type { TestServer } from "./server";

/** Every operation of `FrontendApi`: the compiler knows their names, so a list of them that misses one does not compile. */
export type Operation = {
  [Name in keyof AxiosFrontendApi]: AxiosFrontendApi[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof AxiosFrontendApi];

/** What came back, as the client handed it on: parsed where it parses. */
export interface Returned {
  readonly status: number;
  readonly body: unknown;
  readonly location: string | null;
}
export type Arguments = Readonly<Record<string, unknown>>;

/** One published client, with what its user keeps between calls: a browser's cookies, or an app's token. */
export interface Caller {
  readonly client: ClientName;
  readonly jar: Jar;
  token: string | null;
  call(operation: Operation, args?: Arguments): Promise<Returned>;
}
export const CLIENTS = ["@ory/client", "@ory/client-fetch"] as const;
export type ClientName = (typeof CLIENTS)[number];
export interface Place {
  readonly server: TestServer;
  readonly host: string;
}

/** The names of the operations that a published client really has. */
export function operationsOf(client: ClientName): readonly string[] {
  const prototype: object = client === "@ory/client" ? AxiosFrontendApi.prototype : FetchFrontendApi.prototype;
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor" && !/(Raw|RequestOpts)$/.test(name)).sort();
}

export function callerOf(client: ClientName, place: Place): Caller {
  const jar = new Jar();
  const make = client === "@ory/client" ? axiosCall : fetchCall;
  const caller: Caller = {
    client, jar, token: null,
    call(operation, args = {}) {
      return run(operation, { ...(caller.token === null ? {} : { xSessionToken: caller.token }), ...args });
    },
  };
  const run = make(place, jar);
  return caller;
}

type Run = (operation: Operation, args: Arguments) => Promise<Returned>;

/** On a server, as its users run it: cookies are handed in as an argument. */
function axiosCall({ server, host }: Place, jar: Jar): Run {
  const headers = { "x-forwarded-for": anyAddress(), host: `${host}:${String(server.port)}` };
  const api = new AxiosFrontendApi(new AxiosConfiguration({ basePath: `http://127.0.0.1:${String(server.port)}`, baseOptions: { headers, maxRedirects: 0 } }));
  const methods = api as unknown as Readonly<Record<Operation, (args: Arguments) => Promise<AxiosAnswer>>>;
  const at = server.url("/", host);
  return async (operation, args) => {
    const cookie = jar.header(at);
    const answer = await methods[operation].call(api, { ...(cookie === "" ? {} : { cookie }), ...args }).catch((error: unknown) => {
      const { response } = error as { readonly response?: AxiosAnswer };
      if (response === undefined) throw error;
      return response;
    });
    const setCookies = answer.headers["set-cookie"];
    jar.store(at, Array.isArray(setCookies) ? setCookies.map(String) : []);
    const { location } = answer.headers;
    return { status: answer.status, body: answer.data, location: typeof location === "string" ? location : null };
  };
}
interface AxiosAnswer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** In a page: the browser's own fetch carries the cookies. */
function fetchCall({ server, host }: Place, jar: Jar): Run {
  const address = anyAddress();
  const fetchApi: typeof fetch = async (input, init) => {
    const url = typeof input === "string" || input instanceof URL ? String(input) : input.url;
    const cookie = jar.header(url);
    const headers = { ...Object.fromEntries(new Headers(init?.headers)), "x-forwarded-for": address, ...(cookie === "" ? {} : { cookie }) };
    const answer = await send(url, { method: init?.method ?? "GET", headers, ...(typeof init?.body === "string" ? { body: init.body } : {}) });
    jar.store(url, answer.setCookies);
    const plain = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => name !== "set-cookie"));
    return new Response([204, 304].includes(answer.status) ? null : answer.text, { status: answer.status, headers: plain });
  };
  const api = new FetchFrontendApi(new FetchConfiguration({ basePath: server.url("/", host).replace(/\/$/, ""), headers: { Accept: "application/json" }, fetchApi }));
  const methods = api as unknown as Readonly<Record<`${Operation}Raw`, (args: Arguments) => Promise<{ readonly raw: Response; value(): Promise<unknown> }>>>;
  return async (operation, args) => {
    try {
      const answer = await methods[`${operation}Raw`].call(api, args);
      return { status: answer.raw.status, body: await answer.value(), location: null };
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      const { response } = error as { readonly response: Response };
      const text = await response.text();
      const json = (response.headers.get("content-type") ?? "").includes("json");
      return { status: response.status, body: json ? JSON.parse(text) as unknown : text, location: response.headers.get("location") };
    }
  };
}

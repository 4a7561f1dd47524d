import { Configuration as AxiosConfiguration, IdentityApi as AxiosIdentityApi } from "@ory/client";
import { Configuration as FetchConfiguration, IdentityApi as FetchIdentityApi, ResponseError } from "@ory/client-fetch";
import { anyAddress } from "./client";
import type { Arguments, ClientName, Place, Returned } from "./front-callers";
import { send } from "./http";

/** Every operation of `IdentityApi`: the compiler knows their names, so a list of them that misses one does not compile. */
export type AdminOperation = {
  [Name in keyof AxiosIdentityApi]: AxiosIdentityApi[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof AxiosIdentityApi];

/** The names of the operations that a published client really has. */
export function adminOperationsOf(client: ClientName): readonly string[] {
  const prototype: object = client === "@ory/client" ? AxiosIdentityApi.prototype : FetchIdentityApi.prototype;
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor" && !/(Raw|RequestOpts)$/.test(name)).sort();
}

export interface AdminReturned extends Returned {
  readonly headers: Readonly<Record<string, string>>;
}
export type AdminCall = (operation: AdminOperation, args?: Arguments) => Promise<AdminReturned>;

/** One published client, as a backend uses it: with a key of the project. */
export function adminCallerOf(client: ClientName, place: Place, key: string): AdminCall {
  return client === "@ory/client" ? axiosCall(place, key) : fetchCall(place, key);
}

interface AxiosAnswer {
  readonly status: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

function axiosCall({ server, host }: Place, key: string): AdminCall {
  const headers = { "x-forwarded-for": anyAddress(), host: `${host}:${String(server.port)}` };
  const api = new AxiosIdentityApi(new AxiosConfiguration({ basePath: `http://127.0.0.1:${String(server.port)}`, accessToken: key, baseOptions: { headers, maxRedirects: 0 } }));
  const methods = api as unknown as Readonly<Record<AdminOperation, (args: Arguments) => Promise<AxiosAnswer>>>;
  return async (operation, args = {}) => {
    const answer = await methods[operation].call(api, args).catch((error: unknown) => {
      const { response } = error as { readonly response?: AxiosAnswer };
      if (response === undefined) throw error;
      return response;
    });
    const named = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
    return { status: answer.status, body: answer.data, location: named["location"] ?? null, headers: named };
  };
}

function fetchCall({ server, host }: Place, key: string): AdminCall {
  const address = anyAddress();
  const seen: { headers: Readonly<Record<string, string>> } = { headers: {} };
  const fetchApi: typeof fetch = async (input, init) => {
    const url = typeof input === "string" || input instanceof URL ? String(input) : input.url;
    const headers = { ...Object.fromEntries(new Headers(init?.headers)), "x-forwarded-for": address };
    const answer = await send(url, { method: init?.method ?? "GET", headers, ...(typeof init?.body === "string" ? { body: init.body } : {}) });
    seen.headers = answer.headers;
    const plain = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => name !== "set-cookie"));
    return new Response([204, 304].includes(answer.status) ? null : answer.text, { status: answer.status, headers: plain });
  };
  const api = new FetchIdentityApi(new FetchConfiguration({ basePath: server.url("/", host).replace(/\/$/, ""), accessToken: key, headers: { Accept: "application/json" }, fetchApi }));
  const methods = api as unknown as Readonly<Record<`${AdminOperation}Raw`, (args: Arguments) => Promise<{ readonly raw: Response; value(): Promise<unknown> }>>>;
  return async (operation, args = {}) => {
    try {
      const answer = await methods[`${operation}Raw`].call(api, args);
      return { status: answer.raw.status, body: await answer.value(), location: seen.headers["location"] ?? null, headers: seen.headers };
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      const { response } = error as { readonly response: Response };
      const text = await response.text();
      const json = (response.headers.get("content-type") ?? "").includes("json");
      return { status: response.status, body: json && text !== "" ? JSON.parse(text) as unknown : text, location: seen.headers["location"] ?? null, headers: seen.headers };
    }
  };
}

import { FrontendApi as AxiosFrontendApi, Configuration as AxiosConfiguration } from "@ory/client";
import { Configuration as FetchConfiguration, FrontendApi as FetchFrontendApi } from "@ory/client-fetch";
import { anyAddress } from "./client";
import { Jar } from "./jar";
import type { TestServer } from "./server";

/** `@ory/client` as it is published, pointed at our server. Every client is an own source. */
export function oryClient(server: TestServer): AxiosFrontendApi {
  return new AxiosFrontendApi(
    new AxiosConfiguration({ basePath: `http://127.0.0.1:${String(server.port)}`, baseOptions: { headers: { "x-forwarded-for": anyAddress(), host: `localhost:${String(server.port)}` }, maxRedirects: 0 } }),
  );
}

/** What an axios answer sets, stored for the `cookie` argument of the next call. */
export function remember(server: TestServer, jar: Jar, headers: unknown): void {
  const setCookies = (headers as Readonly<Record<string, unknown>>)["set-cookie"];
  jar.store(server.url("/"), Array.isArray(setCookies) ? setCookies.map(String) : []);
}

/** `@ory/client-fetch` as it is published; its callers name the Accept header themselves. Cookies travel in the jar, as a browser's fetch would carry them. */
export function oryFetchClient(server: TestServer, jar = new Jar()): { readonly api: FetchFrontendApi; readonly jar: Jar } {
  const address = anyAddress();
  const fetchApi: typeof fetch = async (input, init) => {
    const url = new URL(typeof input === "string" || input instanceof URL ? input : input.url);
    const headers = new Headers(init?.headers);
    headers.set("x-forwarded-for", address);
    const cookie = jar.header(server.url("/"));
    if (cookie !== "" && !headers.has("x-session-token")) headers.set("cookie", cookie);
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    jar.store(server.url("/"), answer.headers.getSetCookie());
    return answer;
  };
  return { api: new FetchFrontendApi(new FetchConfiguration({ basePath: server.baseUrl, headers: { Accept: "application/json" }, fetchApi })), jar };
}

import { Configuration, CourierApi, IdentityApi } from "@ory/client";
import type { TestClient, TestEdge } from "../testing";

/* The unmodified @ory/client over an edge in this process: requests go through the very route files, answers of every status come back. */

export interface OryAnswer {
  readonly data: unknown;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
}
interface OryRequest {
  readonly url?: string;
  readonly method?: string;
  readonly headers: { toJSON(): Readonly<Record<string, unknown>> };
  readonly data?: unknown;
}

export interface OryOptions {
  /** As the key's holder sends it; null: no key. */
  readonly key: string | null;
  readonly host?: string;
  readonly client?: TestClient;
}

export function oryConfiguration(edge: TestEdge, { key, host = "localhost:4000", client = edge.client() }: OryOptions): Configuration {
  const adapter = async (request: OryRequest): Promise<OryAnswer & { readonly config: OryRequest }> => {
    const { pathname, search } = new URL(request.url ?? "/", `http://${host}`);
    const headers = Object.fromEntries(Object.entries(request.headers.toJSON()).map(([name, value]) => [name.toLowerCase(), String(value)]));
    const answer = await client.send((request.method ?? "get").toUpperCase(), `${pathname}${search}`, {
      headers: { ...headers, host }, ...(request.data === undefined ? {} : { body: request.data }),
    });
    return { data: await answer.text(), status: answer.status, statusText: answer.statusText, headers: Object.fromEntries(answer.headers), config: request };
  };
  return new Configuration({ basePath: `http://${host}`, ...(key === null ? {} : { accessToken: key }), baseOptions: { adapter } });
}

export const identityApi = (edge: TestEdge, options: OryOptions): IdentityApi => new IdentityApi(oryConfiguration(edge, options));
export const courierApi = (edge: TestEdge, options: OryOptions): CourierApi => new CourierApi(oryConfiguration(edge, options));

import { DomainError } from "../model/errors";
import { findApiKey, findConsoleKey } from "../platform/api-keys";
import type { By, KeyScope } from "../platform/api-keys";
import type { Exchange } from "./exchange";
import type { Endpoint, Params } from "./handler";

/** Who calls the admin API. */
export interface ApiCaller {
  readonly id: string;
  readonly name: string;
}

/** Who calls the console API: the holder of a key of a project, of a workspace, or (neither) of the whole installation. */
export interface ConsoleCaller extends ApiCaller, KeyScope {
  /** For the record. */
  readonly by: By;
}

/**
 * The key in `Authorization`, with and without `Bearer` (contract/admin.md 1.1), for the project of this host. Throws
 * `unauthorized` alike for no key, an unknown, expired or withdrawn one, and one that opens no people (a workspace's); `not_found`
 * for a live key of another project.
 */
export async function requireApiKey({ headers, project, services, now }: Exchange): Promise<ApiCaller> {
  const token = tokenIn(headers);
  const key = token === null ? null : await findApiKey(services.db.platform, token, project.row, now);
  if (key === null) throw new DomainError("unauthorized");
  return key;
}

/** An endpoint of the admin API: never with a cookie alone, always with a key. */
export function withApiKey(endpoint: (exchange: Exchange, caller: ApiCaller, request: Request, params: Params) => Promise<Response>): Endpoint {
  return async (exchange, request, params) => endpoint(exchange, await requireApiKey(exchange), request, params);
}

export type ConsoleEndpoint = (exchange: Exchange, caller: ConsoleCaller, request: Request, params: Params) => Promise<Response>;

/**
 * An endpoint of the console API: on the console's host alone, with a key and never with a cookie. Throws `not_found` on any other
 * host, `unauthorized` without a live key. What the key may see is the endpoint's question.
 */
export function withConsoleKey(endpoint: ConsoleEndpoint): Endpoint {
  return async (exchange, request, params) => {
    const { headers, project, services, device, now } = exchange;
    if (project.row.kind !== "console") throw new DomainError("not_found");
    const token = tokenIn(headers);
    const key = token === null ? null : await findConsoleKey(services.db.platform, token, now);
    if (key === null) throw new DomainError("unauthorized");
    const by: By = { actor: { kind: "admin", label: `api key ${key.name}` }, ipAddress: device.ipAddress };
    return endpoint(exchange, { ...key, by }, request, params);
  };
}

function tokenIn(headers: Headers): string | null {
  return /^(?:bearer +)?(\S+)$/i.exec(headers.get("authorization")?.trim() ?? "")?.[1] ?? null;
}

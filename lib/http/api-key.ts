import { DomainError } from "../model/errors";
import { findApiKey } from "../platform/api-keys";
import type { Exchange } from "./exchange";
import type { Endpoint } from "./handler";

/** Who calls the admin API. */
export interface ApiCaller {
  readonly id: string;
  readonly name: string;
}

/**
 * The key in `Authorization`, with and without `Bearer` (contract/admin.md 1.1), for the project of this host. Throws
 * `unauthorized` alike for no key, an unknown, expired or withdrawn one, and another project's: nothing tells them apart.
 */
export async function requireApiKey({ headers, project, services, now }: Exchange): Promise<ApiCaller> {
  const token = /^(?:bearer +)?(\S+)$/i.exec(headers.get("authorization")?.trim() ?? "")?.[1];
  const key = token === undefined ? null : await findApiKey(services.db.platform, token, project.row, now);
  if (key === null) throw new DomainError("unauthorized");
  return key;
}

/** An endpoint of the admin API: never with a cookie alone, always with a key. */
export function withApiKey(endpoint: (exchange: Exchange, caller: ApiCaller, request: Request, params: Readonly<Record<string, string>>) => Promise<Response>): Endpoint {
  return async (exchange, request, params) => endpoint(exchange, await requireApiKey(exchange), request, params);
}

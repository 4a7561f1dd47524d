import { isUuid } from "../model/ids";
import { DomainError } from "../model/errors";
import { parseInstant } from "../model/time";
import type { Exchange } from "./exchange";
import type { ApiCaller } from "./api-key";
import type { EndedBy } from "../sessions/end-by-admin";

/* What the lists of the admin API share: their tokens, and how the caller is written down. */

/** Where a newest-first page ended. */
export interface Place {
  readonly at: Date;
  readonly id: string;
}

/** Whoever calls, as the audit log names them. */
export function byCaller({ device }: Pick<Exchange, "device">, caller: ApiCaller): EndedBy {
  return { actor: { kind: "admin", label: `api key ${caller.name}` }, ipAddress: device.ipAddress, details: { key: caller.id } };
}

/** Contract/admin.md 1.14: the reason begins so. */
export function badToken(): DomainError {
  return new DomainError("bad_request", { reason: "The page token is invalid. Page tokens are opaque: take them from the Link header, and do not make them by hand." });
}

/** base64url of the column and value pairs: opaque to callers. */
export function placeToken(place: Place): string {
  return Buffer.from(JSON.stringify({ created_at: place.at.toISOString(), id: place.id })).toString("base64url");
}

/** The place of a token; null for the first page. Throws `bad_request` for anything that is none. */
export function readPlaceToken(token: string | null): Place | null {
  if (token === null || token === "") return null;
  return placeOf(Buffer.from(token, "base64url").toString("utf8"));
}

/** The place in the text of a token. Throws `bad_request`. */
export function placeOf(text: string): Place {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw badToken();
  }
  if (typeof found !== "object" || found === null) throw badToken();
  const { created_at: at, id } = found as Readonly<Record<string, unknown>>;
  const instant = typeof at === "string" ? parseInstant(at) : null;
  if (instant === null || typeof id !== "string" || !isUuid(id)) throw badToken();
  return { at: instant, id };
}

/** A boolean of a query; null when it is absent. Throws `bad_request`, as Go's parser refuses. */
export function readFlag(query: URLSearchParams, name: string): boolean | null {
  const value = query.get(name);
  if (value === null || value === "") return null;
  if (["true", "1", "t", "T", "TRUE", "True"].includes(value)) return true;
  if (["false", "0", "f", "F", "FALSE", "False"].includes(value)) return false;
  throw new DomainError("bad_request", { reason: `The parameter ${name} must be true or false.` });
}

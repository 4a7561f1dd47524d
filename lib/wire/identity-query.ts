import type { IdentityId } from "../model/ids";
import { isUuid } from "../model/ids";
import { normaliseIdentifier } from "./identity-schema";
import { malformed } from "./members";

/** At most one way to narrow a list of people; `nobody`: a filter that nobody here can match. */
export type ListFilter =
  | { readonly kind: "all" } | { readonly kind: "nobody" }
  | { readonly kind: "ids"; readonly ids: readonly IdentityId[] }
  | { readonly kind: "identifier"; readonly normalised: string; readonly exact: string }
  | { readonly kind: "prefix"; readonly prefix: string };

export type ListPlace =
  | { readonly kind: "keyset"; readonly after: IdentityId | null; readonly size: number }
  | { readonly kind: "page"; readonly page: number; readonly size: number };

export interface IdentityQuery {
  readonly filter: ListFilter;
  readonly place: ListPlace;
  readonly included: readonly string[];
  /** Credentials are part of the answer. */
  readonly expand: boolean;
}

/** Of contract/admin.md 1.6 and 1.14. */
export const FIRST_TOKEN = "00000000-0000-0000-0000-000000000000";
const PER_PAGE = { default: 250, max: 500 } as const;
const MAX_IDS = 500;
const MAX_OFFSET = 1_000;
const INCLUDABLE = ["password", "oidc", "saml", "totp", "lookup_secret", "webauthn", "code", "passkey", "deviceauthn", "link_recovery", "code_recovery"];

/** `include_credential`, once a type. Throws `bad_request` for anything but one type a value. */
export function readIncluded(query: URLSearchParams): readonly string[] {
  const included = query.getAll("include_credential").filter((type) => type !== "");
  const wrong = included.find((type) => !INCLUDABLE.includes(type));
  if (wrong !== undefined) throw malformed(`the parameter include_credential has an invalid value "${wrong.slice(0, 80)}"; name one type, and repeat the parameter for more`);
  return included;
}

/** The parameters of a list of people. Throws `bad_request` naming the parameter. */
export function readIdentityQuery(query: URLSearchParams): IdentityQuery {
  const included = readIncluded(query);
  const filter = readFilter(query);
  const consistency = query.get("consistency") ?? "";
  // Every read here sees what was written before it.
  if (!["", "strong", "eventual"].includes(consistency)) throw malformed("the parameter consistency must be strong or eventual");
  return { filter, included, place: readPlace(query), expand: included.length > 0 || filter.kind === "identifier" || filter.kind === "prefix" };
}

function readFilter(query: URLSearchParams): ListFilter {
  const ids = query.getAll("ids").filter((id) => id !== "");
  const identifier = query.get("credentials_identifier") ?? "";
  const prefix = query.get("preview_credentials_identifier_similar") ?? "";
  const organization = query.get("organization_id") ?? "";
  if ([ids.length > 0, identifier !== "", prefix !== "", organization !== ""].filter(Boolean).length > 1) {
    throw malformed("multiple filters cannot be combined: use one of ids, credentials_identifier, preview_credentials_identifier_similar and organization_id");
  }
  if (ids.length > MAX_IDS) throw malformed(`the parameter ids may be given at most ${String(MAX_IDS)} times`);
  const wrong = ids.find((id) => !isUuid(id.toLowerCase()));
  if (wrong !== undefined) throw malformed(`the parameter ids has a value that is no uuid: ${wrong.slice(0, 80)}`);
  if (ids.length > 0) return { kind: "ids", ids: ids.map((id) => id.toLowerCase() as IdentityId) };
  if (identifier !== "") return { kind: "identifier", normalised: normaliseIdentifier(identifier), exact: identifier };
  if (prefix !== "") {
    const normalised = normaliseIdentifier(prefix);
    return normalised === "" ? { kind: "nobody" } : { kind: "prefix", prefix: normalised };
  }
  if (organization === "") return { kind: "all" };
  if (!isUuid(organization.toLowerCase()) && organization !== FIRST_TOKEN) throw malformed("the parameter organization_id is no uuid");
  return { kind: "nobody" };
}

function readPlace(query: URLSearchParams): ListPlace {
  const paged = query.has("page") && !query.has("page_token") && !query.has("page_size");
  const size = sizeOf(query.get(paged ? "per_page" : query.has("page_size") ? "page_size" : "per_page"));
  if (paged) {
    const page = /^\d{1,9}$/.test(query.get("page") ?? "") ? Number(query.get("page")) : 0;
    if (page * size > MAX_OFFSET) throw malformed(`page and per_page lead beyond ${String(MAX_OFFSET)} identities; go on with page_token`);
    return { kind: "page", page, size };
  }
  const token = query.get("page_token") ?? "";
  if (token === "" || token === FIRST_TOKEN) return { kind: "keyset", after: null, size };
  if (!isUuid(token)) throw malformed("the page token is invalid; do not craft page tokens by hand, take them from the Link header");
  return { kind: "keyset", after: token as IdentityId, size };
}

function sizeOf(text: string | null): number {
  const wanted = text !== null && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return wanted === 0 ? PER_PAGE.default : Math.min(wanted, PER_PAGE.max);
}

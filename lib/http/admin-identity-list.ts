import type { AccountSnapshot, PeopleFilter } from "../identities/admin-context";
import { BATCH_MAX, importBatch } from "../identities/admin-import";
import type { ImportResult } from "../identities/admin-import";
import { adminIdentity } from "../identities/admin-patch";
import type { JsonObject, JsonValue } from "../model/identity";
import { toWireError } from "../wire/error";
import { FIRST_TOKEN, readIdentityQuery } from "../wire/identity-query";
import type { ListPlace } from "../wire/identity-query";
import { isObject, listAt, malformed, member, onlyMembers, textAt } from "../wire/members";
import { keysetHeaders, pageHeaders } from "../wire/pagination";
import { jsonAnswer } from "./answer";
import { accountToWire } from "./admin-identities";
import { withApiKey } from "./api-key";
import { readJson } from "./body";
import type { Exchange } from "./exchange";
import { contextOf } from "./people-context";

/* All people of the project, for whoever holds a key of it (contract/admin.md 1.6, 1.10, 1.14). */

/** `GET /admin/identities` */
export const list = withApiKey(async (exchange) => {
  const { filter, place, included, expand } = readIdentityQuery(exchange.url.searchParams);
  const page = filter.kind === "nobody" ? { accounts: [], headers: await headersOf(null, place, null, exchange) } : await pageOf(filter, place, expand, exchange);
  const body = page.accounts.map((account) => (expand ? accountToWire(account, included, exchange) : adminIdentity(account, exchange)));
  return jsonAnswer(exchange, 200, body, page.headers);
});

async function pageOf(filter: PeopleFilter, place: ListPlace, expand: boolean, exchange: Exchange): Promise<{ readonly accounts: readonly AccountSnapshot[]; readonly headers: Record<string, string> }> {
  const { handle } = exchange;
  if (place.kind === "page") {
    const accounts = await handle.listPeople({ filter, expand, after: null, limit: place.size, offset: place.page * place.size });
    return { accounts, headers: await headersOf(filter, place, null, exchange) };
  }
  // One more than asked for says whether there is a next page.
  const found = await handle.listPeople({ filter, expand, after: place.after, limit: place.size + 1 });
  const accounts = found.slice(0, place.size);
  const next = found.length > place.size ? accounts.at(-1)?.identity.id ?? null : null;
  return { accounts, headers: await headersOf(filter, place, next, exchange) };
}

/** Keyset pages have no count; numbered ones do. */
async function headersOf(filter: PeopleFilter | null, place: ListPlace, next: string | null, { handle, url }: Exchange): Promise<Record<string, string>> {
  if (place.kind === "keyset") return keysetHeaders(url.href, place.size, { first: FIRST_TOKEN, next });
  return pageHeaders(url.href, { page: place.page, perPage: place.size }, filter === null ? 0 : await handle.countPeople(filter));
}

/** `PATCH /admin/identities`: 200 with one result a row, also where all of them failed. */
export const batch = withApiKey(async (exchange, caller, request) => {
  const entries = readBatch(await readJson(request));
  const results = await importBatch(entries.map(({ create }) => create), { wholeRequest: true }, contextOf(exchange, caller));
  return jsonAnswer(exchange, 200, { identities: results.map((result, index) => resultToWire(result, entries[index]?.patchId ?? null)) });
});

interface BatchEntry {
  readonly patchId: string | null;
  readonly create: JsonObject | null;
}

function readBatch(body: JsonValue): readonly BatchEntry[] {
  if (!isObject(body)) throw malformed("the body must be a JSON object");
  onlyMembers(body, ["identities"], "");
  const rows = listAt(body, "identities", "");
  if (rows.length > BATCH_MAX) throw malformed(`a batch may have at most ${String(BATCH_MAX)} identities`);
  return rows.map((row, index) => {
    const at = `identities[${String(index)}]`;
    onlyMembers(row, ["create", "patch_id"], at);
    const patchId = textAt(row, "patch_id", `${at}.`);
    if (patchId !== null && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(patchId)) throw malformed(`${at}.patch_id is no uuid`);
    const create = member(row, "create") ?? null;
    if (create !== null && !isObject(create)) throw malformed(`${at}.create must be an object`);
    return { patchId, create };
  });
}

/** A row's error is the bare error, without the envelope. */
function resultToWire(result: ImportResult | null, patchId: string | null): JsonObject | null {
  if (result === null) return null;
  const named = patchId === null ? {} : { patch_id: patchId };
  if (result.kind === "created") return { action: "create", identity: result.id, ...named };
  return { action: "error", ...named, error: toWireError(result.error).body["error"] ?? null };
}

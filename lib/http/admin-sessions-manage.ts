import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import { isUuid } from "../model/ids";
import type { IdentityId, SessionId } from "../model/ids";
import { manageSessions } from "../sessions/end-by-admin";
import type { SessionTarget } from "../sessions/end-by-admin";
import { byCaller } from "./admin-list";
import { jsonAnswer } from "./answer";
import { withApiKey } from "./api-key";
import { readJson } from "./body";

const MAX_IDS = 500;
const EVERYBODY = "*";

/** `POST /admin/sessions`: ends or removes the sessions of many at once (contract/admin.md 1.15). */
export const manage = withApiKey(async (exchange, caller, request) => {
  const body = await readJson(request);
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw refuse("The body must be a JSON object.");
  const { action, target } = readOrder(body as JsonObject);
  const { processed, more } = await exchange.handle.transaction((tx) => manageSessions(tx, action, target, byCaller(exchange, caller), exchange.now));
  return jsonAnswer(exchange, 200, { processed, more });
});

function readOrder(body: JsonObject): { readonly action: "disable" | "delete"; readonly target: SessionTarget } {
  const { action, identities, sessions } = body;
  if (action !== "disable" && action !== "delete") throw refuse("action must be disable or delete.");
  const people = readList(identities, "identities");
  const single = readList(sessions, "sessions");
  if ((people === null) === (single === null)) throw refuse("Exactly one of identities and sessions must be given.");
  if (single !== null) return { action, target: { sessions: readIds(single, "sessions") as readonly SessionId[] } };
  const given = people ?? [];
  if (!given.includes(EVERYBODY)) return { action, target: { identities: readIds(given, "identities") as readonly IdentityId[] } };
  if (given.length > 1) throw refuse("The wildcard * must stand alone in identities.");
  return { action, target: "all" };
}

/** The texts of a list; null when it is absent, null or empty. */
function readList(value: JsonValue | undefined, name: string): readonly string[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value) || !(value as readonly JsonValue[]).every((item) => typeof item === "string")) throw refuse(`${name} must be a list of ids.`);
  const list = value as readonly string[];
  if (list.length > MAX_IDS) throw refuse(`${name} may hold at most ${MAX_IDS} ids.`);
  return list.length === 0 ? null : list;
}

function readIds(ids: readonly string[], name: string): readonly string[] {
  if (!ids.every(isUuid)) throw refuse(`${name} must hold ids only.`);
  return ids;
}

function refuse(reason: string): DomainError {
  return new DomainError("bad_request", { reason });
}

import type { Identity, JsonObject } from "../model/identity";
import { DomainError } from "../model/errors";
import { isUuid } from "../model/ids";
import type { IdentityId, SessionId } from "../model/ids";
import type { Session } from "../model/session";
import { endSession, removeSessionsOf } from "../sessions/end-by-admin";
import { extendSession } from "../sessions/extend";
import { identityToWire } from "../wire/identity";
import { keysetHeaders, pageHeaders, readPage, readPageSize } from "../wire/pagination";
import { sessionToWire } from "../wire/session";
import { badToken, byCaller, placeToken, readFlag, readPlaceToken } from "./admin-list";
import { emptyAnswer, jsonAnswer } from "./answer";
import { withApiKey } from "./api-key";
import type { Exchange } from "./exchange";

/* Sessions as operators see them (contract/admin.md 1.15), for whoever holds a key of the project. */

const EXPANDABLE = ["identity", "devices"] as const;
type Expanded = Readonly<Record<(typeof EXPANDABLE)[number], boolean>>;
const EVERYTHING: Expanded = { identity: true, devices: true };
const DEFAULT_SIZE = 250;
const MAX_SIZE = 1_000;
/** Nobody has more sessions; no number is too large for the store. */
const LAST_OFFSET = 1_000_000;

/** `GET /admin/sessions`: newest first, a keyset page at a time. */
export const listAll = withApiKey(async (exchange) => {
  const { handle, now, url } = exchange;
  const query = url.searchParams;
  const expanded = readExpand(query);
  const limit = readPageSize(query, DEFAULT_SIZE, MAX_SIZE);
  const { rows, next } = await handle.listAllSessions({ limit, after: readPlaceToken(query.get("page_token")), active: readFlag(query, "active"), now });
  const headers = keysetHeaders(url.href, limit, { first: null, next: next === null ? null : placeToken(next) });
  return jsonAnswer(exchange, 200, rows.map(({ session, identity }) => shown(session, identity, expanded, exchange)), headers);
});

/** `GET /admin/sessions/{id}` */
export const readOne = withApiKey(async (exchange, _caller, _request, params) => {
  const id = sessionId(params);
  const expanded = readExpand(exchange.url.searchParams);
  const session = await exchange.handle.findSession(id);
  const identity = session === null ? null : await exchange.handle.findIdentity(session.identityId);
  if (session === null || identity === null) throw unknownSession();
  return jsonAnswer(exchange, 200, shown(session, identity, expanded, exchange));
});

/** `DELETE /admin/sessions/{id}`: the session is over, its row stays. Ending what is over, or unknown, is no error. */
export const endOne = withApiKey(async (exchange, caller, _request, params) => {
  const id = sessionId(params);
  await exchange.handle.transaction((tx) => endSession(tx, id, byCaller(exchange, caller), exchange.now));
  return emptyAnswer(exchange, 204);
});

/** `GET /admin/identities/{id}/sessions`: by page number or by token, whichever the caller speaks. */
export const listOfIdentity = withApiKey(async (exchange, _caller, _request, params) => {
  const { handle, now, url } = exchange;
  const id = identityId(params);
  const active = readFlag(url.searchParams, "active");
  if (!/^\d{0,9}$/.test(url.searchParams.get("page_token") ?? "")) throw badToken();
  const page = readPage(url.searchParams);
  const identity = await handle.findIdentity(id);
  if (identity === null) throw unknownIdentity();
  const { sessions, total } = await handle.listSessionsOf(id, { limit: page.perPage, offset: Math.min(page.page * page.perPage, LAST_OFFSET), active, now });
  return jsonAnswer(exchange, 200, sessions.map((session) => shown(session, identity, EVERYTHING, exchange)), pageHeaders(url.href, page, total));
});

/** `DELETE /admin/identities/{id}/sessions`: the rows are removed; 404 when there were none. */
export const removeOfIdentity = withApiKey(async (exchange, caller, _request, params) => {
  const id = identityId(params);
  const count = await exchange.handle.transaction((tx) => removeSessionsOf(tx, id, byCaller(exchange, caller), exchange.now));
  if (count === 0) throw new DomainError("not_found", { reason: "This identity has no sessions." });
  return emptyAnswer(exchange, 204);
});

/** `PATCH /admin/sessions/{id}/extend` (contract 1.10): 200 with the session, or 204 with `feature_flags.faster_session_extend`. */
export const extend = withApiKey(async (exchange, caller, _request, params) => {
  const { handle, project, now } = exchange;
  const id = sessionId(params);
  const { actor, ipAddress, details } = byCaller(exchange, caller);
  const done = await handle.transaction(async (tx) => {
    const result = await extendSession(tx, id, project.config, now);
    if (result?.extended === true) {
      await tx.appendAudit({
        action: "session.extended", result: "ok", actor, identityId: result.session.identityId, sessionId: result.session.id, ipAddress,
        details: { until: result.session.expiresAt.toISOString(), ...details },
      }, now);
    }
    return result;
  });
  const identity = done === null ? null : await handle.findIdentity(done.session.identityId);
  if (done === null || identity === null) throw unknownSession();
  if (project.config.features.fasterSessionExtend) return emptyAnswer(exchange, 204);
  return jsonAnswer(exchange, 200, shown(done.session, identity, EVERYTHING, exchange));
});

/** An operator sees what the person does not: `metadata_admin` (contract/admin.md 1.15). `active` counts the person's state, shown or not. */
function shown(session: Session, identity: Identity, expanded: Expanded, { project, now }: Exchange): JsonObject {
  const { baseUrl } = project.config;
  const { devices, ...rest } = sessionToWire(session, identity, { baseUrl, now });
  const person = expanded.identity ? { ...identityToWire(identity, { baseUrl }), metadata_admin: identity.metadataAdmin } : null;
  return { ...rest, identity: person, ...(expanded.devices && devices !== undefined ? { devices } : {}) };
}

/** Repeatable, in any letter case. Throws `bad_request` for anything else. */
function readExpand(query: URLSearchParams): Expanded {
  const wanted = query.getAll("expand").map((value) => value.toLowerCase());
  if (wanted.some((value) => !EXPANDABLE.some((known) => known === value))) {
    throw new DomainError("bad_request", { reason: "The parameter expand must be identity or devices; repeat it for both." });
  }
  return { identity: wanted.includes("identity"), devices: wanted.includes("devices") };
}

function sessionId(params: Readonly<Record<string, string>>): SessionId {
  const id = params["id"] ?? "";
  if (!isUuid(id)) throw new DomainError("bad_request", { reason: "This is not the id of a session." });
  return id as SessionId;
}

/** What is no id is nobody's (contract/admin.md 1.3). */
function identityId(params: Readonly<Record<string, string>>): IdentityId {
  const id = params["id"] ?? "";
  if (!isUuid(id)) throw unknownIdentity();
  return id as IdentityId;
}

function unknownSession(): DomainError {
  return new DomainError("not_found", { reason: "No session has this id." });
}

function unknownIdentity(): DomainError {
  return new DomainError("not_found", { reason: "No identity has this id." });
}

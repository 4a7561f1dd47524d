import { DomainError } from "../model/errors";
import { isUuid } from "../model/ids";
import type { SessionId } from "../model/ids";
import { revokeOtherSessions, revokeSession } from "../sessions/revoke";
import { pageHeaders, readPage } from "../wire/pagination";
import { sessionToWire } from "../wire/session";
import { emptyAnswer, jsonAnswer } from "./answer";
import { requireOwnOrigin } from "./csrf";
import type { Exchange } from "./exchange";
import type { Endpoint } from "./handler";
import { requireSessionArea } from "./judge";

/** Nobody has more sessions; a page further on is empty, and no number is too large for the store. */
const LAST_OFFSET = 1_000_000;

/* The person's own sessions (contract 1.9). Listing asks the session area; ending a session asks only for a session. */

export const listSessions: Endpoint = async (exchange) => {
  const { handle, now, project } = exchange;
  const view = requireSessionArea(exchange);
  const page = readPage(exchange.url.searchParams);
  const { sessions, total } = await handle.listSessions(view.identity.id, now, {
    offset: Math.min(page.page * page.perPage, LAST_OFFSET), limit: page.perPage, exclude: view.session.id,
  });
  const place = { baseUrl: project.config.baseUrl, now };
  const list = sessions.map((session) => sessionToWire(session, view.identity, place));
  return jsonAnswer(exchange, 200, list, pageHeaders(exchange.url.href, page, total));
};

export const revokeOthers: Endpoint = async (exchange) => {
  const view = signedIn(exchange);
  requireOwnOrigin(exchange.headers, exchange.project.config);
  const count = await endOtherSessions(exchange, view);
  return jsonAnswer(exchange, 200, { count });
};

export const revokeOne: Endpoint = async (exchange, _request, params) => {
  const view = signedIn(exchange);
  requireOwnOrigin(exchange.headers, exchange.project.config);
  const id = params["id"] ?? "";
  if (!isUuid(id)) throw new DomainError("bad_request", { reason: "This is not the id of a session." });
  if (id === view.session.id) throw new DomainError("bad_request", { reason: "The current session cannot be ended here. Sign out instead." });
  await endSession(exchange, view, id as SessionId);
  return emptyAnswer(exchange, 204);
};

type View = NonNullable<Exchange["session"]>;

/** Ends all sessions of this person but the current one; answers how many. */
export async function endOtherSessions({ handle, now, device }: Exchange, view: View): Promise<number> {
  return handle.transaction(async (tx) => {
    const count = await revokeOtherSessions(tx, view.identity.id, view.session.id, now);
    if (count > 0) {
      await tx.appendAudit({
        action: "session.revoked_others", result: "ok", actor: { kind: "person", identityId: view.identity.id }, identityId: view.identity.id,
        sessionId: view.session.id, ipAddress: device.ipAddress, details: { count },
      }, now);
    }
    return count;
  });
}

/** Ends one other session of this person. Somebody else's id, or an unknown one, changes nothing and says nothing. */
export async function endSession({ handle, now, device }: Exchange, view: View, id: SessionId): Promise<boolean> {
  return handle.transaction(async (tx) => {
    const ended = await revokeSession(tx, id, view.identity.id, now);
    if (ended) {
      await tx.appendAudit({
        action: "session.revoked", result: "ok", actor: { kind: "person", identityId: view.identity.id }, identityId: view.identity.id,
        sessionId: id, ipAddress: device.ipAddress, details: { by: "another session" },
      }, now);
    }
    return ended;
  });
}

function signedIn(exchange: Exchange): View {
  if (exchange.session === null) throw new DomainError("unauthorized");
  return exchange.session;
}

import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import { isUuid } from "../model/ids";
import { MINUTE_MS } from "../model/time";
import { dispatchesOf, messageToWire } from "../wire/courier";
import type { WireMessage } from "../wire/courier";
import { keysetHeaders, readPageSize } from "../wire/pagination";
import { badToken, placeOf, placeToken } from "./admin-list";
import type { Place } from "./admin-list";
import { jsonAnswer } from "./answer";
import { withApiKey } from "./api-key";
import type { Exchange } from "./exchange";

/* Letters and text messages as operators see them (contract/admin.md 1.17): to whom, of what kind, with what success; never what they say. */

type StoredLetter = NonNullable<Awaited<ReturnType<Exchange["handle"]["findLetter"]>>>;

const DEFAULT_SIZE = 10;
const MAX_SIZE = 500;
const STATUSES = ["queued", "sent", "processing", "abandoned"] as const;
const TOKEN_LIVES_MS = 60 * MINUTE_MS;

/** `GET /admin/courier/messages`: newest first. */
export const listMessages = withApiKey(async (exchange) => {
  const { handle, services, project, url } = exchange;
  const query = url.searchParams;
  const limit = readPageSize(query, DEFAULT_SIZE, MAX_SIZE);
  const recipient = query.get("recipient");
  const { rows, next } = await handle.listLetters({
    limit, after: openToken(query.get("page_token"), exchange), status: readStatus(query.get("status")),
    recipientMacs: recipient === null || recipient === "" ? null : services.courier.recipientMacs(project.row.id, recipient),
  });
  const headers = keysetHeaders(url.href, limit, { first: null, next: next === null ? null : sealToken(next, exchange) });
  return jsonAnswer(exchange, 200, rows.map((row) => messageToWire(wireMessage(row, exchange))), headers);
});

/** `GET /admin/courier/messages/{id}`: with its last dispatch. */
export const readMessage = withApiKey(async (exchange, _caller, _request, params) => {
  const id = params["id"] ?? "";
  if (!isUuid(id)) throw new DomainError("bad_request", { reason: "This is not the id of a message." });
  const row = await exchange.handle.findLetter(id);
  if (row === null) throw new DomainError("not_found", { reason: "No message has this id." });
  const message = wireMessage(row, exchange);
  return jsonAnswer(exchange, 200, messageToWire(message, dispatchesOf(message)));
});

/** What it says is shown in development alone, as the outbox page does. */
function wireMessage(row: StoredLetter, { services, project }: Exchange): WireMessage {
  const { id, status, channel, template, attempts, lastError, createdAt, updatedAt } = row;
  const letter = services.env.mode === "development" ? services.courier.read(row, project) : null;
  return {
    id, status, channel, template, attempts, lastError, createdAt, updatedAt, recipient: services.courier.recipient(row) ?? row.recipientHint,
    letter: letter === null ? null : { subject: letter.subject ?? "", body: letter.text },
  };
}

function readStatus(status: string | null): (typeof STATUSES)[number] | null {
  if (status === null || status === "") return null;
  const known = STATUSES.find((one) => one === status);
  if (known === undefined) throw new DomainError("bad_request", { reason: `The parameter status must be one of ${STATUSES.join(", ")}.` });
  return known;
}

/** Sealed, for this list of this project and one hour: nobody reads from a token how many messages there are, or makes one. */
function sealToken(place: Place, exchange: Exchange): string {
  const until = exchange.now.getTime() + TOKEN_LIVES_MS;
  return Buffer.from(exchange.services.keys.seal("page", JSON.stringify({ place: placeToken(place), until }), binding(exchange))).toString("base64url");
}

function openToken(token: string | null, exchange: Exchange): Place | null {
  if (token === null || token === "") return null;
  const opened = openSealed(token, exchange);
  const { place, until } = opened;
  if (typeof place !== "string" || typeof until !== "number" || until <= exchange.now.getTime()) throw badToken();
  return placeOf(Buffer.from(place, "base64url").toString("utf8"));
}

function openSealed(token: string, exchange: Exchange): JsonObject {
  try {
    return JSON.parse(exchange.services.keys.open("page", Buffer.from(token, "base64url").toString("utf8"), binding(exchange))) as JsonObject;
  } catch {
    throw badToken();
  }
}

function binding({ project }: Exchange): readonly string[] {
  return [project.row.id, "courier/messages"];
}

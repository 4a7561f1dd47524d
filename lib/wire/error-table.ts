import type { DomainErrorCode } from "../model/errors";

/** How a code looks on the wire. `id` is Ory's where Ory has one (contract 3.3); null: the envelope carries none. */
export interface ErrorRow {
  readonly status: number;
  readonly id: string | null;
  /** What the server says about the request; always there. */
  readonly message: string;
  /** Why, and what to do; `details.reason` takes its place where `ownReason` says so. */
  readonly reason: string;
  readonly ownReason?: true;
}

const row = (status: number, id: string | null, message: string, reason: string): ErrorRow => ({ status, id, message, reason });
const open = (status: number, message: string, reason: string): ErrorRow => ({ status, id: null, message, reason, ownReason: true });

/** The one place where a domain code meets a status, an id and a sentence. */
export const ERROR_TABLE = {
  // sessions and levels
  session_inactive: row(401, "session_inactive", "request is not authorized", "There is no signed-in session on this request."),
  unauthorized: row(401, null, "request is not authorized", "There is no valid session on this request."),
  session_aal1_required: row(401, "session_aal1_required", "no session to raise", "Sign in with a first factor before asking for the second."),
  session_aal2_required: row(403, "session_aal2_required", "assurance level not fulfilled", "The session exists but its assurance level is too low."),
  session_refresh_required: row(403, "session_refresh_required", "action forbidden", "Sign in again before changing this."),
  session_already_available: row(400, "session_already_available", "a session exists already", "This session already stands where the flow would lead."),
  session_verified_address_required: row(403, "session_verified_address_required", "address not confirmed", "Confirm one of your addresses first."),
  // flows
  flow_id_missing: open(400, "request is malformed", "The query parameter that names the flow is missing or is no uuid."),
  flow_not_found: row(404, null, "not found", "There is no such flow. Start a new one."),
  self_service_flow_expired: row(410, "self_service_flow_expired", "flow expired", "This flow is too old. Start a new one."),
  self_service_flow_replaced: row(410, "self_service_flow_replaced", "flow replaced", "Another flow took the place of this one."),
  self_service_flow_disabled: row(400, "self_service_flow_disabled", "flow disabled", "This project has switched this flow off."),
  self_service_flow_return_to_forbidden: row(400, "self_service_flow_return_to_forbidden", "return_to refused", "The address to return to is not on this project's list."),
  flow_completed: open(400, "flow completed", "This flow was completed already. Start a new one."),
  method_disabled: open(404, "endpoint disabled", "This method is switched off in this project."),
  browser_location_change_required: row(422, "browser_location_change_required", "browser must navigate", "Continue in the browser at the given address."),
  security_csrf_violation: row(403, "security_csrf_violation", "request refused as a possible cross-site forgery", "Start the flow again and allow cookies."),
  security_identity_mismatch: row(403, "security_identity_mismatch", "flow of somebody else", "This flow belongs to another identity. Start your own."),
  identity_disabled: row(400, "identity_disabled", "identity is switched off", "This account is switched off."),
  logout_token_missing: row(400, null, "request is malformed", "The query parameter token is missing."),
  logout_token_wrong: row(403, null, "action forbidden", "The logout token does not belong to this session."),
  // requests
  bad_request: open(400, "request is malformed", "The request could not be understood."),
  unsupported_media_type: open(415, "content type not supported", "Send application/json or application/x-www-form-urlencoded."),
  payload_too_large: open(413, "request body too large", "The request body is larger than this server reads."),
  method_not_allowed: open(405, "method not allowed", "This address does not answer that HTTP method."),
  not_found: open(404, "not found", "There is nothing at this address."),
  forbidden: open(403, "action forbidden", "This is not allowed."),
  unknown_host: row(404, null, "unknown host", "No project answers on this host."),
  too_many_requests: open(429, "too many requests", "Too many tries. Wait as long as Retry-After says."),
  // hooks and providers
  hook_interrupted: open(400, "stopped by a hook", "A hook of this project stopped the request."),
  hook_failed: open(502, "upstream service failed", "A third-party upstream service responded improperly. Please try again later."),
  hook_timeout: open(504, "upstream service timed out", "A third-party upstream service could not be reached. Please try again later."),
  upstream_failed: open(502, "identity provider failed", "The identity provider answered something that cannot be trusted."),
  upstream_unavailable: open(502, "identity provider unavailable", "The identity provider cannot be reached. Sign in another way or try again."),
  token_exchange_pending: open(422, "sign-in not finished", "The sign-in behind this code is not finished yet."),
  unknown_tokenizer: open(400, "unknown template", "This project has no such template under session.whoami.tokenizer.templates."),
  // configuration and platform
  config_invalid: open(400, "configuration refused", "The configuration has problems; details lists them."),
  revision_conflict: open(409, "revision conflict", "Somebody saved another revision meanwhile. Read it, then save again."),
  conflict: open(409, "conflict", "This belongs to somebody else already."),
  feature_not_available: { ...open(403, "feature not available", "This server does not have this feature."), id: "feature_not_available" },
  setup_link_invalid: row(410, null, "set-up link not valid", "The set-up link was used already or is too old. Make a new one."),
  // the server itself
  busy: row(503, null, "server is busy", "Too much at once. Try again as Retry-After says."),
  unavailable: row(503, null, "service unavailable", "What is needed to answer cannot be reached. Try again as Retry-After says."),
  internal: row(500, null, "internal server error", "Something broke on our side. The request id finds it in our log."),
} as const satisfies Record<DomainErrorCode, ErrorRow>;

/** Reason phrases of the statuses above (RFC 9110, section 15; RFC 6585 for 429). */
export const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 410: "Gone",
  413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Entity", 429: "Too Many Requests", 500: "Internal Server Error",
  502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
};

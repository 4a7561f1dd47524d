/** Every reason a request cannot go on. `lib/wire/error.ts` alone maps a code to a status, an id and a sentence. */
export const DOMAIN_ERROR_CODES = [
  // sessions and levels
  "session_inactive",                 // 401, id session_inactive
  "unauthorized",                     // 401, no id
  "session_aal1_required",            // 401
  "session_aal2_required",            // 403, details.redirectTo
  "session_refresh_required",         // 403, details.redirectTo
  "session_already_available",        // 400; HTML: redirect to details.returnTo
  "session_verified_address_required",
  // flows
  "flow_id_missing",                  // 400
  "flow_not_found",                   // 404
  "self_service_flow_expired",        // 410, details: { expiredAt, sinceMs, useFlowId?, atFetch? , redirectTo?, returnTo? }
  "self_service_flow_replaced",       // 410, details.useFlowId
  "self_service_flow_disabled",       // 400
  "self_service_flow_return_to_forbidden", // 400
  "flow_completed",                   // 400 as a flow, 4010007 / 4040002
  "method_disabled",                  // 404
  "browser_location_change_required", // 422, details.redirectTo
  "security_csrf_violation",          // 403, details: { hint, rejectReason }
  "security_identity_mismatch",       // 403
  "identity_disabled",                // becomes a flow, 4010011
  "logout_token_missing",             // 400
  "logout_token_wrong",               // 403
  // requests
  "bad_request",                      // 400, details.reason
  "unsupported_media_type",           // 415
  "payload_too_large",                // 413
  "method_not_allowed",               // 405, details.allow
  "not_found",                        // 404
  "forbidden",                        // 403, details.reason
  "unknown_host",                     // 404
  "too_many_requests",                // 429, details.retryAfterSeconds
  // hooks and providers
  "hook_interrupted",                 // 400, details.messages
  "hook_failed",                      // 502, details.reason
  "hook_timeout",                     // 504
  "upstream_failed",                  // 502, details.reason: an identity provider answered badly
  "upstream_unavailable",             // 502 → shown as a message of the flow
  "token_exchange_pending",           // 422
  "unknown_tokenizer",                // 400
  // configuration and platform
  "config_invalid",                   // 400, details.problems
  "revision_conflict",                // 409
  "conflict",                         // 409, details.reason: a name or a host that is somebody else's
  "feature_not_available",            // 403, details.reason: Ory has it, this server does not
  "setup_link_invalid",               // 410
  // the server itself
  "busy",                             // 503, details.retryAfterSeconds
  "unavailable",                      // 503, details.retryAfterSeconds
  "internal",                         // 500
] as const;
export type DomainErrorCode = (typeof DOMAIN_ERROR_CODES)[number];

const MARK = Symbol.for("rung.domain-error");

/** Thrown because the caller cannot continue. Carries a code and data, never a sentence. */
export class DomainError extends Error {
  readonly code: DomainErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly [MARK] = true;

  constructor(code: DomainErrorCode, details: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super(code, options);
    this.name = "DomainError";
    this.code = code;
    this.details = details;
  }
}

/** By mark, never `instanceof`: the server and Next hold two copies of this class in one process. */
export function isDomainError(error: unknown): error is DomainError {
  return typeof error === "object" && error !== null && MARK in error;
}

const DUPLICATE = Symbol.for("rung.duplicate-identifier");

/** An identifier or address is taken by somebody else in this project. Thrown by lib/db, answered by the flows (4000007). */
export class DuplicateIdentifier extends Error {
  readonly [DUPLICATE] = true;
  constructor(options?: ErrorOptions) {
    super("duplicate identifier", options);
    this.name = "DuplicateIdentifier";
  }
}

export function isDuplicateIdentifier(error: unknown): error is DuplicateIdentifier {
  return typeof error === "object" && error !== null && DUPLICATE in error;
}

const START = Symbol.for("rung.start-error");

/** Exit codes a supervisor can tell apart. `general` is every other refusal to start. */
export const START_EXIT = {
  general: 1, lockHeld: 10, storeDamaged: 11, schemaHalfMigrated: 12, diskFull: 13, databaseUnreachable: 14,
  keyMissing: 20, keyBad: 21, exampleSecret: 22, envInvalid: 23, configInvalid: 24,
} as const;

/** The process cannot start. The message is one line: what is wrong, where, and what to do about it. */
export class StartError extends Error {
  readonly exitCode: number;
  readonly [START] = true;

  constructor(message: string, exitCode: number = START_EXIT.general, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
    this.exitCode = exitCode;
  }
}

export function isStartError(error: unknown): error is StartError {
  return typeof error === "object" && error !== null && START in error;
}

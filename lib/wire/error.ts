import type { DomainErrorCode } from "../model/errors";
import { isDomainError, isDuplicateIdentifier } from "../model/errors";
import type { JsonObject, JsonValue } from "../model/identity";
import type { ErrorRow } from "./error-table";
import { ERROR_TABLE, STATUS_TEXT } from "./error-table";
import { rfc3339 } from "./message";

export interface WireErrorAnswer {
  readonly status: number;
  /** `{ error: {…} }` and, for some codes, fields beside it (contract 3.2). */
  readonly body: JsonObject;
  /** `Ory-Error-Id` always; `Retry-After` for 429 and 503; `Allow` for 405. */
  readonly headers: Record<string, string>;
}
type Details = Readonly<Record<string, unknown>>;

/** Background on what a forged request is, for the developer who meets one. */
const CSRF_DOCS = "https://developer.mozilla.org/en-US/docs/Web/Security/Attacks/CSRF";
const DEFAULT_RETRY_SECONDS = 5;
/** Longest reason copied from a thrower; the rest helps nobody. */
const MAX_REASON = 500;
const MAX_REPORT = 8_000;
const TAKEN: ErrorRow = { status: 409, id: null, message: "conflict", reason: "This name or address is taken by somebody else." };

/**
 * Any thrown value as the wire's envelope. A `DomainError` gets its row of the table; everything else is a bare 500 that says
 * nothing about what happened. The same error becomes the same bytes wherever it was thrown.
 */
export function toWireError(error: unknown, options: { readonly requestId?: string; readonly baseUrl?: string } = {}): WireErrorAnswer {
  const code: DomainErrorCode = isDomainError(error) && Object.hasOwn(ERROR_TABLE, error.code) ? error.code : "internal";
  const details: Details = isDomainError(error) ? error.details : {};
  const row: ErrorRow = isDuplicateIdentifier(error) ? TAKEN : ERROR_TABLE[code];
  const inside = detailsOf(code, details, options.baseUrl);
  return {
    status: row.status,
    body: {
      error: {
        ...(row.id === null ? {} : { id: row.id }),
        code: row.status,
        status: STATUS_TEXT[row.status] ?? "Error",
        ...(options.requestId === undefined || options.requestId === "" ? {} : { request: options.requestId }),
        reason: reasonOf(code, row, details),
        ...(Object.keys(inside).length === 0 ? {} : { details: inside }),
        message: row.message,
      },
      ...besideOf(code, details),
    },
    headers: headersOf(row, details),
  };
}

/** Fields beside `error` (contract 3.2). */
function besideOf(code: DomainErrorCode, details: Details): JsonObject {
  switch (code) {
    case "session_aal2_required":
    case "session_refresh_required":
    case "browser_location_change_required":
      return pick({ redirect_browser_to: details["redirectTo"] });
    case "self_service_flow_expired":
      return details["atFetch"] === true ? {} : pick({
        expired_at: instant(details["expiredAt"]), since: nanoseconds(details["sinceMs"]), use_flow_id: details["useFlowId"],
      });
    case "self_service_flow_replaced":
      return pick({ use_flow_id: details["useFlowId"] });
    default:
      return {};
  }
}

/** `error.details`: only what is named here, so a thrower cannot leak by accident. */
function detailsOf(code: DomainErrorCode, details: Details, baseUrl: string | undefined): JsonObject {
  switch (code) {
    case "session_aal2_required":
      return pick({ redirect_browser_to: details["redirectTo"] });
    case "self_service_flow_expired":
      return details["atFetch"] !== true ? {}
        : pick({ redirect_to: details["redirectTo"], return_to: details["returnTo"], api: apiHint(details["api"], baseUrl) });
    case "session_verified_address_required":
      return pick({ continue_with: details["continueWith"] });
    case "security_csrf_violation":
      return pick({ docs: CSRF_DOCS, hint: details["hint"], reject_reason: details["rejectReason"] });
    case "config_invalid":
      return pick({ problems: details["problems"] });
    case "revision_conflict":
      return pick({ expected_revision: details["expected"], current_revision: details["current"] });
    default:
      return {};
  }
}

function reasonOf(code: DomainErrorCode, row: ErrorRow, details: Details): string {
  const own = details["reason"];
  if (row.ownReason === true && typeof own === "string" && own !== "") return own.slice(0, MAX_REASON);
  if (code === "config_invalid") return problemsReason(details["problems"]) ?? row.reason;
  const sinceMs = details["sinceMs"];
  if (code === "self_service_flow_expired" && typeof sinceMs === "number" && sinceMs >= 0) {
    return `This flow ended ${(sinceMs / 60_000).toFixed(2)} minutes ago. Start a new one.`;
  }
  return row.reason;
}

/** A configuration's faults as text (contract/admin.md 2.4): where each is, what stands there, and what may. */
function problemsReason(problems: unknown): string | null {
  if (!Array.isArray(problems) || problems.length === 0) return null;
  const lines = problems.map((problem: Details) => {
    const value = problem["value"] === undefined ? "" : `is ${JSON.stringify(problem["value"])} but `;
    return `I[#${String(problem["path"])}] ${value}${String(problem["message"])}`;
  });
  return `Unable to validate config:\n\n${lines.join("\n")}`.slice(0, MAX_REPORT);
}

function headersOf(row: ErrorRow, details: Details): Record<string, string> {
  const headers: Record<string, string> = { "Ory-Error-Id": row.id ?? "" };
  if (row.status === 429 || row.status === 503) headers["Retry-After"] = String(retryAfter(details["retryAfterSeconds"]));
  if (row.status === 405) headers["Allow"] = allow(details["allow"]);
  return headers;
}

function retryAfter(seconds: unknown): number {
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : DEFAULT_RETRY_SECONDS;
}

function allow(methods: unknown): string {
  if (typeof methods === "string") return methods;
  return Array.isArray(methods) ? methods.filter((method) => typeof method === "string").join(", ") : "";
}

/** Where a native client starts over: what the thrower said, made absolute when it is a path. */
function apiHint(api: unknown, baseUrl: string | undefined): unknown {
  if (typeof api !== "string" || !api.startsWith("/") || baseUrl === undefined) return api;
  return `${baseUrl.replace(/\/+$/, "")}${api}`;
}

function instant(at: unknown): unknown {
  return at instanceof Date ? rfc3339(at) : at;
}

/** Milliseconds as integer nanoseconds. */
function nanoseconds(ms: unknown): unknown {
  return typeof ms === "number" && Number.isFinite(ms) ? Math.round(ms) * 1_000_000 : undefined;
}

/** The fields that have a value JSON knows; URLs become text. */
function pick(fields: Readonly<Record<string, unknown>>): JsonObject {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return Object.fromEntries(kept.map(([name, value]) => [name, asJson(value)]));
}

function asJson(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}

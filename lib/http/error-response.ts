import { startUrl, uiUrl } from "../flows/urls";
import { DomainError, isDomainError, isDuplicateIdentifier } from "../model/errors";
import type { FlowKind } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { Services } from "../services";
import { toWireError } from "../wire/error";
import { jsonAnswer, plainPage, redirectAnswer } from "./answer";
import type { Exchange } from "./exchange";

export interface Failed {
  readonly error: unknown;
  /** Null when the request failed before its host or session was known. */
  readonly exchange: Exchange | null;
  readonly services: Services | null;
  readonly json: boolean;
  readonly requestId: string;
}

/**
 * An error outside a flow (contract 2.1, 3): the JSON envelope, or for a page a redirect to where progress is possible, else
 * to the error page with the error stored under an id. Unexpected errors are logged here, once, and tell the caller nothing.
 */
export async function respondError(failed: Failed): Promise<Response> {
  const error = await known(failed);
  const { exchange, requestId } = failed;
  const wire = toWireError(error, { requestId, ...(exchange ? { baseUrl: exchange.project.config.baseUrl } : {}) });
  if (failed.json) return jsonAnswer(exchange, wire.status, wire.body, wire.headers);
  const onward = exchange === null ? null : wayOn(error, exchange);
  if (onward !== null) return redirectAnswer(exchange, onward);
  const stored = exchange === null || !worthStoring(wire.status) ? null : await storeError(wire.body, exchange);
  if (stored !== null) return redirectAnswer(exchange, stored);
  return plainPage(exchange, wire.status, wordsOf(wire.body), retryAfter(wire.headers));
}

const TAKEN = "This identity conflicts with another one that exists already: a name, an address or an external id is taken.";

/** Anything that is no DomainError becomes one: `conflict` for a taken name, `unavailable` when the database does not answer, else `internal`. */
async function known(failed: Failed): Promise<DomainError> {
  const { error, services, requestId } = failed;
  if (isDomainError(error)) return error;
  // The flows answer it on a form; whoever called an API is told what it means.
  if (isDuplicateIdentifier(error)) return new DomainError("conflict", { reason: TAKEN }, { cause: error });
  services?.log.error({ err: error, requestId }, "request failed");
  const away = services !== null && !(await answers(services));
  return away ? new DomainError("unavailable", { retryAfterSeconds: 2 }) : new DomainError("internal");
}

async function answers(services: Services): Promise<boolean> {
  return services.db.ping().then(() => true, () => false);
}

/** Where a person goes on instead of reading an error; every place is outside the rule that refused. */
function wayOn(error: DomainError, exchange: Exchange): string | null {
  const { project } = exchange;
  const { redirectTo, returnTo, useFlowId, kind } = error.details;
  switch (error.code) {
    case "session_already_available":
      return text(returnTo) ?? project.config.defaultReturnUrl;
    case "unauthorized":
      return text(redirectTo) ?? startUrl(project, "login", { return_to: project.config.flows.settings.uiUrl });
    case "self_service_flow_expired":
    case "self_service_flow_replaced":
      return typeof useFlowId === "string" && isKind(kind) ? uiUrl(project, kind, useFlowId) : text(redirectTo);
    case "session_inactive":
    case "session_aal2_required":
    case "session_refresh_required":
    case "browser_location_change_required":
    case "session_verified_address_required":
      return text(redirectTo);
    default:
      return null;
  }
}

/** The error page shows what happened and a way back. A source that makes errors without end gets a plain page instead. */
async function storeError(body: JsonObject, exchange: Exchange): Promise<string | null> {
  const { handle, services, project, now, device } = exchange;
  try {
    const budget = await services.limitsFor(handle).chargeCreate("flow", device.ipAddress, now);
    if (budget.kind === "wait") return null;
    const content = body["error"];
    if (content === null || typeof content !== "object" || Array.isArray(content)) return null;
    const id = await handle.transaction((tx) => tx.insertFlowError(content as JsonObject, now));
    const url = new URL(project.config.errorUiUrl);
    url.searchParams.set("id", id);
    return url.href;
  } catch (error) {
    services.log.error({ err: error, requestId: exchange.requestId }, "error could not be stored");
    return null;
  }
}

/** Answers that are about the moment, not about the person's flow, are not worth a row. */
function worthStoring(status: number): boolean {
  return status !== 405 && status !== 413 && status !== 415 && status !== 429 && status !== 503;
}

function wordsOf(body: JsonObject): { readonly title: string; readonly text: string } {
  const error = (body["error"] ?? {}) as JsonObject;
  const title = text(error["status"]) ?? "Something went wrong";
  return { title, text: text(error["reason"]) ?? text(error["message"]) ?? title };
}

function retryAfter(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === "retry-after");
  const allow = Object.entries(headers).find(([name]) => name.toLowerCase() === "allow");
  return Object.fromEntries([entry, allow].filter((pair) => pair !== undefined));
}

function isKind(value: unknown): value is FlowKind {
  return value === "login" || value === "registration" || value === "settings" || value === "recovery" || value === "verification";
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

import type { JsonObject, JsonValue } from "../model/identity";
import type { HttpRequestConfig } from "../model/project";
import { guardedFetch } from "./guarded-fetch";
import type { GuardedOptions, GuardedResponse } from "./guarded-fetch";
import type { EvaluateJsonnet } from "./jsonnet";
import { renderTemplate } from "./template";

const FORM = "application/x-www-form-urlencoded";
const MARK = Symbol.for("rung.template-error");

/** A request of a configuration, written out and ready to leave. */
export interface PreparedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** A template that makes no sendable body: not a flat map of texts for a form. */
export class TemplateError extends Error {
  readonly [MARK] = true;
  constructor(message: string) {
    super(message);
    this.name = "TemplateError";
  }
}
export function isTemplateError(error: unknown): error is TemplateError {
  return typeof error === "object" && error !== null && MARK in error;
}

/**
 * Writes out a request for `ctx`: the body of its template as JSON, or as a form where a header says so, and the credentials. Null
 * when the template says to send nothing. Throws `TemplateError`, `JsonnetError`.
 */
export async function prepareRequest(config: HttpRequestConfig, ctx: JsonObject, evaluate: EvaluateJsonnet): Promise<PreparedRequest | null> {
  const value = await bodyValue(config.body, ctx, evaluate);
  if (value.kind === "cancelled") return null;
  const headers: Record<string, string> = { accept: "application/json" };
  if (config.body !== null) headers["content-type"] = "application/json";
  for (const [name, text] of Object.entries(config.headers)) headers[name.toLowerCase()] = text;
  addCredentials(headers, config.auth);
  const body = config.body === null ? null : isForm(headers) ? formBody(value.value) : JSON.stringify(value.value);
  return { url: config.url, method: config.method, headers, body };
}

/** Sends a prepared request once. Any status is an answer; throws `GuardedFetchError`. */
export function sendPrepared(request: PreparedRequest, options: GuardedOptions, extra: Readonly<Record<string, string>> = {}): Promise<GuardedResponse> {
  const { url, method, headers, body } = request;
  return guardedFetch(url, { method, body, headers: { ...headers, ...extra } }, options);
}

/** The body of a configured request filled with `ctx`, for whoever sends it otherwise (lib/courier). Throws as `prepareRequest`. */
export function bodyRenderer(evaluate: EvaluateJsonnet): (body: NonNullable<HttpRequestConfig["body"]>, ctx: JsonObject) => Promise<JsonValue> {
  return async (body, ctx) => {
    const made = await bodyValue(body, ctx, evaluate);
    if (made.kind === "cancelled") throw new TemplateError("the template says to send nothing");
    return made.value;
  };
}

async function bodyValue(body: HttpRequestConfig["body"], ctx: JsonObject, evaluate: EvaluateJsonnet) {
  if (body?.kind === "jsonnet") return evaluate(body.source, ctx);
  return { kind: "value" as const, value: body === null ? null : renderTemplate(body.value, ctx) };
}

function addCredentials(headers: Record<string, string>, auth: HttpRequestConfig["auth"]): void {
  if (auth === null) return;
  if (auth.type === "basic_auth") {
    headers["authorization"] = `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString("base64")}`;
  } else if (auth.in === "header") {
    headers[auth.name.toLowerCase()] = auth.value;
  } else {
    headers["cookie"] = [headers["cookie"], `${auth.name}=${auth.value}`].filter((part) => part !== undefined).join("; ");
  }
}

function isForm(headers: Readonly<Record<string, string>>): boolean {
  return (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() === FORM;
}

function formBody(value: JsonValue): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TemplateError("a form needs a map of texts");
  const fields = new URLSearchParams();
  for (const [name, text] of Object.entries(value) as [string, JsonValue][]) {
    if (typeof text === "object" && text !== null) throw new TemplateError(`a form needs texts, and "${name}" is none`);
    if (text !== null) fields.append(name, String(text));
  }
  return fields.toString();
}

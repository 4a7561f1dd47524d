import { guardedFetch, isGuardedFetchError } from "../actions/guarded-fetch";
import type { JsonObject, JsonValue } from "../model/identity";
import type { HttpRequestConfig, ProjectConfig } from "../model/project";
import type { Delivery } from "./delivery";

/** Fills the body of a configured request with what it may know (lib/actions): JSON, ready to send. */
export type RenderBody = (body: NonNullable<HttpRequestConfig["body"]>, context: JsonObject) => Promise<JsonValue> | JsonValue;

const TIMEOUT_MS = 10_000;
/** Nobody reads it. */
const MAX_ANSWER_BYTES = 1_048_576;

/** Posts a letter to a configured address; `messageId` goes along as `Idempotency-Key`, so that a repeated hand-over can be told. */
export async function sendByHttp(
  request: HttpRequestConfig, messageId: string, context: JsonObject, { webHooks }: Pick<ProjectConfig, "webHooks">, renderBody: RenderBody,
): Promise<Delivery> {
  const body = request.body === null ? context : await renderBody(request.body, context);
  const carries = request.method !== "GET" && request.method !== "HEAD";
  const headers = {
    ...(carries ? { "content-type": "application/json; charset=utf-8" } : {}), ...lowerCased(request.headers), ...authOf(request.auth),
    "idempotency-key": messageId,
  };
  try {
    // A redirect is an answer like any other: what a letter says goes to the address that was configured.
    const { status } = await guardedFetch(
      request.url, { method: request.method, headers, body: carries ? JSON.stringify(body) : null },
      { allowPrivate: webHooks.allowPrivateRanges, exceptions: webHooks.privateExceptionUrls, timeoutMs: TIMEOUT_MS, maxRedirects: 0, maxBytes: MAX_ANSWER_BYTES });
    return verdict(status);
  } catch (error) {
    return { kind: "unavailable", reason: `the service was not reached (${nameOf(error)})`, down: true };
  }
}

function verdict(status: number): Delivery {
  if (status >= 200 && status < 300) return { kind: "sent" };
  const reason = `the service answered ${status}`;
  return status === 408 || status === 425 || status === 429 || status >= 500 ? { kind: "unavailable", reason, down: status >= 500 } : { kind: "refused", reason };
}

function authOf(auth: HttpRequestConfig["auth"]): Readonly<Record<string, string>> {
  if (auth === null) return {};
  if (auth.type === "basic_auth") return { authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password}`, "utf8").toString("base64")}` };
  return auth.in === "header" ? { [auth.name.toLowerCase()]: auth.value } : { cookie: `${auth.name}=${auth.value}` };
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function nameOf(error: unknown): string {
  if (isGuardedFetchError(error)) return error.failure;
  return error instanceof Error ? error.name : "an error";
}

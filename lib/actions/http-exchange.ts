import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { GuardedFetchError, isGuardedFetchError } from "./guarded-types";
import type { GuardedInit, GuardedResponse } from "./guarded-types";

interface Limits {
  readonly lookup: LookupFunction;
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** One request and its answer over a connection of its own. No redirect is followed and no cookie kept. */
export function exchangeOnce(target: URL, init: Required<GuardedInit>, limits: Limits): Promise<Omit<GuardedResponse, "url">> {
  return new Promise((resolve, reject) => {
    const body = init.body === null ? null : Buffer.from(init.body);
    const send = target.protocol === "https:" ? httpsRequest : httpRequest;
    const request = send(target, {
      // No agent: a kept connection would be used again without dialling, and so without being judged.
      agent: false, method: init.method, lookup: limits.lookup,
      headers: { "accept-encoding": "identity", "user-agent": "Rung", ...init.headers, "connection": "close", ...(body === null ? {} : { "content-length": String(body.length) }) },
    });
    const timer = setTimeout(() => fail(new GuardedFetchError("timeout", "no answer in time")), limits.timeoutMs);
    // The first reason counts: what breaks because of it says nothing.
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      request.destroy();
      reject(isGuardedFetchError(error) ? error : new GuardedFetchError("unreachable", reasonOf(error), { cause: error }));
    };
    request.on("error", fail);
    request.on("response", (response) => {
      readBody(response, limits.maxBytes).then((bytes) => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: headersOf(response), body: bytes });
      }, fail);
    });
    request.end(body ?? undefined);
  });
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = (): GuardedFetchError => new GuardedFetchError("too_large", `the answer is larger than ${maxBytes} bytes`);
  if (Number(response.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headersOf(response: IncomingMessage): Readonly<Record<string, string>> {
  const entries = Object.entries(response.headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value ?? ""]));
}

/** The system's word for it (`ECONNREFUSED`), never an address. */
function reasonOf(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "string" ? `no connection (${code})` : "no connection";
}

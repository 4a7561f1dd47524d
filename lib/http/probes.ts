import type { Readiness } from "../observability/health";
import type { PlainAnswer } from "./whoami";
import { DATA_CSP, NO_STORE, STATIC_HEADERS } from "./security-headers";
import { peekServices } from "./running";
import { VERSION } from "./version";

/* Probes (contract 1.11): no host, no session, no version of anything but the product itself where it is asked for. */

const HEADERS: Readonly<Record<string, string>> = {
  ...STATIC_HEADERS, "content-type": "application/json; charset=utf-8", "cache-control": NO_STORE, "content-security-policy": DATA_CSP,
};

/** The process lives, whatever its database does (R7). */
export function answerAlive(): PlainAnswer {
  return { status: 200, headers: HEADERS, body: '{"status":"ok"}' };
}

export function answerReady(readiness: Readiness): PlainAnswer {
  if (readiness.ready) return { status: 200, headers: HEADERS, body: '{"status":"ok"}' };
  return { status: 503, headers: { ...HEADERS, "retry-after": "1" }, body: JSON.stringify({ errors: readiness.errors }) };
}

export function answerVersion(): PlainAnswer {
  return { status: 200, headers: HEADERS, body: JSON.stringify({ version: VERSION }) };
}

/* The second mount, for `next dev`, plain `next start` and hosting without server.ts. */

export async function aliveRoute(request: Request): Promise<Response> {
  return asResponse(answerAlive(), request.method);
}

export async function readyRoute(request: Request): Promise<Response> {
  const services = await peekServices();
  const errors = services === null ? { process: "starting" }
    : await services.db.ping().then(() => ({}), () => ({ database: "does not answer" }));
  return asResponse(answerReady({ ready: Object.keys(errors).length === 0, errors }), request.method);
}

export async function versionRoute(request: Request): Promise<Response> {
  return asResponse(answerVersion(), request.method);
}

function asResponse(answer: PlainAnswer, method: string): Response {
  if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 405, headers: { ...HEADERS, allow: "GET, HEAD" } });
  return new Response(method === "HEAD" ? null : answer.body, { status: answer.status, headers: answer.headers });
}

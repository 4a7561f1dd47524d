import type { Health } from "../observability/health";
import type { Services } from "../services";
import { isPreflight } from "./cors";
import type { RawHeaders } from "./private-headers";
import { answerAlive, answerReady, answerVersion, readyDetail } from "./probes";
import { DATA_CSP, NO_STORE, STATIC_HEADERS } from "./security-headers";
import { answerWhoami, templateAsked } from "./whoami";
import type { PlainAnswer } from "./whoami";

export type HotPath = "whoami" | "alive" | "ready" | "version" | "metrics";

/** Paths that server.ts answers before the framework (ADR 0007). */
const HOT: Readonly<Record<string, HotPath>> = {
  "/sessions/whoami": "whoami", "/health/alive": "alive", "/health/ready": "ready", "/version": "version", "/admin/metrics/prometheus": "metrics",
};

export interface HotRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: RawHeaders;
  /** The host asked for; the public one where the machine was called by its number. */
  readonly host: string;
  /** The machine itself asks, by a name of its own, and no proxy on it speaks for somebody else. */
  readonly fromMachine: boolean;
}
export interface HotDeps {
  readonly services: Services | null;
  readonly health: Health;
}

export function hotPathOf(url: string): HotPath | null {
  const at = url.indexOf("?");
  const path = at < 0 ? url : url.slice(0, at);
  return Object.hasOwn(HOT, path) ? HOT[path] ?? null : null;
}

export async function answerHot(path: HotPath, request: HotRequest, { services, health }: HotDeps): Promise<PlainAnswer> {
  if (path !== "whoami" && request.method !== "GET" && request.method !== "HEAD") {
    return refusal(405, "method not allowed", { allow: "GET, HEAD" });
  }
  switch (path) {
    case "alive": return answerAlive();
    case "ready": {
      const readiness = await health.readiness();
      return answerReady(readiness, readiness.ready ? await readyDetail() : null);
    }
    case "version": return answerVersion();
    case "whoami": return services === null ? starting() : whoami(request, services);
    case "metrics": {
      if (!request.fromMachine) return refusal(404, "not found");
      if (services === null) return starting();
      return { status: 200, headers: { ...HEADERS, "content-type": "text/plain; version=0.0.4; charset=utf-8" }, body: await services.metrics.text() };
    }
  }
}

function whoami({ url, method, headers, host }: HotRequest, services: Services): Promise<PlainAnswer> {
  return answerWhoami({
    host, sessionToken: one(headers["x-session-token"]), cookie: one(headers["cookie"]), authorization: one(headers["authorization"]),
    requestId: one(headers["x-request-id"]), tokenizeAs: templateAsked(url),
    origin: one(headers["origin"]), preflight: isPreflight(method, { get: (name) => one(headers[name]) }),
  }, services);
}

/** The booting process: nobody is signed out by it, they are asked to come back. */
export function starting(): PlainAnswer {
  return refusal(503, "the server is starting", { "retry-after": "2" });
}

const HEADERS: Readonly<Record<string, string>> = { ...STATIC_HEADERS, "cache-control": NO_STORE, "content-security-policy": DATA_CSP };
const STATUS: Readonly<Record<number, string>> = { 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable" };

function refusal(status: number, message: string, extra: Readonly<Record<string, string>> = {}): PlainAnswer {
  const body = { error: { code: status, status: STATUS[status] ?? "Error", message } };
  return { status, headers: { ...HEADERS, "content-type": "application/json; charset=utf-8", ...extra }, body: JSON.stringify(body) };
}

function one(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

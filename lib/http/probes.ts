import type { Readiness } from "../observability/health";
import { configFileStatus } from "../platform/config-file-status";
import type { ConfigFileStatus } from "../platform/config-file-status";
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

/** `detail` is ours, and there only where an operator keeps a configuration file: whether it is the one in force. It never makes a 503. */
export function answerReady(readiness: Readiness, detail: ReadyDetail | null = null): PlainAnswer {
  if (readiness.ready) return { status: 200, headers: HEADERS, body: JSON.stringify({ status: "ok", ...(detail === null ? {} : { detail }) }) };
  return { status: 503, headers: { ...HEADERS, "retry-after": "1" }, body: JSON.stringify({ errors: readiness.errors }) };
}

export interface ReadyDetail {
  readonly config_file: {
    readonly state: ConfigFileStatus["state"];
    /** The first key that is wrong, and why; never its value. */
    readonly key?: string;
    readonly reason?: string;
  };
}

/** Null where there is no configuration file, or while nobody can say. */
export async function readyDetail(): Promise<ReadyDetail | null> {
  const status = await configFileStatus().catch(() => null);
  if (status === null) return null;
  const [problem] = status.problems;
  if (problem === undefined) return { config_file: { state: status.state } };
  // Anybody may ask here. What a parser says of a file as a whole may quote it; the log and the console say it in full.
  const reason = problem.key === "" ? problem.reason.split(":", 1)[0] ?? "" : problem.reason;
  return { config_file: { state: status.state, key: problem.key, reason } };
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
  const ready = Object.keys(errors).length === 0;
  return asResponse(answerReady({ ready, errors }, ready ? await readyDetail() : null), request.method);
}

export async function versionRoute(request: Request): Promise<Response> {
  return asResponse(answerVersion(), request.method);
}

function asResponse(answer: PlainAnswer, method: string): Response {
  if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 405, headers: { ...HEADERS, allow: "GET, HEAD" } });
  return new Response(method === "HEAD" ? null : answer.body, { status: answer.status, headers: answer.headers });
}

import type { Method } from "./handler";

/** One row of the machine-readable route table (security.md part 13). A route without a row fails a test. */
export interface RouteRow {
  readonly path: string;
  readonly methods: readonly Method[];
  /**
   * `machine`: a loopback socket that forwarded nothing. `key`: a key of the project, `workspace`: one of the workspace, or for
   * reading its own project one of that (lib/http/api-key.ts).
   */
  readonly who: "anyone" | "session" | "key" | "workspace" | "machine";
  /** Which area judges the session; `own`: the engine, by the flow. */
  readonly level: "none" | "session" | "settings" | "own";
  /** Asks for a recent proof where protected data changes. */
  readonly privileged: boolean;
  /** `both`: answered by server.ts before the framework, and mounted in it again. */
  readonly mount: "next" | "both" | "server";
}

const row = (path: string, methods: readonly Method[], rest: Partial<Omit<RouteRow, "path" | "methods">> = {}): RouteRow => ({
  path, methods, who: "anyone", level: "none", privileged: false, mount: "next", ...rest,
});
const EVERY: readonly Method[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** On the console's host and on `api.` in front of it (lib/http/console-api.ts). */
const CONSOLE = { who: "workspace" } as const;

export const ROUTES: readonly RouteRow[] = [
  row("/self-service/{kind}/browser", ["GET"], { level: "own" }),
  row("/self-service/{kind}/api", ["GET"], { level: "own" }),
  row("/self-service/{kind}/flows", ["GET"], { level: "own" }),
  row("/self-service/{kind}", ["GET", "POST"], { level: "own", privileged: true }),
  row("/self-service/logout/browser", ["GET"], { who: "session" }),
  row("/self-service/logout/api", ["DELETE"]),
  row("/self-service/logout", ["GET"], { who: "session" }),
  row("/self-service/errors", ["GET"]),
  row("/self-service/methods/oidc/start", ["GET", "POST"], { level: "own" }),
  row("/self-service/methods/oidc/complete", ["GET"], { level: "own", privileged: true }),
  row("/self-service/locale", ["POST"]),
  row("/self-service/address-back", ["POST"]),
  row("/sessions/whoami", EVERY, { who: "session", level: "session", mount: "both" }),
  row("/sessions/token-exchange", ["GET"]),
  row("/sessions/{id}", ["DELETE"], { who: "session" }),
  row("/sessions", ["GET", "DELETE"], { who: "session", level: "session" }),
  row("/schemas/{id}", ["GET"]),
  row("/schemas", ["GET"]),
  row("/health/alive", ["GET"], { mount: "both" }),
  row("/health/ready", ["GET"], { mount: "both" }),
  row("/version", ["GET"], { mount: "both" }),
  row("/.well-known/change-password", ["GET"]),
  row("/.well-known/passkey-endpoints", ["GET"]),
  row("/.well-known/webauthn", ["GET"]),
  row("/.well-known/jwks.json", ["GET"]),
  row("/api/auth/{nextauth}", ["GET", "POST"], { level: "session" }),
  row("/admin/sessions/whoami", ["GET"]),
  row("/admin/sessions/{id}/extend", ["PATCH"], { who: "key" }),
  row("/admin/sessions/{id}", ["GET", "DELETE"], { who: "key" }),
  row("/admin/sessions", ["GET", "POST"], { who: "key" }),
  row("/admin/identities/by/external/{external}", ["GET"], { who: "key" }),
  row("/admin/identities/{id}/credentials/{type}", ["DELETE"], { who: "key" }),
  row("/admin/identities/{id}/sessions", ["GET", "DELETE"], { who: "key" }),
  row("/admin/identities/{id}", ["GET", "PUT", "PATCH", "DELETE"], { who: "key" }),
  row("/admin/identities", ["GET", "POST", "PATCH"], { who: "key" }),
  row("/admin/recovery/code", ["POST"], { who: "key" }),
  row("/admin/recovery/link", ["POST"], { who: "key" }),
  row("/admin/courier/messages/{id}", ["GET"], { who: "key" }),
  row("/admin/courier/messages", ["GET"], { who: "key" }),
  row("/admin/schemas/{id}", ["GET"]),
  row("/admin/schemas", ["GET"]),
  row("/admin/test-login-flows", ["POST"], { who: "key" }),
  row("/admin/jobs/{id}/output", ["GET"], { who: "key" }),
  row("/admin/jobs/{id}", ["GET", "DELETE"], { who: "key" }),
  row("/admin/jobs", ["GET", "POST"], { who: "key" }),
  row("/identities/{rest}", ["GET", "PUT", "PATCH", "DELETE"]),
  row("/identities", ["GET", "POST", "PATCH"]),
  row("/courier/{rest}", ["GET"]),
  row("/recovery/code", ["POST"]),
  row("/recovery/link", ["POST"]),
  // Files of the console's pages: what they download and upload.
  row("/console/projects/{slug}/audit/export", ["POST"], { who: "session", level: "session", privileged: true }),
  row("/console/projects/{slug}/jobs/import", ["POST"], { who: "session", level: "session", privileged: true }),
  row("/console/projects/{slug}/jobs/output", ["POST"], { who: "session", level: "session", privileged: true }),
  row("/projects/{project}/organizations/{organization}/onboarding-portal-links/{link}", ["POST", "DELETE"], CONSOLE),
  row("/projects/{project}/organizations/{organization}/onboarding-portal-links", ["GET", "POST"], CONSOLE),
  row("/projects/{project}/organizations/{organization}", ["GET", "PUT", "DELETE"], CONSOLE),
  row("/projects/{project}/organizations", ["GET", "POST"], CONSOLE),
  row("/projects/{project}/eventstreams/{stream}", ["PUT", "DELETE"], CONSOLE),
  row("/projects/{project}/eventstreams", ["GET", "POST"], CONSOLE),
  row("/projects/{project}/members/{member}", ["DELETE"], CONSOLE),
  row("/projects/{project}/members", ["GET"], CONSOLE),
  row("/projects/{project}/revision/{revision}", ["PATCH"], CONSOLE),
  row("/projects/{project}/tokens/{token}", ["DELETE"], CONSOLE),
  row("/projects/{project}/tokens", ["GET", "POST"], CONSOLE),
  row("/projects/{project}", ["GET", "PUT", "PATCH", "DELETE"], CONSOLE),
  row("/projects", ["GET", "POST"], CONSOLE),
  row("/workspaces/{workspace}/tokens/{token}", ["DELETE"], CONSOLE),
  row("/workspaces/{workspace}/tokens", ["GET", "POST"], CONSOLE),
  row("/workspaces/{workspace}/projects", ["GET"], CONSOLE),
  row("/workspaces/{workspace}", ["GET", "PUT"], CONSOLE),
  row("/workspaces", ["GET", "POST"], CONSOLE),
  row("/admin/metrics/prometheus", ["GET"], { who: "machine", mount: "server" }),
];

/** Paths without a placeholder need no pattern; nearly every request is for one of them. */
const EXACT: ReadonlySet<string> = new Set(ROUTES.map(({ path }) => path).filter((path) => !path.includes("{")));
const PATTERNS = ROUTES.map(({ path }) => ({
  path, pattern: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{(?:nextauth|rest)\}/g, ".+").replace(/\{[a-z]+\}/g, "[^/]+")}/?$`),
}));

/** The pattern of a path, for metrics: never a path with ids in it. The table lists the longer of two alike first. */
export function routeOf(pathname: string): string {
  if (EXACT.has(pathname)) return pathname;
  const found = PATTERNS.find(({ pattern }) => pattern.test(pathname));
  if (found) return found.path;
  return pathname.startsWith("/_next/") ? "/_next" : "page";
}

/** True for paths that programs call: their answers are data and never a document. */
export function isDataPath(pathname: string): boolean {
  return /^\/(self-service|sessions|schemas|health|version|api|admin|identities|courier|recovery\/(?:code|link)|projects|workspaces|\.well-known)(\/|$)/.test(pathname);
}

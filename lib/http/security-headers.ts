import type { ProjectConfig } from "../model/project";

/*
 * The header set of security.md part 9, X6, X7 and X20. Route handlers get it from handler.ts, pages from proxy.ts (the
 * nonce), and server.ts fills in whatever an answer still lacks: its own pages, static files, Next's 404 and 500.
 */

/** The same on every answer. `same-origin` keeps `Origin` on our own form posts; `no-referrer` would turn it into `null`. */
export const STATIC_HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": [
    "publickey-credentials-get=(self)", "publickey-credentials-create=(self)", "otp-credentials=(self)", "clipboard-write=(self)", "accelerometer=()", "autoplay=()",
    "camera=()", "display-capture=()", "encrypted-media=()", "fullscreen=()", "geolocation=()", "gyroscope=()", "magnetometer=()",
    "microphone=()", "midi=()", "payment=()", "screen-wake-lock=()", "usb=()", "xr-spatial-tracking=()",
  ].join(", "),
};

/** Contract 2.8, and never in a shared cache. */
export const NO_STORE = "private, no-cache, no-store, must-revalidate";

/** For JSON and redirects: nothing of it is ever a document. */
export const DATA_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** For a page that nobody gave a nonce (no proxy ran): no inline script, everything of our own. */
export const FALLBACK_CSP =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/** One year (RFC 6797); only ever sent over https. */
export const HSTS = "max-age=31536000; includeSubDomains";

/**
 * The policy of a page. Forms may post to us and be redirected to the project's return targets: Chromium applies
 * `form-action` to the redirects of a form post as well. `development` allows what the development server of Next needs.
 */
export function pageCsp(nonce: string, config: ProjectConfig | null, development = false): string {
  const directives: readonly (readonly string[])[] = [
    ["default-src", "'self'"],
    ["script-src", `'nonce-${nonce}'`, "'strict-dynamic'", ...(development ? ["'unsafe-eval'"] : [])],
    ["style-src", "'self'", ...(development ? ["'unsafe-inline'"] : [`'nonce-${nonce}'`])],
    ["img-src", "'self'", "data:"],
    ["font-src", "'self'"],
    ["connect-src", "'self'", ...(development ? ["ws:", "wss:"] : [])],
    ["form-action", "'self'", ...(config ? formTargets(config) : [])],
    ["object-src", "'none'"],
    ["base-uri", "'none'"],
    ["frame-ancestors", "'none'"],
  ];
  return directives.map((parts) => parts.join(" ")).join("; ");
}

/** Origins a form post may end at: our own base, the flow pages, and every allowed return target. */
function formTargets(config: ProjectConfig): readonly string[] {
  const urls = [
    config.baseUrl, config.defaultReturnUrl, config.errorUiUrl, ...config.allowedReturnUrls, ...Object.values(config.flows).map((flow) => flow.uiUrl),
  ];
  return [...new Set(urls.map(cspSource).filter((source) => source !== null))];
}

/** scheme://host[:port] as CSP writes it; a wildcard only as the first label. Null for what has no origin. */
function cspSource(url: string): string | null {
  const match = /^(https?):\/\/((?:\*\.)?[a-z0-9.-]+|\[[0-9a-f:]+\])(:\d+)?(?:[/?#]|$)/i.exec(url);
  return match ? `${match[1]}://${match[2]}${match[3] ?? ""}`.toLowerCase() : null;
}

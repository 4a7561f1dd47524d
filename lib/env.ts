import { dirname, join, resolve } from "node:path";
import { parseAddress, parseRange } from "./model/address";
import { mailFrom, smtpUrl } from "./env/mail";
import { envError, oneOf, originUrl, text, wholeNumber } from "./env/values";
import type { EnvSource } from "./env/values";

export { clientAddress, isTrusted, trustedRanges } from "./env/addresses";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The environment, read once at start. Everything has a value; nothing is read from `process.env` afterwards. */
export interface Env {
  /** Production unless the environment says otherwise in so many words: the other modes show people's codes to whoever develops. */
  readonly mode: "production" | "development" | "test";
  readonly port: number;
  /** Address to listen on. All interfaces only when asked for (security.md X11). */
  readonly host: string;
  /** Origin people see. Links, cookies and redirects are built from it, never from a request. */
  readonly publicUrl: URL;
  /** Origin of the built-in console project; never the host of `publicUrl`. */
  readonly consoleUrl: URL;
  /** A PostgreSQL server; null: the embedded database in `dataDir`. */
  readonly databaseUrl: string | null;
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute; beside the data, never inside it. */
  readonly keyFile: string;
  /** Absolute; the only place that key sets of projects (`file://`) are read from. Null: none is. */
  readonly keyDirectory: string | null;
  /** Absolute; the default project's configuration as a file. Null: ./rung.yml where there is one, else none. */
  readonly configFile: string | null;
  /** Addresses and ranges whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: LogLevel;
  readonly passwordProfile: "production" | "floor";
  /** Mail server of the installation, for projects that name none of their own; null: their mail waits in the outbox. */
  readonly smtpUrl: string | null;
  /** Who mail over that server comes from; null: `no-reply` at the project's host. */
  readonly mailFrom: { readonly address: string; readonly name: string | null } | null;
  /** `forbidden`: no project reaches addresses of the operator's own network, whatever its configuration says. */
  readonly privateAddresses: "allowed" | "forbidden";
  /** Processes that serve, with a PostgreSQL server; the embedded database always has one. */
  readonly webConcurrency: number;
  /** Add the demo projects and people at start. */
  readonly seed: boolean;
}

const DEFAULT_PORT = 4000;

/** Throws `StartError` 23 with one line that names the variable, the problem and an example. */
export function readEnv(source: EnvSource = process.env): Env {
  const mode = oneOf(source, "NODE_ENV", ["production", "development", "test"], "production");
  const port = wholeNumber(source, "PORT", DEFAULT_PORT, { min: 1, max: 65_535 });
  const publicUrl = originUrl(source, "RUNG_PUBLIC_URL", "https://id.example.com") ?? new URL(`http://localhost:${port}`);
  const dataDir = resolve(text(source, "RUNG_DATA_DIR") ?? join(".rung", "data"));
  return {
    mode,
    port,
    host: listenHost(source),
    publicUrl,
    consoleUrl: consoleUrl(source, publicUrl),
    databaseUrl: databaseUrl(source),
    dataDir,
    keyFile: resolve(text(source, "RUNG_KEY_FILE") ?? join(dirname(dataDir), "keys.json")),
    keyDirectory: path(source, "RUNG_KEY_DIRECTORY"),
    configFile: path(source, "RUNG_CONFIG_FILE"),
    trustedProxies: trustedProxies(source),
    logLevel: oneOf(source, "RUNG_LOG_LEVEL", LOG_LEVELS, mode === "test" ? "silent" : "info"),
    passwordProfile: oneOf(source, "RUNG_PASSWORD_PROFILE", ["production", "floor"], mode === "test" ? "floor" : "production"),
    smtpUrl: smtpUrl(source),
    mailFrom: mailFrom(source),
    privateAddresses: oneOf(source, "RUNG_PRIVATE_ADDRESSES", ["allowed", "forbidden"], "allowed"),
    webConcurrency: wholeNumber(source, "WEB_CONCURRENCY", 1, { min: 1, max: 64 }),
    seed: oneOf(source, "RUNG_SEED", ["0", "1"], "0") === "1",
  };
}

function path(source: EnvSource, name: string): string | null {
  const value = text(source, name);
  return value === null ? null : resolve(value);
}

function listenHost(source: EnvSource): string {
  const value = text(source, "HOST");
  if (value === null) return "127.0.0.1";
  const name = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
  const looksNumeric = /^[\d.]+$/.test(value);
  if (parseAddress(value) === null && (looksNumeric || !name.test(value))) {
    throw envError("HOST", "is not an address or host name to listen on", "0.0.0.0");
  }
  return value;
}

function consoleUrl(source: EnvSource, publicUrl: URL): URL {
  const given = originUrl(source, "RUNG_CONSOLE_URL", "https://console.id.example.com");
  const url = given ?? derivedConsoleUrl(publicUrl);
  if (url.host === publicUrl.host) {
    throw envError("RUNG_CONSOLE_URL", "must not be the host of RUNG_PUBLIC_URL: the console has people of its own", "https://console.id.example.com");
  }
  return url;
}

function derivedConsoleUrl(publicUrl: URL): URL {
  const bare = publicUrl.hostname.replace(/^\[|\]$/g, "");
  const bytes = parseAddress(bare);
  if (bytes === null) return new URL(`${publicUrl.protocol}//console.${publicUrl.host}`);
  // An address has no sub-domains; on this machine the browser knows console.localhost.
  const loopback = bytes.length === 4 ? bytes[0] === 127 : bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
  if (!loopback) {
    throw envError("RUNG_CONSOLE_URL", "is needed, because RUNG_PUBLIC_URL names an address and not a host", "https://console.id.example.com");
  }
  const port = publicUrl.port === "" ? "" : `:${publicUrl.port}`;
  return new URL(`${publicUrl.protocol}//console.localhost${port}`);
}

function databaseUrl(source: EnvSource): string | null {
  const value = text(source, "DATABASE_URL");
  if (value === null) return null;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== "postgres:" && url.protocol !== "postgresql:")) {
    // The value is not shown: it usually holds a password.
    throw envError("DATABASE_URL", "is not the address of a PostgreSQL database", "postgresql://rung:secret@localhost:5432/rung");
  }
  return value;
}

function trustedProxies(source: EnvSource): readonly string[] {
  const entries = (text(source, "RUNG_TRUSTED_PROXIES") ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  for (const entry of entries) {
    if (parseRange(entry) === null) {
      throw envError("RUNG_TRUSTED_PROXIES", `holds "${entry.slice(0, 50)}", which is neither an address nor a range`, "127.0.0.1,10.0.0.0/8,fd00::/8");
    }
  }
  return entries;
}

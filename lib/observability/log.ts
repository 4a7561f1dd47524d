import pino from "pino";
import type { DestinationStream, Logger } from "pino";

export type { Logger } from "pino";

/**
 * Field names that never reach the log, at any of the depths an object is logged with. The names the wire, the cookies
 * and the database use for secrets; `redaction.test` sends a canary through each.
 */
export const SECRET_FIELDS = [
  "password", "identifier", "token", "session_token", "sessionToken", "tokenHash", "csrf_token", "csrfToken", "cookie", "cookies",
  "set-cookie", "authorization", "x-session-token", "x-csrf-token", "totp_code", "totp_secret_key", "lookup_secret", "code", "codes",
  "secret", "sealed", "sealedSecret", "hash", "digest", "logout_token", "setupToken", "pepper", "DATABASE_URL", "databaseUrl",
  "handover", "init_code", "return_to_code", "session_token_exchange_code",
] as const;

const SECRET = new Set<string>(SECRET_FIELDS.map((name) => name.toLowerCase()));
const CENSOR = "[redacted]";
const MAX_DEPTH = 6;
/** Values that betray themselves wherever they stand: tokens and one-time codes of ours, our sealed form, password hashes, set-up links. */
const SECRET_VALUES = [
  /\b(?:ory|rung)_[a-z]{2,4}_[A-Za-z0-9_-]{16,}/g,
  /\bv1\.[a-z0-9-]{1,32}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{16,}/g,
  /\$(?:argon2(?:id|i|d)|2[aby]|scrypt|pbkdf2-[a-z0-9]+)\$[^\s"']+/g,
  /([?&](?:token|code|csrf_token|session_token|state|handover|id_token|init_code|return_to_code)=)[^&\s"']+/gi,
  /\b(postgres(?:ql)?:\/\/[^:/\s]*):[^@\s]+@/gi,
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
] as const;

/** JSON, one line per event, on standard output. Secrets are cut out of names and of values before anything is written. */
export function createLog(options: { readonly level: string; readonly destination?: DestinationStream }): Logger {
  const config = {
    level: options.level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: "message",
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => withoutSecrets(fields),
    },
    hooks: {
      logMethod(this: Logger, args: Parameters<pino.LogFn>, method: pino.LogFn) {
        const clean = args.map((arg: unknown) => (typeof arg === "string" ? censorText(arg) : arg));
        method.apply(this, clean as Parameters<pino.LogFn>);
      },
    },
  };
  const logger = options.destination === undefined ? pino(config) : pino(config, options.destination);
  const born: unknown = logger.child;
  if (typeof born !== "function") return logger;
  // What a child is born with passes no formatter; children inherit this method.
  logger.child = function cleanChild<Levels extends string = never>(
    this: Logger, bindings: pino.Bindings, childOptions?: pino.ChildLoggerOptions<Levels>,
  ): pino.Logger<Levels> {
    return Reflect.apply(born, this, [withoutSecrets(bindings), childOptions]) as pino.Logger<Levels>;
  };
  return logger;
}

const KEY = Symbol.for("rung.log");
interface Registry { [KEY]?: Logger }

/** The process's logger; the two module graphs of one process share it. Level `info` until `setLogLevel`. */
export const log: Logger = ((globalThis as Registry)[KEY] ??= createLog({ level: "info" }));

export function setLogLevel(level: string): void {
  log.level = level;
}

/** A copy with every secret censored, by name and by shape. Errors keep name, message, code and stack. */
export function withoutSecrets(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(name, value, 0)]));
}

function clean(name: string, value: unknown, depth: number): unknown {
  if (SECRET.has(name.toLowerCase())) return CENSOR;
  if (typeof value === "string") return censorText(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof URL) return censorText(value.href);
  if (depth >= MAX_DEPTH || value instanceof Uint8Array) return "[object]";
  if (Array.isArray(value)) return value.map((entry: unknown) => clean("", entry, depth + 1));
  if (value instanceof Error) return cleanError(value, depth);
  const entries: [string, unknown][] = value instanceof Headers || value instanceof Map ? mapEntries(value) : Object.entries(value);
  return Object.fromEntries(entries.map(([key, inner]) => [key, clean(key, inner, depth + 1)]));
}

function cleanError(error: Error, depth: number): Record<string, unknown> {
  const code: unknown = Reflect.get(error, "code");
  return {
    name: error.name,
    message: censorText(error.message),
    ...(typeof code === "string" || typeof code === "number" ? { errorCode: code } : {}),
    ...(error.stack === undefined ? {} : { stack: censorText(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: clean("cause", error.cause, depth + 1) }),
  };
}

function mapEntries(map: Headers | ReadonlyMap<unknown, unknown>): [string, unknown][] {
  return [...map.entries()].map(([key, value]) => [String(key), value]);
}

function censorText(text: string): string {
  let clear = text;
  for (const pattern of SECRET_VALUES) {
    clear = clear.replace(pattern, (_, prefix: unknown) => (typeof prefix === "string" ? prefix + CENSOR : CENSOR));
  }
  return clear;
}

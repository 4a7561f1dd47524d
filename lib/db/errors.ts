import { DomainError, DuplicateIdentifier, isDomainError } from "../model/errors";

const RETRY_AFTER_SECONDS = 2;

/** Prisma: unreachable, timed out, closed, pool exhausted, transaction not begun or ended in time. */
const PRISMA_OUTAGES = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "P2037"]);
const SOCKET_OUTAGES = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
const ADAPTER_OUTAGES = new Set(["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout", "TooManyConnections", "TlsConnectionError"]);
/** PostgreSQL: connection exceptions, insufficient resources, operator intervention (appendix A of its manual). */
const SQLSTATE_OUTAGE = /^(08|53|57)/;
const WORDS_OF_OUTAGE = /connection terminated|timeout exceeded when trying to connect|connection error and is not queryable|pool after calling end/i;
/** Tables whose unique keys say "this identifier is somebody else's". */
const IDENTIFYING = new Set(["CredentialIdentifier", "VerifiableAddress", "RecoveryAddress", "Identity"]);

/** The error with everything it wraps: Prisma keeps the driver's error in `meta`, adapters keep it in `cause`. */
function* layers(error: unknown): Generator<Readonly<Record<string, unknown>>> {
  let current: unknown = error;
  for (let depth = 0; depth < 6 && typeof current === "object" && current !== null; depth += 1) {
    const layer = current as Readonly<Record<string, unknown>>;
    yield layer;
    const meta = layer["meta"] as Readonly<Record<string, unknown>> | undefined;
    current = meta?.["driverAdapterError"] ?? layer["cause"];
  }
}

function isOutage(layer: Readonly<Record<string, unknown>>): boolean {
  const { code, kind, originalCode, message } = layer;
  return (typeof code === "string" && (PRISMA_OUTAGES.has(code) || SOCKET_OUTAGES.has(code) || (code.length === 5 && SQLSTATE_OUTAGE.test(code))))
    || (typeof originalCode === "string" && SQLSTATE_OUTAGE.test(originalCode))
    || (typeof kind === "string" && ADAPTER_OUTAGES.has(kind))
    || (typeof message === "string" && WORDS_OF_OUTAGE.test(message));
}

/** Serialisation failure or deadlock: nothing was written, and the same transaction may succeed at once. */
export function isRetryable(error: unknown): boolean {
  for (const layer of layers(error)) {
    if (layer["code"] === "P2034" || layer["kind"] === "TransactionWriteConflict") return true;
    if (layer["code"] === "40001" || layer["code"] === "40P01" || layer["originalCode"] === "40P01") return true;
  }
  return false;
}

/**
 * What the house is told: an outage is DomainError `unavailable` (never "not found", which would read as "signed out"),
 * a taken identifier is DuplicateIdentifier, a second authenticator in a single slot is `bad_request`. Anything else is
 * a fault of ours and stays what it is.
 */
export function translated(error: unknown): unknown {
  if (isDomainError(error)) return error;
  for (const layer of layers(error)) {
    if (layer["code"] === "P2002") {
      const meta = layer["meta"] as { readonly modelName?: unknown } | undefined;
      if (typeof meta?.modelName === "string" && IDENTIFYING.has(meta.modelName)) return new DuplicateIdentifier({ cause: error });
      if (meta?.modelName === "Credential") return new DomainError("bad_request", { reason: "This sign-in method is already set up." }, { cause: error });
      return error;
    }
    if (isOutage(layer)) return new DomainError("unavailable", { retryAfterSeconds: RETRY_AFTER_SECONDS }, { cause: error });
  }
  return error;
}

/** Awaits and translates what is thrown. */
export async function translating<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translated(error);
  }
}

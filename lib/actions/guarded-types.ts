import type { LookupFunction } from "node:net";

export interface GuardedInit {
  /** Default GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | null;
}
export interface GuardedOptions {
  /** Reach private ranges and the machine itself; never the link-local and metadata addresses, which only an exception opens. */
  readonly allowPrivate: boolean;
  /** Globs of URLs without query that may be anywhere (lib/actions/private-exceptions.ts). */
  readonly exceptions: readonly string[];
  /** For the whole exchange with its redirects. */
  readonly timeoutMs: number;
  /** Of the answer's body; default 5 MB. */
  readonly maxBytes?: number;
  /** Default 5; 0 answers the redirect itself. */
  readonly maxRedirects?: number;
  /** How names become addresses; tests hand in their own. */
  readonly lookup?: LookupFunction;
}
export interface GuardedResponse {
  readonly status: number;
  /** Lower-case names; several lines of one header joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Where the answer came from, after redirects. */
  readonly url: string;
}

export type GuardedFailure = "refused" | "timeout" | "unreachable" | "too_large" | "redirects";
const MARK = Symbol.for("rung.guarded-fetch-error");
/** `refused`: an address or scheme that is out of bounds. `unreachable`: no connection, no TLS, or it broke. */
export class GuardedFetchError extends Error {
  readonly failure: GuardedFailure;
  readonly [MARK] = true;
  constructor(failure: GuardedFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "GuardedFetchError";
    this.failure = failure;
  }
}
export function isGuardedFetchError(error: unknown): error is GuardedFetchError {
  return typeof error === "object" && error !== null && MARK in error;
}

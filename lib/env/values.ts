import { START_EXIT, StartError } from "../model/errors";

export type EnvSource = Readonly<Record<string, string | undefined>>;

/** One line: variable, problem, example. The value itself is shown only where it cannot be a secret. */
export function envError(name: string, problem: string, example: string): StartError {
  return new StartError(`${name} ${problem}; for example ${name}=${example}`, START_EXIT.envInvalid);
}

/** Trimmed; an empty variable counts as unset. */
export function text(source: EnvSource, name: string): string | null {
  const value = source[name]?.trim();
  return value === undefined || value === "" ? null : value;
}

export function wholeNumber(source: EnvSource, name: string, fallback: number, range: { readonly min: number; readonly max: number }): number {
  const value = text(source, name);
  if (value === null) return fallback;
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= range.min && number <= range.max)) {
    throw envError(name, `is "${shown(value)}", not a whole number from ${range.min} to ${range.max}`, String(fallback));
  }
  return number;
}

export function oneOf<T extends string>(source: EnvSource, name: string, allowed: readonly T[], fallback: T): T {
  const value = text(source, name);
  if (value === null) return fallback;
  const found = allowed.find((entry) => entry === value);
  if (found === undefined) throw envError(name, `is "${shown(value)}", not one of ${allowed.join(", ")}`, fallback);
  return found;
}

/** A web origin: http or https, a host, nothing behind it. */
export function originUrl(source: EnvSource, name: string, example: string): URL | null {
  const value = text(source, name);
  if (value === null) return null;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw envError(name, "is not an address that begins with http:// or https://", example);
  }
  if (url.username !== "" || url.password !== "") throw envError(name, "must not carry a user name or password", example);
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw envError(name, "must end after the host and port, without a path", example);
  }
  return url;
}

/** Control characters would break the one-line promise; long values would bury the message. */
function shown(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, "?").slice(0, 40);
}

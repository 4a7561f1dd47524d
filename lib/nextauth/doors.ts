/** Actions of next-auth that stand alone after `/api/auth/`. Its `_log` writes what strangers send into the log, and is none. */
const ALONE: ReadonlySet<string> = new Set(["session", "csrf", "providers", "signin", "signout", "error"]);
/** Actions that go on with a provider's id. */
const WITH_PROVIDER: ReadonlySet<string> = new Set(["signin", "callback"]);

/** May these path segments reach next-auth? Only its reading, signing out, and the dance with a provider that exists. */
export function isDoor(segments: readonly string[], providers: readonly string[]): boolean {
  const [action = "", provider, ...rest] = segments;
  if (rest.length > 0) return false;
  return provider === undefined ? ALONE.has(action) : WITH_PROVIDER.has(action) && providers.includes(provider);
}

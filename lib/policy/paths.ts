import type { ProtectedPath } from "../model/policy";

/**
 * The rule with the longest prefix that covers `pathname`, by whole segments; null when none does.
 *
 * A path is read as a browser and a router would read it: percent-encoding is undone once, `.` and `..` are resolved,
 * empty segments and a trailing slash do not count, backslashes are slashes, case is kept. An encoded slash can be read two
 * ways (one segment, or two), so both readings are tried and the stricter, longer match wins.
 */
export function longestMatch(pathname: string, rules: readonly ProtectedPath[]): ProtectedPath | null {
  const readings = readingsOf(pathname);
  let best: ProtectedPath | null = null;
  let length = -1;
  for (const rule of rules) {
    const prefix = resolveDots(rawSegments(rule.prefix).map(decodeOnce));
    if (prefix.length <= length) continue;
    if (readings.some((path) => covers(prefix, path))) {
      best = rule;
      length = prefix.length;
    }
  }
  return best;
}

/** Whether `pathname` is `place` (`exact`) or also below it, in every way it can be read; see `longestMatch`. Nothing is below `/`. */
export function isAt(place: string, pathname: string, exact: "exact" | "below"): boolean {
  const own = resolveDots(rawSegments(place).map(decodeOnce));
  return readingsOf(pathname).every((path) => (exact === "exact" || own.length === 0 ? own.length === path.length : true) && covers(own, path));
}

function covers(prefix: readonly string[], path: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((segment, index) => segment === path[index]);
}

function readingsOf(pathname: string): readonly (readonly string[])[] {
  const decoded = rawSegments(pathname).map(decodeOnce);
  const asOne = resolveDots(decoded);
  if (!decoded.some((segment) => /[/\\]/.test(segment))) return [asOne];
  const split = decoded.flatMap((segment) => segment.split(/[/\\]/).filter((part) => part !== ""));
  return [asOne, resolveDots(split)];
}

function rawSegments(pathname: string): string[] {
  const path = pathname.split(/[?#]/, 1)[0] ?? "";
  return path.split(/[/\\]/).filter((segment) => segment !== "");
}

function decodeOnce(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function resolveDots(segments: readonly string[]): readonly string[] {
  const resolved: string[] = [];
  for (const segment of segments) {
    if (segment === "..") resolved.pop();
    else if (segment !== ".") resolved.push(segment);
  }
  return resolved;
}

/** True when a path and query name a NUL byte, once decoded. No address of ours holds one and no database column can. */
export function holdsNul(target: string): boolean {
  return target.includes("%00") || target.includes("\0");
}

/** False for an address that names a NUL, or whose path is percent-encoded wrongly: the framework fails on it where a path has ids. */
export function isReadable(target: string): boolean {
  if (holdsNul(target)) return false;
  const path = target.split("?", 1)[0] ?? "";
  if (!path.includes("%")) return true;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Text that any column can hold: without NUL, and with half a surrogate pair replaced. For what people type into forms of pages. */
export function storable(text: string): string {
  return text.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\ufffd");
}

/** True when a path and query name a NUL byte, once decoded. No address of ours holds one and no database column can. */
export function holdsNul(target: string): boolean {
  return target.includes("%00") || target.includes("\0");
}

/** Text that any column can hold: without NUL, and with half a surrogate pair replaced. For what people type into forms of pages. */
export function storable(text: string): string {
  return text.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\ufffd");
}

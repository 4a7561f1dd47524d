/** The last row of a page: what the database goes on after. */
export type PageKey = readonly [string, string];

/** Where a list goes on, as the address of its next page carries it. */
export function writePlace(key: PageKey | null): string | null {
  return key === null ? null : Buffer.from(JSON.stringify(key), "utf8").toString("base64url");
}

/** What an address brought; null, the beginning, for what is none of ours. */
export function readPlace(text: string | null): PageKey | null {
  if (text === null || text.length > 2_000) return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (!Array.isArray(key) || key.length !== 2) return null;
    const [first, second] = key as readonly unknown[];
    return typeof first === "string" && typeof second === "string" && !/[\0\p{Surrogate}]/u.test(first + second) ? [first, second] : null;
  } catch {
    return null;
  }
}

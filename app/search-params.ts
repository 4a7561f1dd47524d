export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** One value of a query parameter; a repeated or absent one counts as none. */
export function firstOf(value: string | string[] | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

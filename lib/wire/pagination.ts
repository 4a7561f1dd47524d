export interface Page {
  /** From 0. */
  readonly page: number;
  readonly perPage: number;
}

/** Items of a page when nothing is asked, and the most anybody gets (contract 1.9). */
export const DEFAULT_PER_PAGE = 250;
export const MAX_PER_PAGE = 1_000;

/** The page asked for by `page` and `per_page`, or by `page_token` and `page_size`. Nonsense falls back to the first page. */
export function readPage(query: URLSearchParams): Page {
  const tokens = query.has("page_token") || query.has("page_size");
  const page = tokens ? query.get("page_token") : query.get("page");
  const wanted = wholeNumber(tokens ? query.get("page_size") : query.get("per_page"), DEFAULT_PER_PAGE);
  return { page: wholeNumber(page, 0), perPage: wanted === 0 ? DEFAULT_PER_PAGE : Math.min(wanted, MAX_PER_PAGE) };
}

/**
 * How many of a keyset page (contract/admin.md 1.14): `page_size`, or `per_page` where it stands alone. Nonsense is the default; nobody
 * gets more than `max`.
 */
export function readPageSize(query: URLSearchParams, otherwise: number, max: number): number {
  const wanted = wholeNumber(query.get("page_size") ?? query.get("per_page"), otherwise);
  return wanted === 0 ? otherwise : Math.min(wanted, max);
}

/**
 * `Link` of a keyset list: `first`, and `next` while there is more; never a count. Relative to this host, the other parameters of the
 * request kept. `first: null`: the first page is the one without a token.
 */
export function keysetHeaders(url: string, size: number, tokens: { readonly first: string | null; readonly next: string | null }): Record<string, string> {
  const at = (token: string | null): string => {
    const target = new URL(url);
    for (const name of ["page", "per_page", "page_token"]) target.searchParams.delete(name);
    target.searchParams.set("page_size", String(size));
    if (token !== null) target.searchParams.set("page_token", token);
    return `${target.pathname}${target.search}`;
  };
  const links = [`<${at(tokens.first)}>; rel="first"`, ...(tokens.next === null ? [] : [`<${at(tokens.next)}>; rel="next"`])];
  return { Link: links.join(",") };
}

/** `X-Total-Count` and `Link` (RFC 8288) of a list; `url` is the request's own absolute URL, whose other parameters are kept. */
export function pageHeaders(url: string, page: Page, total: number): Record<string, string> {
  const last = Math.max(0, Math.ceil(total / page.perPage) - 1);
  const links: string[] = [link(url, page, 0, "first")];
  if (page.page < last) links.push(link(url, page, page.page + 1, "next"));
  if (page.page > 0) links.push(link(url, page, Math.min(page.page - 1, last), "prev"));
  links.push(link(url, page, last, "last"));
  return { "X-Total-Count": String(total), Link: links.join(",") };
}

/** The part of a list that a page shows. */
export function pageOf<T>(items: readonly T[], page: Page): readonly T[] {
  return items.slice(page.page * page.perPage, (page.page + 1) * page.perPage);
}

function link(url: string, page: Page, number: number, relation: string): string {
  const target = new URL(url);
  // Both pairs, so that a caller of either style finds its own (contract/admin.md 1.14).
  for (const place of ["page", "page_token"]) target.searchParams.set(place, String(number));
  for (const size of ["per_page", "page_size"]) target.searchParams.set(size, String(page.perPage));
  return `<${target.href}>; rel="${relation}"`;
}

function wholeNumber(text: string | null, fallback: number): number {
  if (text === null || !/^\d{1,9}$/.test(text)) return fallback;
  return Number(text);
}

export interface Page {
  /** From 0. */
  readonly page: number;
  readonly perPage: number;
  /** Which parameter pair the caller spoke; the links answer in it. */
  readonly style: "page" | "token";
}

/** Items of a page when nothing is asked, and the most anybody gets (contract 1.9). */
export const DEFAULT_PER_PAGE = 250;
export const MAX_PER_PAGE = 1_000;

/** The page asked for by `page` and `per_page`, or by `page_token` and `page_size`. Nonsense falls back to the first page. */
export function readPage(query: URLSearchParams): Page {
  const style = query.has("page_token") || query.has("page_size") ? "token" : "page";
  const page = style === "token" ? query.get("page_token") : query.get("page");
  const perPage = style === "token" ? query.get("page_size") : query.get("per_page");
  const wanted = wholeNumber(perPage, DEFAULT_PER_PAGE);
  return { page: wholeNumber(page, 0), perPage: wanted === 0 ? DEFAULT_PER_PAGE : Math.min(wanted, MAX_PER_PAGE), style };
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
  const [place, size] = page.style === "token" ? ["page_token", "page_size"] : ["page", "per_page"];
  target.searchParams.set(place, String(number));
  target.searchParams.set(size, String(page.perPage));
  return `<${target.href}>; rel="${relation}"`;
}

function wholeNumber(text: string | null, fallback: number): number {
  if (text === null || !/^\d{1,9}$/.test(text)) return fallback;
  return Number(text);
}

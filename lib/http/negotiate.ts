/**
 * Who gets JSON (contract 2.1). Three questions that look alike and are not: what `Accept` negotiates to, whether the caller
 * wants JSON (that, or a body that *is* JSON), and whether it wants a page.
 */
const OFFERS = ["text/html", "text/*", "*/*", "application/json"] as const;

interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

/** True when `Accept` settles on `application/json`; a missing header settles on `text/html`. */
export function acceptsJson(headers: Headers): boolean {
  return negotiate(headers.get("accept")) === "application/json";
}

/** `Accept` settles on JSON, or the body's type is exactly `application/json`: a charset parameter defeats the second half. */
export function wantsJson(headers: Headers): boolean {
  return acceptsJson(headers) || headers.get("content-type") === "application/json";
}

/** True for a page's navigation or form post. */
export function wantsHtml(headers: Headers): boolean {
  return negotiate(headers.get("accept")) === "text/html";
}

/** The offer with the highest quality; among equals the most specific range, then the earlier offer (RFC 9110, 12.5.1). */
function negotiate(accept: string | null): string {
  const ranges = (accept ?? "").split(",").map(parseRange).filter((range) => range.type !== "" && range.quality > 0);
  let best = { offer: "text/html", quality: 0, weight: -1 };
  for (const offer of OFFERS) {
    for (const range of ranges) {
      const weight = weightOf(range.type, offer);
      if (weight < 0) continue;
      if (range.quality > best.quality || (range.quality === best.quality && weight > best.weight)) {
        best = { offer, quality: range.quality, weight };
      }
    }
  }
  return best.offer;
}

/** 2: the very type · 1: its family · 0: anything · -1: no match. */
function weightOf(range: string, offer: string): number {
  if (range === "*/*") return 0;
  if (range.endsWith("/*")) return offer.startsWith(range.slice(0, -1)) ? 1 : -1;
  return range === offer ? 2 : -1;
}

function parseRange(text: string): MediaRange {
  const [type = "", ...parameters] = text.split(";");
  const weight = parameters.map((part) => part.trim().toLowerCase()).find((part) => part.startsWith("q="));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type: type.trim().toLowerCase(), quality: Number.isFinite(quality) ? Math.min(1, Math.max(0, quality)) : 0 };
}

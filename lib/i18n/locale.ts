/** Languages with a complete catalogue. */
export const LOCALES = ["en", "de", "es", "fr"] as const;
export type Locale = (typeof LOCALES)[number];

export const DEFAULT_LOCALE: Locale = "en";
/** Cookie that holds a person's own choice; readable by anybody, so it holds nothing but a locale. */
export const LOCALE_COOKIE = "rung_locale";

/** Each language's name in itself, for the switch. */
export const LOCALE_NAMES = { en: "English", de: "Deutsch", es: "Español", fr: "Français" } as const satisfies Record<Locale, string>;

const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(["ar", "fa", "he", "ps", "sd", "ur", "yi"]);
/** A header longer than this is no browser's; the rest is not read. */
const MAX_HEADER_LENGTH = 1_000;

export function isLocale(value: unknown): value is Locale {
  return typeof value === "string" && (LOCALES as readonly string[]).includes(value);
}

/**
 * The language of an answer: the person's cookie when it names one of ours, else the best of `Accept-Language` by quality
 * (RFC 9110, section 12.5.4) with `de-AT` read as `de`, else English. Never throws.
 */
export function negotiateLocale(acceptLanguage: string | null, cookie: string | null): Locale {
  const chosen = cookie?.trim().toLowerCase();
  if (isLocale(chosen)) return chosen;
  const ranges = (acceptLanguage ?? "").slice(0, MAX_HEADER_LENGTH).split(",").map(parseRange);
  const wanted = ranges.filter((range) => range.quality > 0).sort((a, b) => b.quality - a.quality);
  for (const range of wanted) {
    if (range.language === "*") return DEFAULT_LOCALE;
    if (isLocale(range.language)) return range.language;
  }
  return DEFAULT_LOCALE;
}

/** Writing direction for `<html dir>`. */
export function dir(locale: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(locale.split("-")[0] ?? "") ? "rtl" : "ltr";
}

function parseRange(text: string): { language: string; quality: number } {
  const [tag = "", ...parameters] = text.trim().toLowerCase().split(";");
  const weight = parameters.map((part) => part.trim()).find((part) => part.startsWith("q="));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { language: tag.trim().split("-")[0] ?? "", quality: Number.isFinite(quality) ? quality : 0 };
}

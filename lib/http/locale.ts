import { LOCALE_COOKIE, negotiateLocale } from "../i18n/locale";
import type { Locale } from "../i18n/locale";
import { translator } from "../i18n/text";
import type { Translator } from "../i18n/text";
import { parseCookies } from "./cookies";

/** The language of an answer: the person's own choice, else what the browser asks for. */
export function localeOf(headers: Headers): Locale {
  return negotiateLocale(headers.get("accept-language"), parseCookies(headers.get("cookie")).get(LOCALE_COOKIE) ?? null);
}

/** Words in that language. */
export function negotiatedText(headers: Headers): Translator {
  return translator(localeOf(headers));
}

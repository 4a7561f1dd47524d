import { formatsFor, render } from "../format";
import type { Locale } from "../locale";
import { parseTemplate } from "../template";
import { de } from "./de";
import { en } from "./en";
import type { MailKey, MailTexts } from "./en";
import { es } from "./es";
import { fr } from "./fr";

export type { MailKey } from "./en";

export const MAIL_CATALOGUES = { en, de, es, fr } as const satisfies Record<Locale, MailTexts>;

export type MailWords = (key: MailKey, args?: Readonly<Record<string, string | number>>) => string;

/** The sentences of letters in one language. A missing argument leaves the sentence's key, so a test sees it. */
export function mailWords(locale: Locale): MailWords {
  const texts: MailTexts = MAIL_CATALOGUES[locale];
  const formats = formatsFor(locale, "UTC");
  return (key, args = {}) => render(parseTemplate(texts[key]), args, formats) ?? key;
}

/** An instant in words, in the one zone that everybody can convert from: "Wednesday, July 1, 2026 at 10:00 UTC". */
export function mailInstant(locale: Locale, at: Date): string {
  return `${new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short", timeZone: "UTC" }).format(at)} UTC`;
}

export function isMailKey(key: string): key is MailKey {
  return Object.hasOwn(en, key);
}

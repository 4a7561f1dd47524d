import type { Message } from "../model/message";
import type { Formats } from "./format";
import { formatsFor, render } from "./format";
import type { Locale } from "./locale";
import { dir } from "./locale";
import { de } from "./locales/de";
import type { TextKey, Texts } from "./locales/en";
import { en } from "./locales/en";
import { es } from "./locales/es";
import { fr } from "./locales/fr";
import { parseTemplate } from "./template";

export type { TextKey, Texts } from "./locales/en";

export type TextArguments = Readonly<Record<string, string | number | Date | readonly string[]>>;

export interface Translator extends Formats {
  readonly locale: Locale;
  readonly dir: "ltr" | "rtl";
  /** A sentence of the catalogue. A missing argument leaves English in place of nothing, and the key as the last resort. */
  t(key: TextKey, args?: TextArguments): string;
  /** What a wire message says in this language; its own English text when the id or an argument is unknown. */
  message(message: Message): string;
}

export const CATALOGUES = { en, de, es, fr } as const satisfies Record<Locale, Texts>;

/** Words and formats of one language; `timeZone` is an IANA name, default UTC. */
export function translator(locale: Locale, options: { readonly timeZone?: string } = {}): Translator {
  const formats = formatsFor(locale, options.timeZone);
  const texts: Texts = CATALOGUES[locale];
  const message = (m: Message): string => {
    const key = messageKey(m);
    if (key === null) return m.text;
    return render(parseTemplate(texts[key]), m.context ?? {}, formats, (item) => (isMessage(item) ? message(item) : String(item))) ?? m.text;
  };
  return {
    ...formats,
    locale,
    dir: dir(locale),
    t: (key, args = {}) => render(parseTemplate(texts[key]), args, formats) ?? render(parseTemplate(en[key]), args, formats) ?? key,
    message,
  };
}

/** True when the catalogue knows this key; for keys built from data, such as `method.${name}`. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}

/** The English of a message id with its context; what `Message.text` holds. Empty for an id without words. */
export function englishMessage(id: number, context: Readonly<Record<string, unknown>>): string {
  return translator("en").message({ id, type: "info", text: "", context });
}

/** A generic message names its reason by `reason_code`; every other is known by its id. */
function messageKey(message: Message): TextKey | null {
  const code = message.context?.["reason_code"];
  const reason = `reason.${String(code)}`;
  if (code !== undefined && isTextKey(reason)) return reason;
  const key = `message.${message.id}`;
  return isTextKey(key) ? key : null;
}

function isMessage(item: unknown): item is Message {
  return typeof item === "object" && item !== null && "id" in item && "text" in item;
}

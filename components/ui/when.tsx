import type { Translator } from "@/lib/i18n/text";

/** A moment in words, exact on hover and for machines. */
export function When({ at, now, text }: { readonly at: Date; readonly now: Date; readonly text: Translator }) {
  return <time dateTime={at.toISOString()} title={`${text.dateTime(at)} UTC`}>{text.relative(at, now)}</time>;
}

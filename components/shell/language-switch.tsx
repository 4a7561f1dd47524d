import { LOCALE_NAMES, LOCALES } from "@/lib/i18n/locale";
import type { Translator } from "@/lib/i18n/text";

/** Every language by its own name; one press shows this page in it. A plain form, so it works without script. */
export function LanguageSwitch({ text }: { readonly text: Translator }) {
  return (
    <form action="/self-service/locale" method="post" aria-label={text.t("common.language")} className="-mx-1.5 flex flex-wrap" data-testid="language-switch">
      {LOCALES.map((locale) => (
        <button key={locale} type="submit" name="locale" value={locale} lang={locale} aria-current={locale === text.locale ? "true" : undefined}
          className="min-h-11 cursor-pointer rounded-control px-1.5 underline decoration-1 underline-offset-4 hover:text-ink aria-[current=true]:font-semibold aria-[current=true]:text-ink aria-[current=true]:no-underline">
          {LOCALE_NAMES[locale]}
        </button>
      ))}
    </form>
  );
}

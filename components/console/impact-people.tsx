import type { Translator } from "@/lib/i18n/text";
import type { PersonEffect } from "@/lib/model/console-impact";
import { effectInWords } from "./impact-words";
import { ResponsiveTable } from "./responsive-table";

interface ImpactPeopleProps {
  readonly you: PersonEffect | null;
  readonly people: readonly PersonEffect[];
  readonly search: string;
  /** Where the search form goes. */
  readonly href: string;
  readonly text: Translator;
}

/** Single people and what happens to them: you first, then those whom the change meets, or those that were searched. */
export function ImpactPeople({ you, people, search, href, text }: ImpactPeopleProps) {
  const { t } = text;
  const others = people.filter(({ identityId }) => identityId !== you?.identityId);
  const rows = [...(you === null ? [] : [{ person: you, mark: t("console.impact.you") }]), ...others.map((person) => ({ person, mark: person.isAdmin ? t("console.impact.admin") : null }))];
  return (
    <section aria-labelledby="impact-people" className="card space-y-4 p-5">
      <h2 id="impact-people" className="text-lg font-bold">{t("console.impact.peopleTitle")}</h2>
      <form method="get" action={href} role="search" className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 flex-1 basis-56 space-y-1.5">
          <label htmlFor="impact-search" className="block text-sm font-semibold">{t("console.impact.search")}</label>
          <input id="impact-search" name="search" defaultValue={search} autoComplete="off" autoCapitalize="off" spellCheck={false} dir="ltr" className="field" />
        </div>
        <button type="submit" className="button button-secondary min-h-12">{t("console.search")}</button>
      </form>
      {rows.length === 0 ? <p>{t(search === "" ? "console.impact.nobodyListed" : "console.impact.notFound")}</p> : (
        <ResponsiveTable caption={t(search === "" ? "console.impact.peopleCaption" : "console.impact.foundCaption")} testId="impact-people"
          columns={[t("console.impact.person"), t("console.impact.sessions"), t("console.impact.happens")]}
          rows={rows.map(({ person, mark }) => ({
            key: person.identityId,
            cells: [
              <span key="who"><bdi dir="ltr">{person.address}</bdi>{mark !== null && <strong> · {mark}</strong>}</span>,
              text.number(person.sessions), effectInWords(person.effect, text),
            ],
          }))} />
      )}
    </section>
  );
}

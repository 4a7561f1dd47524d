import { PlainLink } from "@/components/ui/plain-link";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { PersonLine } from "@/lib/model/console-people";
import type { Identity } from "@/lib/model/identity";
import { EmptyState } from "./people-parts";
import { Cell, DataRow, DataTable, HeadCell } from "./people-table";
import { factorWords, levelWords } from "./people-words";

interface PeopleListProps {
  readonly people: readonly PersonLine[];
  readonly base: string;
  /** Somebody looked for something. */
  readonly narrowed: boolean;
  readonly now: Date;
  readonly text: Translator;
}

export function PeopleList({ people, base, narrowed, now, text }: PeopleListProps) {
  const { t } = text;
  if (people.length === 0) {
    return narrowed ? <EmptyState title={t("console.people.nobody")}><p>{t("console.people.nobodyText")}</p></EmptyState>
      : <EmptyState title={t("console.people.empty")}><p>{t("console.people.emptyText")}</p></EmptyState>;
  }
  const columns = { person: t("console.people.person"), status: t("console.people.status"), factors: t("console.people.factors"), level: t("console.people.level"), seen: t("console.people.seen") };
  return (
    <DataTable caption={t("console.people.caption")} columns={Object.values(columns)} testId="people-table">
      {people.map((person) => (
        <DataRow key={person.id} testId="person-row">
          <HeadCell label={columns.person}>
            <PlainLink href={`${base}/${person.id}`} className="link inline-flex min-h-6 items-center font-semibold"><bdi>{person.name ?? person.address ?? person.id}</bdi></PlainLink>
            {person.name !== null && person.address !== null && <span className="block text-ink-2"><bdi dir="ltr">{person.address}</bdi></span>}
          </HeadCell>
          <Cell label={columns.status}><Status state={person.state} text={text} /></Cell>
          <Cell label={columns.factors}>{factorWords(person.factors, text)}</Cell>
          <Cell label={columns.level}>{person.level === null ? t("console.people.noSession") : levelWords(person.level, text)}</Cell>
          <Cell label={columns.seen}>{person.lastSeenAt === null ? t("common.never") : <When at={person.lastSeenAt} now={now} text={text} />}</Cell>
        </DataRow>
      ))}
    </DataTable>
  );
}

export function Status({ state, text }: { readonly state: Identity["state"]; readonly text: Translator }) {
  const look = state === "active" ? "border-accent/40 bg-accent-soft text-accent" : "border-warn-line bg-warn-soft text-warn";
  return <span className={`inline-block rounded-full border px-2 py-0.5 text-xs font-semibold ${look}`}>{text.t(`console.people.state.${state}`)}</span>;
}

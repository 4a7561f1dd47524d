import { Ladder } from "@/components/brand/ladder";
import { deviceName } from "@/components/settings/device-name";
import type { SessionView } from "@/components/session/person";
import { newestProof } from "@/components/session/person";
import { PlainLink } from "@/components/ui/plain-link";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { ConsoleAction } from "./people-parts";
import { ActButton } from "./people-parts";
import { Cell, DataRow, DataTable, HeadCell } from "./people-table";
import { levelWords } from "./people-words";

export interface SessionRowView {
  readonly session: SessionView;
  /** Absent on the person's own page. */
  readonly person?: { readonly href: string; readonly name: string };
}
interface SessionsTableProps {
  readonly caption: string;
  readonly rows: readonly SessionRowView[];
  /** Null for whoever may only look. */
  readonly end: { readonly action: ConsoleAction; readonly token: string; readonly fields: Readonly<Record<string, string>> } | null;
  readonly now: Date;
  readonly text: Translator;
}

/** Live sessions: whose, where, how they were confirmed, and the button that ends one. */
export function SessionsTable({ caption, rows, end, now, text }: SessionsTableProps) {
  const { t } = text;
  const withPerson = rows.some(({ person }) => person !== undefined);
  const columns = {
    ...(withPerson ? { person: t("console.people.person") } : {}), device: t("console.sessions.device"), level: t("console.sessions.level"),
    confirmed: t("console.sessions.confirmed"), ends: t("console.sessions.ends"), ...(end === null ? {} : { act: t("console.list.actions") }),
  };
  return (
    <DataTable caption={caption} columns={Object.values(columns)} testId="sessions-table">
      {rows.map(({ session, person }) => {
        const proof = newestProof(session);
        const device = deviceName(session, text);
        const address = session.devices.at(-1)?.ipAddress ?? null;
        const where = <>{device}{address !== null && <span className="block text-ink-3"><bdi dir="ltr" className="code">{address}</bdi></span>}</>;
        return (
          <DataRow key={session.id} testId="console-session-row">
            {person === undefined ? <HeadCell label={columns.device}>{where}</HeadCell> : (
              <>
                <HeadCell label={t("console.people.person")}><PlainLink href={person.href} className="link inline-flex min-h-6 items-center font-semibold"><bdi>{person.name}</bdi></PlainLink></HeadCell>
                <Cell label={columns.device}>{where}</Cell>
              </>
            )}
            <Cell label={columns.level}><span className="inline-flex items-center gap-1.5"><Ladder level={session.aal} className="h-5 w-4 shrink-0" />{levelWords(session.aal, text)}</span></Cell>
            <Cell label={columns.confirmed}>
              {text.list(session.methods.map(({ method }) => t(`method.${method}`)))}
              {proof !== null && <span className="block text-ink-3"><When at={proof.completedAt} now={now} text={text} /></span>}
            </Cell>
            <Cell label={columns.ends}><When at={session.expiresAt} now={now} text={text} /></Cell>
            {end !== null && (
              <Cell label={t("console.list.actions")}>
                <ActButton action={end.action} token={end.token} fields={{ ...end.fields, session: session.id }} label={t("console.sessions.end")} about={`${person?.name ?? ""} ${device}`.trim()} text={text} />
              </Cell>
            )}
          </DataRow>
        );
      })}
    </DataTable>
  );
}

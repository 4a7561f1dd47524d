import { PlainLink } from "@/components/ui/plain-link";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { AuditRecord } from "@/lib/model/audit";
import { EmptyState } from "./people-parts";
import { Cell, DataRow, DataTable, HeadCell } from "./people-table";
import { actionWords } from "./people-words";

interface AuditTableProps {
  readonly rows: readonly AuditRecord[];
  /** Of the project: what a row links to lies under it. */
  readonly base: string;
  readonly now: Date;
  readonly text: Translator;
}

/** Entries of the log, newest first: when, who, what, whom, how it ended, from where. A row opens to its JSON and its link of the chain. */
export function AuditTable({ rows, base, now, text }: AuditTableProps) {
  const { t } = text;
  if (rows.length === 0) return <EmptyState title={t("console.audit.empty")}><p>{t("console.audit.emptyText")}</p></EmptyState>;
  const columns = {
    what: t("console.audit.what"), when: t("console.audit.when"), who: t("console.audit.who"), target: t("console.audit.target"),
    result: t("console.audit.result"), from: t("console.audit.from"),
  };
  return (
    <DataTable caption={t("console.audit.caption")} columns={Object.values(columns)} testId="audit-table">
      {rows.map((row) => (
        <DataRow key={row.sequence} testId="audit-row">
          <HeadCell label={columns.what}>
            <span className="font-semibold">{actionWords(row.action, text)}</span>
            <Details row={row} text={text} />
          </HeadCell>
          <Cell label={columns.when}><When at={row.at} now={now} text={text} /></Cell>
          <Cell label={columns.who}>
            {t(`console.audit.actor.${row.actor.kind}`)}
            {row.actor.label !== undefined && <span className="block text-ink-3"><bdi>{row.actor.label}</bdi></span>}
          </Cell>
          <Cell label={columns.target}>
            {row.identityId ? <PlainLink href={`${base}/people/${row.identityId}`} className="link code inline-flex min-h-6 items-center">{row.identityId.slice(0, 8)}</PlainLink> : "–"}
          </Cell>
          <Cell label={columns.result}>
            <span className={row.result === "ok" ? "" : "font-semibold text-warn"}>{t(`console.audit.result.${row.result}`)}</span>
            <Proof details={row.details} text={text} />
          </Cell>
          <Cell label={columns.from}>{row.ipAddress ? <bdi dir="ltr" className="code">{row.ipAddress}</bdi> : "–"}</Cell>
        </DataRow>
      ))}
    </DataTable>
  );
}

/** Level and method, where the entry names them. */
function Proof({ details, text }: { readonly details: AuditRecord["details"]; readonly text: Translator }) {
  const words = [details?.["method"], details?.["aal"]].filter((word): word is string => typeof word === "string" && word !== "");
  return words.length === 0 ? null : <span className="block text-ink-3">{text.list(words)}</span>;
}

function Details({ row, text }: { readonly row: AuditRecord; readonly text: Translator }) {
  const { t } = text;
  const { hash, previousHash, ...entry } = row;
  return (
    <details className="mt-1 font-normal">
      <summary className="link inline-flex min-h-6 cursor-pointer items-center text-sm">{t("console.audit.details")}<span className="sr-only">: {t("console.audit.entry", { number: row.sequence })}</span></summary>
      <dl className="mt-2 space-y-2 rounded-control bg-sunken p-3 text-sm">
        <div><dt className="font-semibold">{t("console.audit.json")}</dt><dd><pre dir="ltr" className="code text-xs whitespace-pre-wrap">{JSON.stringify(entry, null, 2)}</pre></dd></div>
        <div><dt className="font-semibold">{t("console.audit.hash")}</dt><dd><code dir="ltr" className="text-xs">{hash}</code></dd></div>
        <div><dt className="font-semibold">{t("console.audit.previousHash")}</dt><dd><code dir="ltr" className="text-xs">{previousHash === "" ? "–" : previousHash}</code></dd></div>
      </dl>
    </details>
  );
}

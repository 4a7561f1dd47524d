import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import type { LogHead, LogVerdict } from "@/lib/model/console-people";
import { Panel } from "./people-parts";

interface VerifyProps {
  readonly href: string;
  readonly head: LogHead;
  /** Null: not asked for. */
  readonly verdict: LogVerdict | null;
  readonly text: Translator;
}

/** Recomputes every hash of the chain and says where it breaks. A very long log is checked in steps. */
export function VerifyPanel({ href, head, verdict, text }: VerifyProps) {
  const { t } = text;
  return (
    <Panel id="verify" title={t("console.audit.verify")} intro={t("console.audit.verifyText")}>
      <p className="text-sm text-ink-2">{t("console.audit.head", { count: head.sequence })} <code dir="ltr" className="text-xs">{head.hash.slice(0, 16)}</code></p>
      {verdict !== null && (verdict.ok ? (
        <Notice tone="good" role="status" title={t(verdict.complete ? "console.audit.verified" : "console.audit.verifiedSoFar")}>
          <p>{verdict.to === 0 ? t("console.audit.verifiedNothing") : t("console.audit.verifiedSpan", { from: verdict.from, to: verdict.to })}</p>
        </Notice>
      ) : (
        <Notice tone="loss" role="status" title={t("console.audit.broken")}><p>{t("console.audit.brokenText", { number: verdict.sequence })}</p></Notice>
      ))}
      <PlainLink href={verdict?.ok === true && !verdict.complete ? `${href}?verify=${String(verdict.to + 1)}#verify` : `${href}?verify=1#verify`} className="button button-secondary">
        {t(verdict?.ok === true && !verdict.complete ? "console.audit.verifyOn" : "console.audit.verifyNow")}
      </PlainLink>
    </Panel>
  );
}

interface ExportProps {
  readonly action: string;
  readonly token: string;
  readonly through: number;
  /** The search that is on, as its fields. */
  readonly search: Readonly<Record<string, string>>;
  readonly text: Translator;
}

/** The log as a file, and the signed statement about that file. */
export function ExportPanel({ action, token, through, search, text }: ExportProps) {
  const { t } = text;
  const offers = [
    { format: "jsonl", what: "file", label: t("console.audit.exportJsonl") }, { format: "jsonl", what: "manifest", label: t("console.audit.exportJsonlManifest") },
    { format: "csv", what: "file", label: t("console.audit.exportCsv") }, { format: "csv", what: "manifest", label: t("console.audit.exportCsvManifest") },
  ] as const;
  return (
    <Panel id="export" title={t("console.audit.export")} intro={t("console.audit.exportText", { number: through })}>
      <ul className="flex flex-wrap gap-3">
        {offers.map(({ format, what, label }) => (
          <li key={`${format} ${what}`}>
            <form method="post" action={action} encType="application/x-www-form-urlencoded">
              <input type="hidden" name="csrf_token" value={token} />
              <input type="hidden" name="format" value={format} />
              <input type="hidden" name="what" value={what} />
              <input type="hidden" name="through" value={through} />
              {Object.entries(search).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
              <button type="submit" className="button button-secondary">{label}</button>
            </form>
          </li>
        ))}
      </ul>
      <p className="text-sm text-ink-2">{t("console.audit.exportCheck")}</p>
      <pre dir="ltr" className="code rounded-control bg-sunken p-3 text-sm whitespace-pre-wrap">rung audit verify-export --file audit.jsonl --manifest audit.jsonl.manifest.json</pre>
    </Panel>
  );
}

/** Searches that people come back to. */
export function SavedViews({ base, today, text }: { readonly base: string; readonly today: string; readonly text: Translator }) {
  const { t } = text;
  const views = [
    { href: `${base}?result=rejected&kind=login&from=${today}`, label: t("console.audit.view.failedToday") },
    { href: `${base}?kind=config`, label: t("console.audit.view.policy") },
    { href: `${base}?kind=factor`, label: t("console.audit.view.factors") },
    { href: `${base}?actor=admin`, label: t("console.audit.view.admins") },
    { href: `${base}?kind=key`, label: t("console.audit.view.keys") },
  ];
  return (
    <nav aria-label={t("console.audit.views")}>
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {views.map(({ href, label }) => <li key={href}><PlainLink href={href} className="link inline-flex min-h-6 items-center text-sm">{label}</PlainLink></li>)}
      </ul>
    </nav>
  );
}

import { notFound } from "next/navigation";
import { AuditTable } from "@/components/console/audit-table";
import { ExportPanel, SavedViews, VerifyPanel } from "@/components/console/audit-tools";
import { FilterBar } from "@/components/console/people-filters";
import { NextPage, Panel } from "@/components/console/people-parts";
import { hrefWith } from "@/components/console/people-words";
import { placeUrl } from "@/components/console/project-nav";
import { Heading } from "@/components/shell/heading";
import type { ProjectPageProps } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { AUDIT_ACTORS } from "@/lib/http/audit-pages";
import { auditPage, auditSearchOf, auditVerdict, projectFrame } from "@/lib/http/next/people-pages";

const KINDS = ["login", "registration", "recovery", "verification", "factor", "session", "account", "settings", "identity", "config", "admin", "key", "job"] as const;

/** The log of a project: searched, verified, taken along. */
export default async function AuditPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, asked, token, now, text } = visit;
  const page = await auditPage(slug, asked) ?? notFound();
  const verify = asked("verify");
  const verdict = verify === null ? null : await auditVerdict(slug, verify);
  const { t } = text;
  const base = placeUrl(slug, "audit");
  const search = auditSearchOf(asked);
  const kept = { actor: search.actor, by: search.actorId, target: search.target, kind: search.kind, action: search.action, result: search.result, from: search.from, until: search.until };
  const set = Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, string] => entry[1] !== null));
  const any = { value: "", label: t("console.list.any") };
  return (
    <ProjectShell visit={visit} project={page.project} frame={await projectFrame(slug)} here="audit" title={t("console.audit.title")}>
      <Heading lead={<p>{t("console.audit.intro")}</p>}>{t("console.audit.title")}</Heading>
      <Panel id="log" title={t("console.audit.log")}>
        <SavedViews base={base} today={now.toISOString().slice(0, 10)} text={text} />
        <FilterBar label={t("console.audit.filter")} action={base} narrowed={Object.keys(set).length > 0} text={text} fields={[
          { name: "kind", label: t("console.audit.kind"), value: search.kind ?? "", options: [any, ...KINDS.map((value) => ({ value, label: t(`console.audit.kind.${value}`) }))] },
          { name: "actor", label: t("console.audit.who"), value: search.actor ?? "", options: [any, ...AUDIT_ACTORS.map((value) => ({ value, label: t(`console.audit.actor.${value}`) }))] },
          { name: "by", label: t("console.audit.actorId"), value: search.actorId ?? "" },
          { name: "target", label: t("console.audit.targetId"), value: search.target ?? "" },
          { name: "result", label: t("console.audit.result"), value: search.result ?? "", options: [any, { value: "ok", label: t("console.audit.result.ok") }, { value: "rejected", label: t("console.audit.result.rejected") }] },
          { name: "from", label: t("console.audit.fromDay"), value: search.from ?? "", type: "date" },
          { name: "until", label: t("console.audit.untilDay"), value: search.until ?? "", type: "date" },
        ]} />
        <AuditTable rows={page.rows} base={placeUrl(slug, "overview")} now={now} text={text} />
        <NextPage href={page.next === null ? null : hrefWith(base, { ...kept, before: String(page.next) })} first={search.before === null ? null : hrefWith(base, kept)}
          short={page.looked > page.rows.length + 1} looked={page.looked} text={text} />
      </Panel>
      <VerifyPanel href={base} head={page.head} verdict={verdict} text={text} />
      <ExportPanel action={`${base}/export`} token={token} through={page.head.sequence} search={set} text={text} />
    </ProjectShell>
  );
}

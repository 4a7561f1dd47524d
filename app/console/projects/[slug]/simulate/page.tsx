import { notFound } from "next/navigation";
import { ConsoleShell } from "@/components/console/console-shell";
import { placeUrl } from "@/components/console/project-nav";
import { ProjectTop } from "@/components/console/project-top";
import { SimulateForm } from "@/components/console/simulate-form";
import { SimulateResult } from "@/components/console/simulate-result";
import type { SimulateChoices } from "@/components/console/simulate-view";
import { Heading } from "@/components/shell/heading";
import { simulatePage } from "@/lib/http/next/console-policy";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import { requestTime } from "@/app/request-time";
import type { SearchParams } from "@/app/search-params";
import { firstOf } from "@/app/search-params";
import { consoleVisitor } from "../../../visitor";

interface SimulatorPageProps {
  readonly params: Promise<{ readonly slug: string }>;
  readonly searchParams: SearchParams;
}
type Query = Awaited<SearchParams>;
const AREAS = ["session", "settings", "privileged_change", "factor_change", "path", "operation"] as const;

/** Who is asked what, and why, by the function that decides every request. Changes nothing. */
export default async function SimulatorPage({ params, searchParams }: SimulatorPageProps) {
  const text = translator(await pageLocale());
  const visitor = await consoleVisitor(text);
  if (visitor.kind === "refused") return visitor.page;
  const [{ slug }, query] = await Promise.all([params, searchParams]);
  const choices = choicesOf(query);
  const asked = firstOf(query["ask"]) === "1";
  const page = await simulatePage(slug, !asked ? null : {
    ...choices, minutes: Number(choices.minutes.replace(",", ".")) || 0, revision: /^\d{1,9}$/.test(choices.revision) ? Number(choices.revision) : null,
  });
  if (page === null) notFound();
  const href = placeUrl(slug, "simulate");
  const title = text.t("console.simulate.title");
  return (
    <ConsoleShell text={text} person={visitor.person} testId="screen-console-simulate" title={title} project={page.project} here="simulate"
      banner={<ProjectTop frame={page} may={visitor.role} now={await requestTime()} text={text} />}>
      <Heading lead={<p>{text.t("console.simulate.intro")}</p>}>{page.project.name}: {title}</Heading>
      {page.result !== null && <SimulateResult result={page.result} text={text} hrefFor={(person) => `${href}?${addressOf({ ...choices, person })}`} />}
      <SimulateForm href={href} choices={choices} firstFactors={page.firstFactors} secondFactors={page.secondFactors} operations={page.operations} hasDraft={page.draft !== null} text={text} />
    </ConsoleShell>
  );
}

function choicesOf(query: Query): SimulateChoices {
  const one = (name: string): string => (firstOf(query[name]) ?? "").slice(0, 500);
  const second = query["second"];
  const level = one("level");
  const policy = one("policy");
  return {
    person: one("person"), first: one("first"), second: typeof second === "string" ? [second] : (second ?? []).slice(0, 10),
    level: level === "none" || level === "aal2" ? level : "aal1", minutes: one("minutes") === "" ? "5" : one("minutes"),
    area: AREAS.find((area) => area === one("area")) ?? "session", where: one("where"),
    policy: policy === "draft" || policy === "revision" ? policy : "live", revision: one("revision"),
  };
}

function addressOf({ second, ...rest }: SimulateChoices): string {
  const address = new URLSearchParams({ ...rest, ask: "1" });
  for (const name of second) address.append("second", name);
  return address.toString();
}

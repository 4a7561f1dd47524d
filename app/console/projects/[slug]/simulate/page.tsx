import { notFound } from "next/navigation";
import { placeUrl } from "@/components/console/project-nav";
import { SimulateForm } from "@/components/console/simulate-form";
import { SimulateResult } from "@/components/console/simulate-result";
import type { SimulateChoices } from "@/components/console/simulate-view";
import { AREAS } from "@/components/console/simulate-view";
import { Heading } from "@/components/shell/heading";
import type { ProjectPageProps, ProjectVisit } from "@/app/console/a-project-page";
import { ProjectShell, visitProject } from "@/app/console/a-project-page";
import { simulatePage } from "@/lib/http/next/console-policy";
import { firstOf } from "@/app/search-params";

/** Who is asked what, and why, by the function that decides every request. Changes nothing. */
export default async function SimulatorPage(props: ProjectPageProps) {
  const visit = await visitProject(props);
  if (visit.kind === "refused") return visit.page;
  const { slug, query, text } = visit;
  const choices = choicesOf(query);
  const asked = firstOf(query["ask"]) === "1";
  const page = await simulatePage(slug, !asked ? null : {
    ...choices, minutes: Number(choices.minutes.replace(",", ".")) || 0, revision: /^\d{1,9}$/.test(choices.revision) ? Number(choices.revision) : null,
  }) ?? notFound();
  const href = placeUrl(slug, "simulate");
  const title = text.t("console.simulate.title");
  return (
    <ProjectShell visit={visit} project={page.project} frame={page} here="simulate" title={title}>
      <Heading lead={<p>{text.t("console.simulate.intro")}</p>}>{page.project.name}: {title}</Heading>
      {page.result !== null && <SimulateResult result={page.result} text={text} hrefFor={(person) => `${href}?${addressOf({ ...choices, person })}`} />}
      <SimulateForm href={href} choices={choices} firstFactors={page.firstFactors} secondFactors={page.secondFactors} operations={page.operations} hasDraft={page.draft !== null} text={text} />
    </ProjectShell>
  );
}

function choicesOf(query: ProjectVisit["query"]): SimulateChoices {
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

import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import type { DecisionTrace, Simulation } from "@/lib/model/console-impact";
import { areaInWords, methodsInWords } from "./impact-words";

interface SimulateResultProps {
  readonly result: Simulation;
  /** The same question about this person. */
  readonly hrefFor: (person: string) => string;
  readonly text: Translator;
}

/** The answer in one sentence, then every rule that was asked, the deciding one in bold. */
export function SimulateResult({ result, hrefFor, text }: SimulateResultProps) {
  const { t } = text;
  if (result.kind === "several") {
    return (
      <Notice tone="info" title={t("console.simulate.several")}>
        <ul className="list-disc ps-5">{result.people.map(({ id, address }) => <li key={id}><PlainLink href={hrefFor(id)}><bdi dir="ltr">{address}</bdi></PlainLink></li>)}</ul>
      </Notice>
    );
  }
  if (result.kind !== "answer") return <Notice tone="attention" role="status"><p>{t(`console.simulate.${result.kind}`)}</p></Notice>;
  const { trace, test, revision } = result;
  const who = result.person ?? t("console.simulate.somebody");
  const policy = revision === "draft" ? t("console.simulate.policy.draft") : t("console.simulate.under", { revision });
  return (
    <section aria-labelledby="answer" className="card space-y-4 p-5" data-testid="simulation" data-decision={trace.decision.kind}>
      <h2 id="answer" className="text-xl font-bold">{verdict(trace, text)}</h2>
      <p className="text-ink-2"><bdi>{who}</bdi> · {areaInWords(trace.area, text)} · {policy}</p>
      <ol className="list-decimal space-y-1 ps-6" aria-label={t("console.simulate.trace")}>
        {trace.steps.filter(({ state }) => state !== "not_reached").map((step) => (
          <li key={step.rule} data-state={step.state}>
            {step.state === "decided" ? <strong>{stepInWords(step, trace, text)}</strong> : stepInWords(step, trace, text)}
          </li>
        ))}
      </ol>
      <details>
        <summary className="flex min-h-11 cursor-pointer items-center text-sm font-medium text-accent underline underline-offset-4">{t("console.simulate.asTest")}</summary>
        <div className="space-y-2">
          <pre dir="ltr" className="rounded-control border border-line bg-sunken p-3 text-xs whitespace-pre-wrap">{test}</pre>
          <CopyButton value={test} label={`${t("common.copy")}: ${t("console.simulate.asTest")}`} words={{ copy: t("common.copy"), copied: t("common.copied"), failed: t("common.copyFailed") }} />
        </div>
      </details>
    </section>
  );
}

function verdict({ decision, requirement }: DecisionTrace, text: Translator): string {
  if (requirement === null) return text.t("console.verdict.open");
  if (decision.kind === "reauthenticate") return text.t(decision.to === "aal2" ? "console.verdict.again2" : "console.verdict.again1");
  return text.t(`console.verdict.${decision.kind}`);
}

/** One rule in words: what it looked at, and whether it holds. */
function stepInWords({ rule, state, facts }: DecisionTrace["steps"][number], { decision }: DecisionTrace, text: Translator): string {
  const { t } = text;
  const against = state === "decided" && decision.kind !== "allow";
  const list = (name: string): string => {
    const value = facts[name];
    return methodsInWords(Array.isArray(value) ? value.map(String) : [], text);
  };
  const some = (name: string): boolean => {
    const value = facts[name];
    return Array.isArray(value) && value.length > 0;
  };
  const told = (name: string): string => String(facts[name] ?? "");
  const time = (name: string): string => text.duration(Number(facts[name] ?? 0));
  switch (rule) {
    case "requirement":
      if (state === "decided") return t("console.trace.noRule");
      return facts["seconds"] === undefined ? t("console.trace.demands", { level: told("level") }) : t("console.trace.demandsWithin", { level: told("level"), time: time("seconds") });
    case "session": return t(against ? "console.trace.noSession" : "console.trace.session");
    case "revoked": return t(against ? "console.trace.revoked" : "console.trace.notRevoked");
    case "expired": return t(against ? "console.trace.expired" : "console.trace.notExpired");
    case "method": return against ? t("console.trace.noMethod") : t("console.trace.methods", { methods: list("methods") });
    case "enrolment": return t(against ? "console.trace.mustOwn" : facts["enrolled"] === "yes" ? "console.trace.owns" : "console.trace.needNotOwn");
    case "level": return t(against ? "console.trace.tooLow" : "console.trace.levelReached", { have: told("have"), demanded: told("demanded") });
    case "accepted_method":
      if (against) return t("console.trace.notAccepted", { methods: list("methods") });
      return some("methods") ? t("console.trace.accepted", { methods: list("methods") }) : t("console.trace.anyMethod");
    case "age":
      if (facts["seconds"] === undefined) return t("console.trace.anyAge");
      return t(against ? "console.trace.tooOld" : "console.trace.fresh", { ago: time("ago"), time: time("seconds") });
    case "allow": return t("console.trace.allow");
  }
}

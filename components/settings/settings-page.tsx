import type { ReactNode } from "react";
import { faultsOf } from "@/components/flow/faults";
import type { FlowView } from "@/components/flow/flow-view";
import { FlowNotices } from "@/components/flow/notices";
import { Heading } from "@/components/shell/heading";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { healthOf, healthSentence } from "./health";

interface SettingsPageProps {
  readonly flow: FlowView;
  readonly text: Translator;
  /** A page that needs a second step sent the person here. */
  readonly enrolFor: string | null;
  /** What a button of this page has just done. */
  readonly done: string | null;
  readonly children: ReactNode;
}

/** Frame of the settings: what just happened, where the account stands, then the sections. */
export function SettingsPage({ flow, text, enrolFor, done, children }: SettingsPageProps) {
  return (
    <div className="space-y-6">
      <ErrorSummary title={text.t("common.errorSummary")} faults={faultsOf(flow, text)} />
      <Heading lead={<p>{text.t("settings.intro")}</p>}>{text.t("settings.title")}</Heading>
      {enrolFor !== null && (
        <Notice tone="attention" title={text.t("stepUp.enrolTitle")} id="enrol-notice">
          <p>{enrolFor}</p>
        </Notice>
      )}
      <FlowNotices flow={flow} text={text} />
      {done !== null && <Notice tone="good" role="status"><p>{done}</p></Notice>}
      {enrolFor === null && <HealthCard flow={flow} text={text} />}
      {children}
    </div>
  );
}

function HealthCard({ flow, text }: { readonly flow: FlowView; readonly text: Translator }) {
  const { tone, words, target } = healthSentence(healthOf(flow), text);
  return (
    <section aria-labelledby="health-title" data-testid="section-health" data-tone={tone}
      className={`flex flex-wrap items-center gap-4 rounded-card border p-5 ${tone === "good" ? "border-accent/40 bg-accent-soft" : "border-warn-line bg-warn-soft"}`}>
      <Icon name={tone === "good" ? "shield" : "alert"} className={`size-8 ${tone === "good" ? "text-accent" : "text-warn"}`} />
      <div className="min-w-0 flex-1 basis-52">
        <h2 id="health-title" className="font-bold">{text.t("settings.healthTitle")}</h2>
        <p>{words}</p>
      </div>
      {target !== null && <PlainLink href={`#${target}`} className="button button-secondary">{text.t("settings.healthGo")}</PlainLink>}
    </section>
  );
}

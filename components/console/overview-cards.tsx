import { PlainLink } from "@/components/ui/plain-link";
import { Notice } from "@/components/ui/notice";
import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { FileStanding, NextStep } from "@/lib/model/console";
import type { ConsolePlace } from "./project-nav";
import { placeUrl } from "./project-nav";

const LEADS_TO: Readonly<Record<NextStep, ConsolePlace | null>> = {
  lax: "two-factor", no_mail: "messages", no_second_factor: "methods", nobody_enrolled: "two-factor", few_enrolled: "two-factor", draft: "two-factor", all_good: null,
};

/** What to look at next, each with the page where it is done. */
export function NextSteps({ steps, slug, text }: { readonly steps: readonly NextStep[]; readonly slug: string; readonly text: Translator }) {
  return (
    <section aria-labelledby="next-title" className="card space-y-3 p-5" data-testid="next-steps">
      <h2 id="next-title" className="text-lg font-bold">{text.t("console.overview.next")}</h2>
      <ul className="space-y-2">
        {steps.map((step) => {
          const place = LEADS_TO[step];
          const href = step === "draft" ? `${placeUrl(slug, "two-factor")}/draft` : place === null ? null : placeUrl(slug, place);
          return (
            <li key={step} className="flex flex-wrap items-center gap-x-4 gap-y-1">
              <span className="min-w-0 flex-1 basis-56">{text.t(`console.overview.next.${step}`)}</span>
              {href !== null && <PlainLink href={href} className="button button-secondary">{text.t("console.overview.look")}<span className="sr-only">: {text.t(`console.overview.next.${step}`)}</span></PlainLink>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Who won between rung.yml and the console. */
export function FileState({ file, now, text }: { readonly file: FileStanding | null; readonly now: Date; readonly text: Translator }) {
  if (file === null) return null;
  return (
    <Notice tone={file.state === "applied" ? "info" : "attention"}>
      <p>{text.t(`console.file.${file.state}`, { path: file.path })} {file.appliedAt !== null && <When at={file.appliedAt} now={now} text={text} />}</p>
      {file.problems.length > 0 && <ul className="list-disc ps-5">{file.problems.map(({ key, reason }) => <li key={`${key} ${reason}`}><code dir="ltr">{key}</code> {reason}</li>)}</ul>}
    </Notice>
  );
}

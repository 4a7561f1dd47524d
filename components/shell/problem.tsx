import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { Heading } from "./heading";

export interface ProblemFacts {
  readonly title: string;
  readonly what: string;
  /** Where progress is possible; the start page is always offered too. */
  readonly next?: { readonly href: string; readonly label: string };
  /** Nothing personal: an error id, a request id, a status. */
  readonly details: readonly { readonly label: string; readonly value: string }[];
}

/** What happened, what you can do, and what to quote when asking for help. */
export function Problem({ facts, text, children }: { readonly facts: ProblemFacts; readonly text: Translator; readonly children?: ReactNode }) {
  const { details, next } = facts;
  return (
    <Card>
      <Heading lead={<p>{facts.what}</p>}>{facts.title}</Heading>
      {children}
      <div className="space-y-3">
        {next !== undefined && <PlainLink href={next.href} className="button button-primary w-full">{next.label}</PlainLink>}
        <PlainLink href="/" className={`button w-full ${next === undefined ? "button-primary" : "button-secondary"}`}>{text.t("problem.goHome")}</PlainLink>
      </div>
      {details.length > 0 && (
        <details className="border-t border-line pt-3 text-sm">
          <summary className="button button-quiet -ms-4 text-sm">{text.t("common.details")}</summary>
          <dl className="my-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
            {details.map(({ label, value }) => (
              <div key={label} className="contents">
                <dt className="text-ink-2">{label}</dt>
                <dd className="code"><bdi dir="ltr">{value}</bdi></dd>
              </div>
            ))}
          </dl>
          <CopyButton value={details.map(({ label, value }) => `${label}: ${value}`).join("\n")} label={text.t("common.copyDetails")}
            words={{ copy: text.t("common.copyDetails"), copied: text.t("common.copied"), failed: text.t("common.copyFailed") }} />
        </details>
      )}
    </Card>
  );
}

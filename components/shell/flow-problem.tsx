import type { Translator } from "@/lib/i18n/text";
import { Heading } from "./heading";
import { describeProblem } from "./known-problems";
import { Problem } from "./problem";
import { Shell } from "./shell";
import { Card } from "../ui/card";
import { PlainLink } from "../ui/plain-link";

export type UnusableFlow =
  | { readonly kind: "expired"; readonly restartAt: string }
  | { readonly kind: "problem"; readonly status: number; readonly id: string | null; readonly restartAt: string; readonly requestId: string | null };

/** A flow that cannot be shown: expired, someone else's, unknown. One press starts it again with what it was for. */
export function FlowProblem({ page, text }: { readonly page: UnusableFlow; readonly text: Translator }) {
  if (page.kind === "expired") {
    return (
      <Shell text={text} testId="screen-expired" title={text.t("expired.title")}>
        <Card>
          <Heading lead={<p>{text.t("expired.text")}</p>}>{text.t("expired.title")}</Heading>
          <PlainLink href={page.restartAt} className="button button-primary w-full">{text.t("expired.restart")}</PlainLink>
        </Card>
      </Shell>
    );
  }
  const facts = describeProblem({
    id: page.id, status: page.status, restartAt: page.restartAt,
    quote: [{ key: "problem.id", value: page.requestId }],
  }, text);
  return (
    <Shell text={text} testId="screen-error" title={facts.title}>
      <Problem facts={facts} text={text} />
    </Shell>
  );
}

import type { ReactNode } from "react";
import { ScriptWords } from "@/components/ui/script-words";
import type { Translator } from "@/lib/i18n/text";
import { CodeNodeField } from "./code-node";
import { faultsOf } from "./faults";
import { FlowButton } from "./flow-button";
import { FlowForm } from "./flow-form";
import type { FlowView } from "./flow-view";
import { allOf, findInput, inGroup, isHidden, isSubmit } from "./flow-view";
import { valueOf } from "./input-node";
import { ResendButton } from "./resend-button";

/** Seconds before another code may be asked for; the server's own budget is wider and decides. */
const PAUSE = 30;

interface CodeSentProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
  /** Below the form: other ways, another address. */
  readonly children?: ReactNode;
}

/** True when a code is on its way and this flow waits for it, whichever flow it is. */
export function waitsForCode(flow: FlowView): boolean {
  return flow.state === "sent_email" && findInput(inGroup(flow, "code"), "code") !== null;
}

/** The field for a code that we sent, and a way to get another one. */
export function CodeSent({ flow, csrfToken, text, children }: CodeSentProps) {
  const nodes = inGroup(flow, "code");
  const hidden = allOf(flow).filter(isHidden);
  const named = findInput(hidden, "method") !== null;
  const code = findInput(nodes, "code");
  const again = nodes.filter(isSubmit).find(({ attributes }) => attributes.name === "resend" || attributes.name === "email");
  return (
    <>
      <FlowForm flow={flow} csrfToken={csrfToken} nodes={hidden}>
        {code !== null && (
          <CodeNodeField node={code} text={text} label={text.t("secondFactor.totpLabel")} focus={faultsOf(flow, text).length === 0} submits arrives
            hint={<ScriptWords withScript={text.t("secondFactor.totpHint")} without={text.t("secondFactor.totpHintNoScript")} />} />
        )}
        {nodes.filter(isSubmit).filter(({ attributes }) => attributes.name === "method").map((node) => (
          <FlowButton key="method" node={node} text={text} label={text.t("common.continue")} silent={named} wide />
        ))}
      </FlowForm>
      <div className="space-y-3 border-t border-line pt-4">
        {again !== undefined && (
          <FlowForm flow={flow} csrfToken={csrfToken} nodes={hidden} className="space-y-2">
            <ResendButton name={again.attributes.name} value={valueOf(again)} words={{
              now: text.t("code.resend"), busy: text.t("common.checking"), ready: text.t("code.resendReady"),
              waits: Array.from({ length: PAUSE }, (_, index) => text.t("code.resendIn", { count: index + 1 })),
            }} />
            <p className="text-sm text-ink-2">{text.t("code.oldDies")} {text.t("code.lookInSpam")}</p>
          </FlowForm>
        )}
        {children}
      </div>
    </>
  );
}

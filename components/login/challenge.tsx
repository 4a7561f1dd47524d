import { CodeNodeField } from "@/components/flow/code-node";
import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView } from "@/components/flow/flow-view";
import { fieldId, findInput, inGroup, isHidden, isSubmit } from "@/components/flow/flow-view";
import { InputNodeField } from "@/components/flow/input-node";
import { FocusOn } from "@/components/ui/focus-on";
import { ScriptWords } from "@/components/ui/script-words";
import type { Translator } from "@/lib/i18n/text";
import type { SecondMethod } from "./methods";

interface ChallengeProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly method: SecondMethod;
  readonly text: Translator;
  /** An error is on the page and must be read before the field is filled. */
  readonly faulty: boolean;
}

/** The form of one second method, from its own nodes. */
export function Challenge({ flow, csrfToken, method, text, faulty }: ChallengeProps) {
  const nodes = inGroup(flow, method);
  const carried = [...inGroup(flow, "default").filter(isHidden), ...nodes];
  const buttons = nodes.filter(isSubmit);
  const totp = method === "totp" ? findInput(nodes, "totp_code") : null;
  const lookup = method === "lookup_secret" ? findInput(nodes, "lookup_secret") : null;
  return (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={carried}>
      {totp !== null && (
        <CodeNodeField node={totp} text={text} label={text.t("secondFactor.totpLabel")}
          hint={<ScriptWords withScript={text.t("secondFactor.totpHint")} without={text.t("secondFactor.totpHintNoScript")} />} focus={!faulty} submits />
      )}
      {lookup !== null && (
        <InputNodeField node={lookup} text={text} label={text.t("secondFactor.lookupLabel")} hint={text.t("secondFactor.lookupHint")} variant="recovery-code" />
      )}
      {lookup !== null && !faulty && <FocusOn id={fieldId(lookup)} />}
      {buttons.map((node) => (
        <FlowButton key={`${node.attributes.name} ${String(node.attributes.value)}`} node={node} text={text} label={text.t("common.continue")} wide />
      ))}
    </FlowForm>
  );
}

export function challengeTitle(method: SecondMethod, text: Translator): string {
  if (method === "totp") return text.t("secondFactor.totpTitle");
  if (method === "lookup_secret") return text.t("secondFactor.lookupTitle");
  return text.t("secondFactor.title");
}
export function challengeLead(method: SecondMethod, text: Translator): string {
  if (method === "totp") return text.t("secondFactor.totpIntroShort");
  if (method === "lookup_secret") return text.t("secondFactor.lookupIntro");
  return text.t(`method.hint.${method}`);
}

import { labelOf } from "@/components/flow/faults";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView } from "@/components/flow/flow-view";
import { findInput, inGroup, isHidden, valueIn } from "@/components/flow/flow-view";
import { valueOf } from "@/components/flow/input-node";
import { Icon } from "@/components/ui/icon";
import type { ButtonTone } from "@/components/ui/submit-button";
import type { Translator } from "@/lib/i18n/text";
import { KeyButton } from "./key-button";
import { ceremonyWords } from "./words";

export type KeyGroup = "passkey" | "webauthn";

interface KeyFormProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
  readonly group: KeyGroup;
  /** Title of the screen, for the document when something goes wrong. */
  readonly title: string;
  readonly label?: string;
  readonly tone?: ButtonTone;
  readonly autofill?: boolean;
  readonly lastUsed?: string | null;
}

/** True when the flow lets a passkey or security key answer now. */
export function offersKey(flow: FlowView, group: KeyGroup): boolean {
  return findInput(inGroup(flow, group), `${group}_login_trigger`) !== null;
}

/** Proof by passkey or security key: the wire's fields in a form of their own, and the button that asks the browser. */
export function KeyForm({ flow, csrfToken, text, group, title, label, tone = "primary", autofill = false, lastUsed = null }: KeyFormProps) {
  const nodes = inGroup(flow, group);
  const trigger = findInput(nodes, `${group}_login_trigger`);
  if (trigger === null) return null;
  const answer = `${group}_login`;
  const carried = [...inGroup(flow, "default").filter(isHidden), ...nodes].filter((node) => isHidden(node) && node.attributes.name !== "passkey_challenge");
  return (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={carried} className="">
      <KeyButton id={`use-${group}`} kind="use" options={valueIn(nodes, "passkey_challenge") || valueOf(trigger)} answerField={answer} method={group}
        words={ceremonyWords(text, "use", title)} tone={tone} autofill={autofill} lastUsed={lastUsed} wide submits>
        <Icon name={group === "passkey" ? "passkey" : "key"} />
        {label ?? labelOf(trigger.meta.label, text)}
      </KeyButton>
    </FlowForm>
  );
}

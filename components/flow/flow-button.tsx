import type { ReactNode } from "react";
import type { ButtonTone } from "@/components/ui/submit-button";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Translator } from "@/lib/i18n/text";
import { labelOf } from "./faults";
import type { InputNode } from "./flow-view";
import { valueOf } from "./input-node";

interface FlowButtonProps {
  readonly node: InputNode;
  readonly text: Translator;
  readonly label?: string;
  readonly tone?: ButtonTone;
  readonly wide?: boolean;
  readonly describedBy?: string;
  /** Id of the form it sends, where it stands outside of it. */
  readonly form?: string;
  /** A sign in front of the words. */
  readonly mark?: ReactNode;
  /** Says nothing of itself: the form names the method already, and a field said twice is refused. */
  readonly silent?: boolean;
}

/** A submit node of the wire: its name and value are what the button sends. */
export function FlowButton({ node, text, label, tone = "primary", wide = false, describedBy, form, mark, silent = false }: FlowButtonProps) {
  return (
    <SubmitButton {...(!silent && { name: node.attributes.name, value: valueOf(node) })} tone={tone} busyText={text.t("common.checking")}
      disabled={node.attributes.disabled} className={wide ? "w-full" : ""}
      {...(describedBy !== undefined && { describedBy })} {...(form !== undefined && { form })}>
      {mark === undefined ? label ?? labelOf(node.meta.label, text) : (
        <span className="inline-flex items-center justify-center gap-2.5">
          {mark}
          {label ?? labelOf(node.meta.label, text)}
        </span>
      )}
    </SubmitButton>
  );
}

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
}

/** A submit node of the wire: its name and value are what the button sends. */
export function FlowButton({ node, text, label, tone = "primary", wide = false, describedBy }: FlowButtonProps) {
  return (
    <SubmitButton name={node.attributes.name} value={valueOf(node)} tone={tone} busyText={text.t("common.checking")} disabled={node.attributes.disabled}
      className={wide ? "w-full" : ""} {...(describedBy !== undefined && { describedBy })}>
      {label ?? labelOf(node.meta.label, text)}
    </SubmitButton>
  );
}

import type { ReactNode } from "react";
import type { ButtonTone } from "@/components/ui/submit-button";
import { LastUsed } from "@/components/ui/last-used";
import { SubmitButton } from "@/components/ui/submit-button";
import type { Translator } from "@/lib/i18n/text";
import { labelOf } from "./faults";
import type { InputNode } from "./flow-view";
import { fieldId } from "./flow-view";
import { valueOf } from "./input-node";

interface FlowButtonProps {
  readonly node: InputNode;
  readonly text: Translator;
  readonly label?: string;
  readonly tone?: ButtonTone;
  readonly wide?: boolean;
  /** Id of the form it sends, where it stands outside of it. */
  readonly form?: string;
  /** A sign in front of the words. */
  readonly mark?: ReactNode;
  /** Says nothing of itself: the form names the method already, and a field said twice is refused. */
  readonly silent?: boolean;
  /** "Last used here", where that is so. */
  readonly lastUsed?: string | null;
}

/** A submit node of the wire: its name and value are what the button sends. */
export function FlowButton({ node, text, label, tone = "primary", wide = false, form, mark, silent = false, lastUsed = null }: FlowButtonProps) {
  const badgeId = `${fieldId(node)}-last-used`;
  return (
    <LastUsed id={badgeId} words={lastUsed}>
      <SubmitButton {...(!silent && { name: node.attributes.name, value: valueOf(node) })} tone={tone} busyText={text.t("common.checking")}
        disabled={node.attributes.disabled} className={wide ? "w-full" : ""}
        {...(lastUsed !== null && { describedBy: badgeId })} {...(form !== undefined && { form })}>
        {mark === undefined ? label ?? labelOf(node.meta.label, text) : (
          <span className="inline-flex items-center justify-center gap-2.5">
            {mark}
            {label ?? labelOf(node.meta.label, text)}
          </span>
        )}
      </SubmitButton>
    </LastUsed>
  );
}

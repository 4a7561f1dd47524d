import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView } from "@/components/flow/flow-view";
import { inGroup, isField, isSubmit } from "@/components/flow/flow-view";
import { InputNodeField, valueOf } from "@/components/flow/input-node";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";

interface MailFormProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
  readonly submit: string;
  /** Where a flow that is over begins anew. */
  readonly startAgain: string;
  /** Known already: filled in, and still theirs to change. */
  readonly address?: string | null;
}

/** Where to send a code: the wire's field and button, or one button for each address to choose from. */
export function MailForm({ flow, csrfToken, text, submit, startAgain, address = null }: MailFormProps) {
  const nodes = inGroup(flow, "default", "code", "profile");
  const buttons = nodes.filter(isSubmit);
  // Over: its tries are used up, and only a new one goes on.
  if (buttons.length === 0) return <PlainLink href={startAgain} className="button button-primary w-full">{text.t("common.startAgain")}</PlainLink>;
  return (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={nodes} className="space-y-4">
      {nodes.filter(isField).map((node) => (
        <InputNodeField key={node.attributes.name} node={node} text={text}
          {...(node.attributes.name === "email" && { autoComplete: "email" })}
          {...(address !== null && valueOf(node) === "" && { value: address })} />
      ))}
      {buttons.map((node) => {
        const main = node.attributes.name === "method";
        return (
          <FlowButton key={`${node.attributes.name} ${valueOf(node)}`} node={node} text={text} wide
            tone={main || buttons.length === 1 ? "primary" : node.attributes.name === "screen" ? "quiet" : "secondary"} {...(main && { label: submit })} />
        );
      })}
    </FlowForm>
  );
}

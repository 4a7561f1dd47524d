import { ProviderMark } from "@/components/brand/provider-mark";
import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView } from "@/components/flow/flow-view";
import { inGroup, isHidden, isSubmit } from "@/components/flow/flow-view";
import { valueOf } from "@/components/flow/input-node";
import type { Translator } from "@/lib/i18n/text";

interface SocialProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
}

/** Sign in, sign up or confirm with an account from somewhere else: one labelled button each, in the wire's order. */
export function SocialButtons({ flow, csrfToken, text }: SocialProps) {
  const nodes = inGroup(flow, "oidc");
  const buttons = nodes.filter(isSubmit).filter(({ attributes }) => attributes.name === "provider");
  if (buttons.length === 0) return null;
  return (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={nodes.filter(isHidden)} method="oidc" className="space-y-3">
      {buttons.map((node) => {
        const provider = node.meta.label?.context?.["provider"];
        return (
          <FlowButton key={valueOf(node)} node={node} text={text} tone="secondary" wide
            mark={<ProviderMark id={valueOf(node)} name={typeof provider === "string" ? provider : valueOf(node)} />} />
        );
      })}
    </FlowForm>
  );
}

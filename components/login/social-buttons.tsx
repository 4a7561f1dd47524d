import { ProviderMark } from "@/components/brand/provider-mark";
import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView, InputNode } from "@/components/flow/flow-view";
import { inGroup, isHidden } from "@/components/flow/flow-view";
import { valueOf } from "@/components/flow/input-node";
import type { Translator } from "@/lib/i18n/text";
import { socialButtons } from "./sign-in-view";

interface SocialProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
  /** The provider that last worked in this browser. It comes first; marked only where there is a choice. */
  readonly last?: { readonly provider: string; readonly marked: boolean } | null;
}

/** Sign in, sign up or confirm with an account from somewhere else: one labelled button each, the last used first, then in the wire's order. */
export function SocialButtons({ flow, csrfToken, text, last = null }: SocialProps) {
  const buttons = socialButtons(flow);
  if (buttons.length === 0) return null;
  const isLast = (node: InputNode): boolean => last !== null && valueOf(node) === last.provider;
  return (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={inGroup(flow, "oidc").filter(isHidden)} method="oidc" className="space-y-3">
      {[...buttons.filter(isLast), ...buttons.filter((node) => !isLast(node))].map((node) => {
        const provider = node.meta.label?.context?.["provider"];
        return (
          <FlowButton key={valueOf(node)} node={node} text={text} tone="secondary" wide lastUsed={last?.marked === true && isLast(node) ? text.t("common.lastUsed") : null}
            mark={<ProviderMark id={valueOf(node)} name={typeof provider === "string" ? provider : valueOf(node)} />} />
        );
      })}
    </FlowForm>
  );
}

import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView, InputNode } from "@/components/flow/flow-view";
import { inGroup, isHidden } from "@/components/flow/flow-view";
import { valueOf } from "@/components/flow/input-node";
import { channelOf, maskAddress } from "@/components/session/mask";
import { Icon } from "@/components/ui/icon";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { methodHref, secondMethods } from "./methods";
import { codeAddresses } from "./sign-in-view";

interface CodeAddressesProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
  /** The screen is about nothing else. */
  readonly alone: boolean;
  /** "Last used here". Which address it was is not known: said only where there is one. */
  readonly lastUsed?: string | null;
}

/** Where a code could go, masked, one button each. Nothing is sent before one is pressed. */
export function CodeAddresses({ flow, csrfToken, text, alone, lastUsed = null }: CodeAddressesProps) {
  const nodes = codeAddresses(flow);
  if (nodes.length === 0) return null;
  return (
    <>
      <FlowForm flow={flow} csrfToken={csrfToken} nodes={inGroup(flow, "default", "code").filter(isHidden)} className="space-y-3">
        {nodes.map((node, index) => {
          const sms = isSms(node);
          return (
            <FlowButton key={valueOf(node)} node={node} text={text} tone={alone && index === 0 ? "primary" : "secondary"} wide lastUsed={nodes.length === 1 ? lastUsed : null}
              mark={<Icon name={sms ? "message" : "mail"} />}
              label={text.t(sms ? "code.toPhone" : "code.toMail", { address: maskAddress(addressOf(node)) })} />
          );
        })}
      </FlowForm>
      {nodes.some(isSms) && <TextMessageRisk flow={flow} text={text} />}
    </>
  );
}

/** What a text message risks, and what is safer: another way of this flow where there is one (NIST 800-63B, 3.1.3.3). */
function TextMessageRisk({ flow, text }: { readonly flow: FlowView; readonly text: Translator }) {
  const better = secondMethods(flow).find((method) => method === "passkey" || method === "webauthn" || method === "totp");
  return (
    <p className="text-sm text-ink-2" data-testid="sms-risk">
      {text.t("code.smsRisk")}{" "}
      {better === undefined ? text.t("code.smsSafer") : (
        <PlainLink href={methodHref(flow, better)} className="link inline-flex min-h-6 items-center">
          {text.t("secondFactor.chooseThis", { method: text.t(`method.${better}`) })}
        </PlainLink>
      )}
    </p>
  );
}

function isSms(node: InputNode): boolean {
  const channel = node.meta.label?.context?.["channel"];
  return channel === "sms" || (channel !== "email" && channelOf(addressOf(node)) === "sms");
}
function addressOf(node: InputNode): string {
  const named = node.meta.label?.context?.["address"];
  return typeof named === "string" && named !== "" ? named : valueOf(node);
}

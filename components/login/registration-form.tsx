import { faultsOf } from "@/components/flow/faults";
import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView } from "@/components/flow/flow-view";
import { inGroup, isField, isHidden, isSubmit } from "@/components/flow/flow-view";
import { InputNodeField } from "@/components/flow/input-node";
import { FlowNotices } from "@/components/flow/notices";
import { Heading } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import type { Node, NodeGroup } from "@/lib/model/node";

interface RegistrationProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
}
const CREDENTIALS = ["password"] as const satisfies readonly NodeGroup[];

/** Create an account, on one screen or on two (contract 5.13): the nodes say which. */
export function RegistrationForm({ flow, csrfToken, text }: RegistrationProps) {
  const traits = inGroup(flow, "default");
  const credentials = CREDENTIALS.filter((group) => inGroup(flow, group).some(isSubmit));
  const secondScreen = credentials.length > 0 && traits.every(isHidden);
  return (
    <Card>
      <ErrorSummary title={text.t("common.errorSummary")} faults={faultsOf(flow, text)} />
      <Heading lead={<p>{text.t("registration.intro")}</p>}>{text.t(secondScreen ? "registration.credentialsTitle" : "registration.title")}</Heading>
      <FlowNotices flow={flow} text={text} />
      {[...credentials, "profile" as const].map((group) => (
        <GroupForm key={group} flow={flow} csrfToken={csrfToken} text={text} group={group} traits={traits} alone={credentials.length === 0} />
      ))}
      <p className="border-t border-line pt-4 text-ink-2">
        {text.t("registration.haveAccount")}{" "}
        <PlainLink href="/self-service/login/browser" className="link inline-flex min-h-11 items-center font-semibold">{text.t("registration.signIn")}</PlainLink>
      </p>
    </Card>
  );
}

interface GroupProps extends RegistrationProps {
  readonly group: NodeGroup;
  readonly traits: readonly Node[];
  /** No credentials on this screen: the profile is the form. */
  readonly alone: boolean;
}
function GroupForm({ flow, csrfToken, text, group, traits, alone }: GroupProps) {
  const nodes = inGroup(flow, group);
  const buttons = nodes.filter(isSubmit);
  if (buttons.length === 0) return null;
  const main = group !== "profile" || alone;
  const shown = main ? [...traits, ...nodes] : nodes;
  const carried = [...traits.filter(isHidden), ...nodes];
  const named = buttons.some((node) => node.attributes.name === "method");
  return (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={carried} {...(!named && { method: group })}>
      {shown.filter(isField).map((node) => (
        <InputNodeField key={node.attributes.name} node={node} text={text}
          {...(node.attributes.type === "password" && { autoComplete: "new-password", hint: text.t("registration.passwordAdvice") })} />
      ))}
      {buttons.map((node) => (
        <FlowButton key={String(node.attributes.value)} node={node} text={text} tone={main ? "primary" : "secondary"} wide />
      ))}
    </FlowForm>
  );
}

import { faultsOf } from "@/components/flow/faults";
import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView } from "@/components/flow/flow-view";
import { inGroup, isField, isHidden, isSubmit } from "@/components/flow/flow-view";
import { InputNodeField, valueOf } from "@/components/flow/input-node";
import { FlowNotices } from "@/components/flow/notices";
import type { PersonView } from "@/components/session/person";
import { Heading, HEADING_ID } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { ErrorSummary } from "@/components/ui/error-summary";
import { FocusOn } from "@/components/ui/focus-on";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { StepUpLead, Waiting } from "./second-factor";
import type { StepUpReasonView } from "./step-up-reason";
import { stepUpTitle } from "./step-up-reason";

interface FirstFactorProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly person: PersonView;
  readonly reason: StepUpReasonView | null;
  readonly now: Date;
  readonly text: Translator;
}

/** Sign in, or prove the password again. */
export function FirstFactor({ flow, csrfToken, person, reason, now, text }: FirstFactorProps) {
  const faults = faultsOf(flow, text);
  const refresh = flow.refresh === true;
  return (
    <Card>
      <ErrorSummary title={text.t("common.errorSummary")} faults={faults} />
      {refresh ? (
        <Heading lead={reason === null ? <p>{text.t("login.refreshIntro")}</p> : <StepUpLead reason={reason} person={person} now={now} text={text} />}>
          {reason === null ? text.t("login.refreshTitle") : stepUpTitle(reason, text)}
        </Heading>
      ) : (
        <Heading lead={<p>{text.t("login.intro")}</p>}>{text.t("login.title")}</Heading>
      )}
      <FlowNotices flow={flow} text={text} />
      {refresh && faults.length === 0 && <FocusOn id={HEADING_ID} />}
      {refresh && <Waiting person={person} text={text} />}
      <PasswordForm flow={flow} csrfToken={csrfToken} refresh={refresh} text={text} />
      {refresh ? (
        <PlainLink href="/" className="button button-secondary w-full">{text.t("stepUp.cancel")}</PlainLink>
      ) : (
        <p className="border-t border-line pt-4 text-ink-2">
          {text.t("login.noAccount")}{" "}
          <PlainLink href={registrationHref(flow)} className="link inline-flex min-h-11 items-center font-semibold">{text.t("login.createAccount")}</PlainLink>
        </p>
      )}
    </Card>
  );
}

function PasswordForm({ flow, csrfToken, refresh, text }: Pick<FirstFactorProps, "flow" | "csrfToken" | "text"> & { readonly refresh: boolean }) {
  const nodes = inGroup(flow, "default", "password");
  const buttons = nodes.filter(isSubmit);
  if (buttons.length === 0) return <p>{text.t("login.noMethods")}</p>;
  const identifier = nodes.filter(isHidden).find((node) => node.attributes.name === "identifier");
  return (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={nodes.filter((node) => node !== identifier)}>
      {identifier !== undefined && (
        // Off the screen, yet a field: password managers pair it with the password.
        <input type="text" name="identifier" defaultValue={valueOf(identifier)} readOnly autoComplete="username" tabIndex={-1} aria-hidden="true" className="sr-only" />
      )}
      {nodes.filter(isField).map((node) => (
        <InputNodeField key={node.attributes.name} node={node} text={text} {...(node.attributes.name === "password" && { autoComplete: "current-password" })} />
      ))}
      {buttons.map((node) => (
        <FlowButton key={String(node.attributes.value)} node={node} text={text} label={text.t(refresh ? "common.continue" : "login.submit")} wide />
      ))}
    </FlowForm>
  );
}

function registrationHref(flow: FlowView): string {
  const back = flow.return_to ?? "";
  return `/self-service/registration/browser${back === "" ? "" : `?return_to=${encodeURIComponent(back)}`}`;
}

import type { ReactNode } from "react";
import { CodeSent, waitsForCode } from "@/components/flow/code-sent";
import { faultsOf, labelOf } from "@/components/flow/faults";
import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView } from "@/components/flow/flow-view";
import { allOf, inGroup, isHidden, isSubmit } from "@/components/flow/flow-view";
import { InputNodeField } from "@/components/flow/input-node";
import { FlowNotices } from "@/components/flow/notices";
import { restartHref } from "@/components/flow/restart";
import { Heading, HEADING_ID } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { Divider } from "@/components/ui/divider";
import { ErrorSummary } from "@/components/ui/error-summary";
import { FocusOn } from "@/components/ui/focus-on";
import { Icon } from "@/components/ui/icon";
import { PlainLink } from "@/components/ui/plain-link";
import { KeyButton } from "@/components/webauthn/key-button";
import { ceremonyWords } from "@/components/webauthn/words";
import type { Translator } from "@/lib/i18n/text";
import { backButton, continuesWithProvider, isSecondScreen, newKey, signUpButtons, signUpFields } from "./registration-view";
import { SocialButtons } from "./social-buttons";

interface RegistrationProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
}
const FORM = "sign-up-form";
/** What ceremonies write, and what belongs to a button, is no part of the form that people fill in. */
const ELSEWHERE: ReadonlySet<string> = new Set(["passkey_create_data", "passkey_register", "webauthn_register", "method"]);

/** Create an account, on one screen or on two (contract 5.13): the nodes say which. */
export function RegistrationForm({ flow, csrfToken, text }: RegistrationProps) {
  const faults = faultsOf(flow, text);
  const sent = waitsForCode(flow);
  const second = !sent && isSecondScreen(flow);
  return (
    <Card>
      <ErrorSummary title={text.t("common.errorSummary")} faults={faults} />
      <Heading lead={<p>{leadOf(flow, text)}</p>}>{registrationTitle(flow, text)}</Heading>
      <FlowNotices flow={flow} text={text} />
      {second && faults.length === 0 && <FocusOn id={HEADING_ID} />}
      {sent ? (
        <CodeSent flow={flow} csrfToken={csrfToken} text={text}>
          <PlainLink href={restartHref(flow, "registration")} className="button button-quiet w-full">{text.t("code.changeAddress")}</PlainLink>
        </CodeSent>
      ) : <SignUp flow={flow} csrfToken={csrfToken} text={text} />}
      <p className="border-t border-line pt-4 text-ink-2">
        {text.t("registration.haveAccount")}{" "}
        <PlainLink href={restartHref(flow, "login")} className="link inline-flex min-h-11 items-center font-semibold">{text.t("registration.signIn")}</PlainLink>
      </p>
    </Card>
  );
}

export function registrationTitle(flow: FlowView, text: Translator): string {
  if (waitsForCode(flow)) return text.t("code.title");
  return text.t(isSecondScreen(flow) ? "registration.credentialsTitle" : "registration.title");
}
function leadOf(flow: FlowView, text: Translator): string {
  const sent = flow.ui.messages?.find(({ id }) => id === 1040005);
  if (waitsForCode(flow) && sent !== undefined) return text.message(sent);
  return text.t("registration.intro");
}

/** Traits and password with their button; below it the ways without a password, which take the same traits. */
function SignUp({ flow, csrfToken, text }: RegistrationProps) {
  const [main, ...more] = signUpButtons(flow);
  const back = backButton(flow);
  const passkey = newKey(flow, "passkey");
  const key = newKey(flow, "webauthn");
  const social = inGroup(flow, "oidc").filter(isSubmit).some((node) => !continuesWithProvider(node));
  const others = more.length > 0 || passkey !== null || key !== null || social;
  return (
    <>
      <FlowForm flow={flow} csrfToken={csrfToken} id={FORM} nodes={allOf(flow).filter(isHidden).filter(({ attributes }) => !ELSEWHERE.has(attributes.name))}>
        {signUpFields(flow).map((node) => (
          <InputNodeField key={node.attributes.name} node={node} text={text}
            {...(node.attributes.type === "password" && { autoComplete: "new-password", hint: text.t("registration.passwordAdvice") })} />
        ))}
        {main !== undefined && <FlowButton node={main} text={text} wide />}
      </FlowForm>
      {main !== undefined && others && <Divider>{text.t("common.or")}</Divider>}
      {others && (
        <div className="space-y-3" data-testid="other-ways">
          {passkey !== null && (
            <NewKey text={text} group="passkey" options={passkey.options} tone={main === undefined ? "primary" : "secondary"} flow={flow}>
              {labelOf(passkey.trigger.meta.label, text)}
            </NewKey>
          )}
          {more.map((node) => <FlowButton key={node.group} node={node} text={text} tone="secondary" wide form={FORM} mark={<Icon name="mail" />} />)}
          {key !== null && (
            <details className="group space-y-3 rounded-control border border-edge p-1">
              <summary className="button w-full hover:bg-sunken"><Icon name="key" />{labelOf(key.trigger.meta.label, text)}</summary>
              <div className="space-y-3 p-2.5">
                {key.name !== null && <InputNodeField node={key.name} text={text} hint={text.t("settings.webauthnNameHint")} form={FORM} />}
                <NewKey text={text} group="webauthn" options={key.options} tone="secondary" flow={flow} {...(key.name !== null && { needs: key.name.attributes.name })}>
                  {text.t("common.continue")}
                </NewKey>
              </div>
            </details>
          )}
          {social && <SocialButtons flow={flow} csrfToken={csrfToken} text={text} />}
        </div>
      )}
      {back !== null && (
        <FlowForm flow={flow} csrfToken={csrfToken} nodes={inGroup(flow, "default").filter(isHidden)} method="profile" className="">
          <FlowButton node={back} text={text} tone="quiet" wide />
        </FlowForm>
      )}
    </>
  );
}

interface NewKeyProps {
  readonly flow: FlowView;
  readonly text: Translator;
  readonly group: "passkey" | "webauthn";
  readonly options: string;
  readonly tone: "primary" | "secondary";
  readonly needs?: string;
  readonly children: ReactNode;
}
function NewKey({ flow, text, group, options, tone, needs, children }: NewKeyProps) {
  return (
    <KeyButton id={`new-${group}`} kind="make" options={options} answerField={`${group}_register`} method={group} form={FORM} tone={tone} wide
      words={ceremonyWords(text, group === "passkey" ? "add-passkey" : "add-key", registrationTitle(flow, text))} {...(needs !== undefined && { needs })}>
      <Icon name={group === "passkey" ? "passkey" : "key"} />
      {children}
    </KeyButton>
  );
}

import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView } from "@/components/flow/flow-view";
import { allOf, hasMessage, isHidden } from "@/components/flow/flow-view";
import { InputNodeField, valueOf } from "@/components/flow/input-node";
import { Divider } from "@/components/ui/divider";
import { Icon } from "@/components/ui/icon";
import { KeyForm, offersKey } from "@/components/webauthn/key-form";
import type { Translator } from "@/lib/i18n/text";
import { CodeAddresses } from "./code-addresses";
import { codeAddresses, hasSocial, knownIdentifier, linkView, mainButtons, mainFields, signInScreen } from "./sign-in-view";
import { SocialButtons } from "./social-buttons";

const FORM = "sign-in-form";
/** Contract 6.7: said as an error already. */
const NO_METHODS = 5000002;
/** Fields of ceremonies and of sent codes have forms of their own. */
const ELSEWHERE: ReadonlySet<string> = new Set(["identifier", "passkey_challenge", "passkey_login", "webauthn_login", "method"]);

interface SignInFormProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly text: Translator;
  readonly title: string;
}

/** Everything that can prove a first step, from the flow's own nodes: account name and password first, then the other ways. */
export function SignInForm({ flow, csrfToken, text, title }: SignInFormProps) {
  const screen = signInScreen(flow);
  const [main, ...more] = mainButtons(flow);
  const known = knownIdentifier(flow);
  const fields = mainFields(flow);
  const others = offersKey(flow, "passkey") || offersKey(flow, "webauthn") || codeAddresses(flow).length > 0 || hasSocial(flow) || more.length > 0;
  if (main === undefined && !others) return hasMessage(flow, NO_METHODS) ? null : <p>{text.t("login.noMethods")}</p>;
  const withPassword = fields.some(({ attributes }) => attributes.type === "password");
  return (
    <>
      {main !== undefined && (
        <FlowForm flow={flow} csrfToken={csrfToken} id={FORM} nodes={allOf(flow).filter(isHidden).filter(({ attributes }) => !ELSEWHERE.has(attributes.name))}>
          {known !== "" && (
            // Off the screen, yet a field: password managers pair it with the password.
            <input type="text" name="identifier" defaultValue={known} readOnly autoComplete="username" tabIndex={-1} aria-hidden="true" className="sr-only" />
          )}
          {fields.map((node) => {
            const linked = node.attributes.name === "identifier" ? linkView(flow)?.address ?? "" : "";
            return (
              <InputNodeField key={node.attributes.name} node={node} text={text}
                {...(linked !== "" && valueOf(node) === "" && { value: linked })}
                {...(node.attributes.name === "identifier" && { autoComplete: "username webauthn" })}
                {...(node.attributes.type === "password" && { autoComplete: "current-password" })} />
            );
          })}
          <FlowButton node={main} text={text} wide label={mainLabel()} />
        </FlowForm>
      )}
      {main !== undefined && others && <Divider>{text.t("common.or")}</Divider>}
      {others && (
        <div className="space-y-3" data-testid="other-ways">
          {offersKey(flow, "passkey") && (
            <KeyForm flow={flow} csrfToken={csrfToken} text={text} group="passkey" title={title} tone={main === undefined ? "primary" : "secondary"}
              autofill={main !== undefined && fields.some(({ attributes }) => attributes.name === "identifier")} />
          )}
          {offersKey(flow, "webauthn") && (
            <KeyForm flow={flow} csrfToken={csrfToken} text={text} group="webauthn" title={title}
              tone={main === undefined && !offersKey(flow, "passkey") ? "primary" : "secondary"} label={text.t("webauthn.start")} />
          )}
          {more.map((node) => (
            <FlowButton key={node.group} node={node} text={text} tone="secondary" wide form={FORM} mark={<Icon name={node.group === "webauthn" ? "key" : "mail"} />} />
          ))}
          <CodeAddresses flow={flow} csrfToken={csrfToken} text={text} alone={main === undefined} />
          <SocialButtons flow={flow} csrfToken={csrfToken} text={text} />
        </div>
      )}
    </>
  );

  function mainLabel(): string {
    if (screen === "link") return text.t("link.submit");
    if (flow.refresh === true || !withPassword) return main?.group === "password" || main?.group === "identifier_first" ? text.t("common.continue") : wireLabel();
    return text.t("login.submit");
  }
  function wireLabel(): string {
    return main?.meta.label === undefined ? text.t("common.continue") : text.message(main.meta.label);
  }
}

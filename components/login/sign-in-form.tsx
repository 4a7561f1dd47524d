import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView, InputNode } from "@/components/flow/flow-view";
import { allOf, hasMessage, isHidden } from "@/components/flow/flow-view";
import { InputNodeField, valueOf } from "@/components/flow/input-node";
import { Divider } from "@/components/ui/divider";
import { Icon } from "@/components/ui/icon";
import { KeyForm, offersKey } from "@/components/webauthn/key-form";
import type { Translator } from "@/lib/i18n/text";
import type { FactorId } from "@/lib/model/assurance";
import type { LastUsed } from "@/lib/model/last-used";
import { CodeAddresses } from "./code-addresses";
import { codeAddresses, isChoice, knownIdentifier, linkView, mainButtons, mainFields, signInScreen, socialButtons } from "./sign-in-view";
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
  readonly lastUsed: LastUsed;
}

/** Everything that can prove a first step, from the flow's own nodes: account name and password first, then the other ways. */
export function SignInForm({ flow, csrfToken, text, title, lastUsed }: SignInFormProps) {
  const screen = signInScreen(flow);
  const [main, ...more] = mainButtons(flow);
  const known = knownIdentifier(flow);
  const fields = mainFields(flow);
  const others = offersKey(flow, "passkey") || offersKey(flow, "webauthn") || codeAddresses(flow).length > 0 || socialButtons(flow).length > 0 || more.length > 0;
  if (main === undefined && !others) return hasMessage(flow, NO_METHODS) ? null : <p>{text.t("login.noMethods")}</p>;
  const choice = isChoice(flow);
  const badge = (group: FactorId): string | null => (choice && lastUsed.first === group ? text.t("common.lastUsed") : null);
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
          <FlowButton node={main} text={text} wide label={mainLabel()} lastUsed={badgeOf(main)} />
        </FlowForm>
      )}
      {main !== undefined && others && <Divider>{text.t("common.or")}</Divider>}
      {others && (
        <div className="space-y-3" data-testid="other-ways">
          {offersKey(flow, "passkey") && (
            <KeyForm flow={flow} csrfToken={csrfToken} text={text} group="passkey" title={title} lastUsed={badge("passkey")} tone={main === undefined ? "primary" : "secondary"}
              autofill={main !== undefined && fields.some(({ attributes }) => attributes.name === "identifier")} />
          )}
          {offersKey(flow, "webauthn") && (
            <KeyForm flow={flow} csrfToken={csrfToken} text={text} group="webauthn" title={title} lastUsed={badge("webauthn")}
              tone={main === undefined && !offersKey(flow, "passkey") ? "primary" : "secondary"} label={text.t("webauthn.start")} />
          )}
          {more.map((node) => (
            <FlowButton key={node.group} node={node} text={text} tone="secondary" wide form={FORM} lastUsed={badgeOf(node)} mark={<Icon name={node.group === "webauthn" ? "key" : "mail"} />} />
          ))}
          <CodeAddresses flow={flow} csrfToken={csrfToken} text={text} alone={main === undefined} lastUsed={badge("code")} />
          <SocialButtons flow={flow} csrfToken={csrfToken} text={text} last={lastUsed.provider === null ? null : { provider: lastUsed.provider, marked: choice }} />
        </div>
      )}
    </>
  );

  function badgeOf({ group }: InputNode): string | null {
    return group === "password" || group === "code" || group === "webauthn" ? badge(group) : null;
  }
  function mainLabel(): string {
    if (screen === "link") return text.t("link.submit");
    if (flow.refresh === true || !withPassword) return main?.group === "password" || main?.group === "identifier_first" ? text.t("common.continue") : wireLabel();
    return text.t("login.submit");
  }
  function wireLabel(): string {
    return main?.meta.label === undefined ? text.t("common.continue") : text.message(main.meta.label);
  }
}

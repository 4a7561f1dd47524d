import { CodeNodeField } from "@/components/flow/code-node";
import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { FlowView } from "@/components/flow/flow-view";
import { fieldId, findInput, inGroup, isHidden, isSubmit } from "@/components/flow/flow-view";
import { InputNodeField } from "@/components/flow/input-node";
import { FocusOn } from "@/components/ui/focus-on";
import { ScriptWords } from "@/components/ui/script-words";
import { KeyForm } from "@/components/webauthn/key-form";
import type { TextKey, Translator } from "@/lib/i18n/text";
import { CodeAddresses } from "./code-addresses";
import type { SecondMethod } from "./methods";

interface ChallengeProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  readonly method: SecondMethod;
  readonly text: Translator;
  /** An error is on the page and must be read before the field is filled. */
  readonly faulty: boolean;
}

/** The form of one second method, from its own nodes. */
export function Challenge(props: ChallengeProps) {
  const { flow, csrfToken, method, text } = props;
  switch (method) {
    case "passkey":
    case "webauthn":
      return <KeyChallenge {...props} method={method} />;
    case "code":
      return <CodeAddresses flow={flow} csrfToken={csrfToken} text={text} alone />;
    default:
      return <TypedChallenge {...props} />;
  }
}

/** One button for the ceremony, and which keys would do, so that people know what to fetch. */
function KeyChallenge({ flow, csrfToken, method, text }: ChallengeProps & { readonly method: "passkey" | "webauthn" }) {
  const names = keyNames(flow, method);
  return (
    <>
      <KeyForm flow={flow} csrfToken={csrfToken} text={text} group={method} title={challengeTitle(method, text)} label={text.t(`${method}.start`)} />
      {names.length > 0 && (
        <div className="text-sm text-ink-2" data-testid="key-names">
          <p id="key-names">{text.t("webauthn.yourKeys")}</p>
          <ul aria-labelledby="key-names" className="list-disc ps-5 marker:text-accent">
            {names.map((name, index) => <li key={`${String(index)} ${name}`}>{name}</li>)}
          </ul>
        </div>
      )}
    </>
  );
}

/** Names of the keys that may answer, where the wire tells them with the button's label. */
function keyNames(flow: FlowView, method: "passkey" | "webauthn"): readonly string[] {
  const names = findInput(inGroup(flow, method), `${method}_login_trigger`)?.meta.label?.context?.["display_names"];
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === "string" && name !== "") : [];
}

function TypedChallenge({ flow, csrfToken, method, text, faulty }: ChallengeProps) {
  const nodes = inGroup(flow, method);
  const carried = [...inGroup(flow, "default").filter(isHidden), ...nodes];
  const totp = method === "totp" ? findInput(nodes, "totp_code") : null;
  const lookup = method === "lookup_secret" ? findInput(nodes, "lookup_secret") : null;
  return (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={carried}>
      {totp !== null && (
        <CodeNodeField node={totp} text={text} label={text.t("secondFactor.totpLabel")}
          hint={<ScriptWords withScript={text.t("secondFactor.totpHint")} without={text.t("secondFactor.totpHintNoScript")} />} focus={!faulty} submits />
      )}
      {lookup !== null && (
        <InputNodeField node={lookup} text={text} label={text.t("secondFactor.lookupLabel")} hint={text.t("secondFactor.lookupHint")} variant="recovery-code" />
      )}
      {lookup !== null && !faulty && <FocusOn id={fieldId(lookup)} />}
      {nodes.filter(isSubmit).map((node) => (
        <FlowButton key={`${node.attributes.name} ${String(node.attributes.value)}`} node={node} text={text} label={text.t("common.continue")} wide />
      ))}
    </FlowForm>
  );
}

const WORDS = {
  totp: { title: "secondFactor.totpTitle", lead: "secondFactor.totpIntroShort" },
  lookup_secret: { title: "secondFactor.lookupTitle", lead: "secondFactor.lookupIntro" },
  passkey: { title: "passkey.title", lead: "passkey.intro" },
  webauthn: { title: "webauthn.title", lead: "webauthn.intro" },
  code: { title: "code.chooseTitle", lead: "code.chooseIntro" },
} as const satisfies Record<SecondMethod, Record<string, TextKey>>;

export function challengeTitle(method: SecondMethod, text: Translator): string {
  return text.t(WORDS[method].title);
}
export function challengeLead(method: SecondMethod, text: Translator): string {
  return text.t(WORDS[method].lead);
}

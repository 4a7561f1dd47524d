import { FlowForm } from "@/components/flow/flow-form";
import { findInput, inGroup } from "@/components/flow/flow-view";
import { InputNodeField, valueOf } from "@/components/flow/input-node";
import { Icon } from "@/components/ui/icon";
import { KeyButton } from "@/components/webauthn/key-button";
import { ceremonyWords } from "@/components/webauthn/words";
import { KeyList } from "./key-list";
import { keysOf } from "./keys";
import { Section } from "./section";
import type { SettingsProps } from "./settings-props";

/** Security keys: those there are, and one field and one button for another. */
export function WebauthnSection({ flow, csrfToken, text, now }: SettingsProps & { readonly now: Date }) {
  const nodes = inGroup(flow, "webauthn");
  const keys = keysOf(flow, "webauthn");
  const trigger = findInput(nodes, "webauthn_register_trigger");
  const name = findInput(nodes, "webauthn_register_displayname");
  if (trigger === null && keys.length === 0) return null;
  const state = keys.length === 0 ? { words: text.t("settings.webauthnNone"), tone: "off" as const } : { words: text.t("settings.webauthnCount", { count: keys.length }), tone: "on" as const };
  return (
    <Section id="webauthn" title={text.t("settings.webauthnTitle")} intro={text.t("settings.webauthnIntro")} state={state}>
      <KeyList kind="webauthn" flow={flow} csrfToken={csrfToken} text={text} now={now} warning="settings.webauthnRemoveWarning" />
      {trigger !== null && (
        <FlowForm flow={flow} csrfToken={csrfToken} nodes={nodes} className="max-w-sm space-y-4">
          {name !== null && <InputNodeField node={name} text={text} hint={text.t("settings.webauthnNameHint")} autoComplete="off" />}
          <KeyButton id="add-webauthn" kind="make" options={valueOf(trigger)} answerField="webauthn_register" method="webauthn" tone="secondary" submits
            words={ceremonyWords(text, "add-key", text.t("settings.title"))} {...(name !== null && { needs: name.attributes.name })}>
            <Icon name="key" />
            {text.t("settings.webauthnAdd")}
          </KeyButton>
        </FlowForm>
      )}
    </Section>
  );
}

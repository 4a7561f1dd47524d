import { FlowForm } from "@/components/flow/flow-form";
import { findInput, inGroup, isHidden, valueIn } from "@/components/flow/flow-view";
import { Icon } from "@/components/ui/icon";
import { KeyButton } from "@/components/webauthn/key-button";
import { ceremonyWords } from "@/components/webauthn/words";
import { KeyList } from "./key-list";
import { keysOf } from "./keys";
import { Section } from "./section";
import type { SettingsProps } from "./settings-props";

const BENEFITS = ["settings.passkeyQuick", "settings.passkeySafe", "settings.passkeyPrivate"] as const;

/** Passkeys: what they are good for while there is none, then the list, and one button. */
export function PasskeySection({ flow, csrfToken, text, now }: SettingsProps & { readonly now: Date }) {
  const nodes = inGroup(flow, "passkey");
  const keys = keysOf(flow, "passkey");
  const trigger = findInput(nodes, "passkey_register_trigger");
  if (trigger === null && keys.length === 0) return null;
  const state = keys.length === 0 ? { words: text.t("settings.passkeyNone"), tone: "off" as const } : { words: text.t("settings.passkeyCount", { count: keys.length }), tone: "on" as const };
  return (
    <Section id="passkey" title={text.t("settings.passkeyTitle")} intro={text.t("settings.passkeyIntro")} state={state}>
      {keys.length === 0 && (
        <ul className="space-y-1.5">
          {BENEFITS.map((benefit) => (
            <li key={benefit} className="flex gap-2.5"><Icon name="check" className="mt-0.5 size-5 text-accent" />{text.t(benefit)}</li>
          ))}
        </ul>
      )}
      <KeyList kind="passkey" flow={flow} csrfToken={csrfToken} text={text} now={now} warning="settings.passkeyRemoveWarning" />
      {trigger !== null && (
        <FlowForm flow={flow} csrfToken={csrfToken} nodes={nodes.filter((node) => isHidden(node) && node.attributes.name !== "passkey_create_data")}>
          <KeyButton id="add-passkey" kind="make" options={valueIn(nodes, "passkey_create_data")} answerField="passkey_settings_register" method="passkey" tone="secondary" submits
            words={ceremonyWords(text, "add-passkey", text.t("settings.title"))}>
            <Icon name="passkey" />
            {text.t("settings.passkeyAdd")}
          </KeyButton>
        </FlowForm>
      )}
    </Section>
  );
}

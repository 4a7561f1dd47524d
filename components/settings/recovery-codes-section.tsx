import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import type { InputNode } from "@/components/flow/flow-view";
import { findInput, inGroup } from "@/components/flow/flow-view";
import type { ButtonTone } from "@/components/ui/submit-button";
import { ConfirmRemoval } from "./confirm-removal";
import { healthOf, runningLow } from "./health";
import { RecoveryCodesShown } from "./recovery-codes-shown";
import { Section } from "./section";
import type { SettingsProps } from "./settings-props";

interface RecoveryCodesProps extends SettingsProps {
  readonly account: string;
  readonly host: string;
  readonly now: Date;
}

/** Recovery codes: get them, see what is left, replace or remove them. */
export function RecoveryCodesSection({ flow, csrfToken, text, account, host, now }: RecoveryCodesProps) {
  const nodes = inGroup(flow, "lookup_secret");
  const health = healthOf(flow);
  if (health.codes === "unavailable") return null;
  const button = (name: string, label: string, tone: ButtonTone) => {
    const node = findInput(nodes, name);
    return node === null ? null : <OneButton flow={flow} csrfToken={csrfToken} text={text} node={node} label={label} tone={tone} />;
  };
  const disable = button("lookup_secret_disable", text.t("settings.lookupRemove"), "danger");
  const stateTone = health.codes === "on" && !runningLow(health) ? "on" as const : "attention" as const;
  const words = health.codes !== "on" ? text.t("settings.lookupOff")
    : health.codesLeft === null ? text.t("common.on") : text.t("settings.lookupOn", { count: health.codesLeft });
  return (
    <Section id="lookup_secret" title={text.t("settings.lookupTitle")} intro={text.t("settings.lookupIntro")} state={{ words, tone: stateTone }}>
      <RecoveryCodesShown flow={flow} csrfToken={csrfToken} text={text} account={account} host={host} now={now} />
      {health.codes !== "pending" && (
        <div className="flex flex-wrap gap-3">
          {button("lookup_secret_reveal", text.t("settings.lookupReveal"), "secondary")}
          {button("lookup_secret_regenerate", text.t(health.codes === "on" ? "settings.lookupMakeNew" : "settings.lookupMake"), health.codes === "on" ? "secondary" : "primary")}
        </div>
      )}
      {disable !== null && (
        <ConfirmRemoval label={text.t("settings.lookupRemove")} question={text.t("settings.removeQuestion", { name: text.t("settings.lookupTitle") })}
          warning={text.t("settings.lookupRemoveWarning")}>
          {disable}
        </ConfirmRemoval>
      )}
    </Section>
  );
}

function OneButton({ node, label, tone, flow, csrfToken, text }: SettingsProps & { readonly node: InputNode; readonly label: string; readonly tone: ButtonTone }) {
  return (
    <FlowForm flow={flow} csrfToken={csrfToken} nodes={[]} method="lookup_secret">
      <FlowButton node={node} text={text} label={label} tone={tone} />
    </FlowForm>
  );
}

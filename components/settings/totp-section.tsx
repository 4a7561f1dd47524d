import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import { findInput, inGroup } from "@/components/flow/flow-view";
import { ConfirmRemoval } from "./confirm-removal";
import { healthOf } from "./health";
import { Section } from "./section";
import type { SettingsProps } from "./settings-props";
import { TotpEnrolment } from "./totp-enrolment";

/** The authenticator app: three steps to add it, or one question to remove it. */
export function TotpSection({ flow, csrfToken, text, account }: SettingsProps & { readonly account: string | null }) {
  const nodes = inGroup(flow, "totp");
  const { app } = healthOf(flow);
  if (app === "unavailable") return null;
  const unlink = findInput(nodes, "totp_unlink");
  const state = app === "on" ? { words: text.t("common.on"), tone: "on" as const } : { words: text.t("common.off"), tone: "attention" as const };
  return (
    <Section id="totp" title={text.t("settings.totpTitle")} intro={text.t(app === "on" ? "settings.totpOnPlain" : "settings.totpIntro")} state={state}>
      {unlink === null ? <TotpEnrolment flow={flow} csrfToken={csrfToken} text={text} account={account} /> : (
        <ConfirmRemoval label={text.t("settings.totpRemove")} question={text.t("settings.removeQuestion", { name: text.t("method.totp") })}
          warning={text.t("settings.totpRemoveWarning")}>
          <FlowForm flow={flow} csrfToken={csrfToken} nodes={nodes} method="totp">
            <FlowButton node={unlink} text={text} label={text.t("settings.totpRemove")} tone="danger" />
          </FlowForm>
        </ConfirmRemoval>
      )}
    </Section>
  );
}

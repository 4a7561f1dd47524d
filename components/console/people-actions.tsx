import { ConfirmRemoval } from "@/components/settings/confirm-removal";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import type { Translator } from "@/lib/i18n/text";
import type { RecoveryOffer } from "@/lib/model/console-people";
import type { Identity } from "@/lib/model/identity";
import type { ConsoleAction } from "./people-parts";
import { ActButton, Panel } from "./people-parts";
import type { RecoveryAnswer } from "./people-recovery";
import { RecoveryForm } from "./people-recovery";

interface ActionsProps {
  readonly name: string;
  readonly state: Identity["state"];
  readonly recovery: RecoveryOffer;
  readonly token: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly signOut: ConsoleAction;
  readonly setState: ConsoleAction;
  readonly recover: (before: RecoveryAnswer, formData: FormData) => Promise<RecoveryAnswer>;
  readonly text: Translator;
}

/** What an owner can do to somebody: first what harms nobody, last what shuts them out. */
export function PersonActions({ name, state, recovery, token, fields, signOut, setState, recover, text }: ActionsProps) {
  const { t } = text;
  return (
    <>
      <Panel id="recovery" title={t("console.person.recovery")} intro={t("console.person.recoveryText")}>
        {recovery.code || recovery.link ? (
          <RecoveryForm action={recover} token={token} fields={fields} offer={recovery} words={{
            code: t("console.person.recoveryCode"), link: t("console.person.recoveryLink"), busy: t("common.saving"), once: t("console.person.shownOnce"),
            openHere: t("console.person.recoveryPage"), copy: { copy: t("common.copy"), copied: t("common.copied"), failed: t("common.copyFailed") },
            copyCode: t("console.person.copyCode"), copyLink: t("console.person.copyLink"),
          }} />
        ) : <p className="text-ink-2">{t("console.person.recoveryOff")}</p>}
      </Panel>
      <Panel id="actions" title={t("console.person.actions")}>
        <ActButton action={signOut} token={token} fields={fields} label={t("console.person.signOutEverywhere")} about={name} text={text} />
        {state === "inactive" ? (
          <ActButton action={setState} token={token} fields={{ ...fields, to: "active" }} label={t("console.person.switchOn")} about={name} text={text} />
        ) : (
          <ConfirmRemoval label={t("console.person.switchOff")} question={t("console.person.switchOffQuestion", { name })} warning={t("console.person.switchOffWarning")}>
            <ActButton action={setState} token={token} fields={{ ...fields, to: "inactive" }} label={t("console.person.switchOff")} about={name} tone="danger" text={text} />
          </ConfirmRemoval>
        )}
      </Panel>
    </>
  );
}

/** Facts for a ticket, and why nobody signs in as somebody else here. */
export function SupportPanel({ summary, text }: { readonly summary: string; readonly text: Translator }) {
  const { t } = text;
  return (
    <Panel id="support" title={t("console.person.summary")} intro={t("console.person.summaryText")}>
      <pre lang="en" className="rounded-control bg-sunken p-4 font-sans text-sm whitespace-pre-wrap" data-testid="support-summary">{summary}</pre>
      <CopyButton value={summary} label={t("console.person.copySummary")} words={{ copy: t("console.person.copySummary"), copied: t("common.copied"), failed: t("common.copyFailed") }} />
      <Notice tone="info" title={t("console.person.impersonation")}><p>{t("console.person.impersonationText")}</p></Notice>
    </Panel>
  );
}

import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import { findInput, findShown, inGroup } from "@/components/flow/flow-view";
import { InputNodeField } from "@/components/flow/input-node";
import { faultsOf, labelOf } from "@/components/flow/faults";
import { CopyButton } from "@/components/ui/copy-button";
import { FocusOn } from "@/components/ui/focus-on";
import { Notice } from "@/components/ui/notice";
import type { Translator } from "@/lib/i18n/text";
import type { Message } from "@/lib/model/message";
import type { Node } from "@/lib/model/node";
import { DownloadButton, PrintButton } from "./paper-buttons";
import type { SettingsProps } from "./settings-props";

/** A used code, in the list the wire sends (contract 5.6). */
const USED = 1050014;

interface ShownProps extends SettingsProps {
  readonly account: string;
  readonly host: string;
  readonly now: Date;
}

/** The codes themselves, ways to keep them, and, while they are new, the proof that one left the screen. */
export function RecoveryCodesShown({ flow, csrfToken, text, account, host, now }: ShownProps) {
  const nodes = inGroup(flow, "lookup_secret");
  const codes = codesIn(findShown(nodes, "lookup_secret_codes"));
  if (codes.length === 0) return null;
  const confirm = findInput(nodes, "lookup_secret_confirm");
  const typed = findInput(nodes, "lookup_secret_confirm_code");
  const lines = codes.filter(({ id }) => id !== USED).map((code) => code.text).join("\n");
  const fileTitle = text.t("settings.lookupFileTitle", { account, host });
  const fileNote = text.t("settings.lookupFileNote", { date: now });
  const words = { copy: text.t("settings.lookupCopyAll"), copied: text.t("common.copied"), failed: text.t("common.copyFailed") };
  const nothingElse = faultsOf(flow, text).length === 0;
  return (
    <div className="space-y-5" data-testid="recovery-codes">
      {nothingElse && <FocusOn id="lookup_secret-title" />}
      {confirm !== null && (
        <Notice tone="attention" title={text.t("settings.lookupShownTitle")}><p>{text.t("settings.lookupShownText")}</p></Notice>
      )}
      <div data-print="" className="space-y-3">
        <p className="hidden text-lg font-semibold print:block">{fileTitle}</p>
        <ol className="grid list-inside list-decimal gap-x-8 gap-y-2 rounded-control bg-sunken p-4 marker:text-ink-3 sm:grid-flow-col sm:grid-rows-6 print:bg-white">
          {codes.map((code) => <li key={code.text}><CodeLine code={code} text={text} /></li>)}
        </ol>
        <p className="hidden print:block">{fileNote}</p>
      </div>
      <div className="flex flex-wrap gap-3">
        <CopyButton value={lines} label={words.copy} words={words} />
        <DownloadButton label={text.t("settings.lookupDownload")} name={`rung-recovery-codes-${now.toISOString().slice(0, 10)}.txt`} content={`${fileTitle}\n\n${lines}\n\n${fileNote}\n`} />
        <PrintButton label={text.t("settings.lookupPrint")} />
      </div>
      {confirm !== null && (
        <FlowForm flow={flow} csrfToken={csrfToken} nodes={nodes} method="lookup_secret" checked className="space-y-4 border-t border-line pt-5">
          {typed !== null && (
            <InputNodeField node={{ ...typed, attributes: { ...typed.attributes, required: true } }} text={text}
              label={labelOf(typed.meta.label, text)} hint={text.t("settings.lookupConfirmHint")} variant="recovery-code" />
          )}
          <FlowButton node={confirm} text={text} label={text.t("settings.lookupConfirm")} />
          <p className="text-sm text-ink-2">{text.t("settings.lookupOldStayValid")}</p>
        </FlowForm>
      )}
    </div>
  );
}

function CodeLine({ code, text }: { readonly code: Message; readonly text: Translator }) {
  if (code.id === USED) return <span className="text-ink-3">{text.message(code)}</span>;
  return <code dir="ltr" className="code font-semibold whitespace-nowrap">{code.text}</code>;
}

function codesIn(node: Node | null): readonly Message[] {
  const secrets = node?.attributes.node_type === "text" ? node.attributes.text.context?.["secrets"] : undefined;
  return Array.isArray(secrets) ? secrets.filter(isMessage) : [];
}
function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "id" in value && "text" in value && typeof value.text === "string";
}

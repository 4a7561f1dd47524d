import type { ReactNode } from "react";
import { CodeNodeField } from "@/components/flow/code-node";
import { FlowButton } from "@/components/flow/flow-button";
import { FlowForm } from "@/components/flow/flow-form";
import { findInput, findShown, inGroup, isSubmit } from "@/components/flow/flow-view";
import { CopyButton } from "@/components/ui/copy-button";
import { PlainLink } from "@/components/ui/plain-link";
import type { SettingsProps } from "./settings-props";

/** Add the account to the app, type its code, save recovery codes. Nothing counts before the code is right. */
export function TotpEnrolment({ flow, csrfToken, text, account }: SettingsProps & { readonly account: string | null }) {
  const nodes = inGroup(flow, "totp");
  const picture = findShown(nodes, "totp_qr")?.attributes;
  const key = findShown(nodes, "totp_secret_key")?.attributes;
  const secret = key?.node_type === "text" ? key.text.text : "";
  const uri = key?.node_type === "text" ? key.text.context?.["uri"] : undefined;
  const code = findInput(nodes, "totp_code");
  return (
    <ol className="space-y-6">
      <Step number={1} title={text.t("settings.totpStep1")}>
        <p className="text-ink-2">{text.t("settings.totpStep1Text")}</p>
        <div className="flex flex-wrap items-start gap-5">
          {picture?.node_type === "img" && (
            <picture>
              <img src={picture.src} width={176} height={176} alt={text.t("settings.totpQrAlt")} className="rounded-control border border-line bg-white p-2" />
            </picture>
          )}
          <div className="min-w-0 flex-1 basis-56 space-y-3">
            <p className="text-sm text-ink-2">{text.t("settings.totpPhoneFirst")}</p>
            <div>
              <p className="font-semibold" id="totp-key-label">{text.t("settings.totpKey")}</p>
              <p className="mt-1 rounded-control bg-sunken p-3">
                <code data-testid="totp-secret" dir="ltr" className="code text-base font-semibold">{inFours(secret)}</code>
              </p>
              {account !== null && <p className="mt-1 text-sm text-ink-2">{text.t("settings.totpKeyHint", { account })}</p>}
            </div>
            <div className="flex flex-wrap gap-2">
              <CopyButton value={secret} label={text.t("settings.totpCopyKey")} words={{ copy: text.t("common.copy"), copied: text.t("common.copied"), failed: text.t("common.copyFailed") }} />
              {typeof uri === "string" && (
                <PlainLink href={uri} className="button button-quiet sm:hidden">
                  {text.t("settings.totpOpenApp")}
                </PlainLink>
              )}
            </div>
          </div>
        </div>
      </Step>
      <Step number={2} title={text.t("settings.totpStep2")}>
        <FlowForm flow={flow} csrfToken={csrfToken} nodes={nodes} className="max-w-sm space-y-4">
          {code !== null && (
            <CodeNodeField node={code} text={text} label={text.t("settings.totpCode")} hint={text.t("secondFactor.totpWait")} focus={false} submits={false} />
          )}
          {nodes.filter(isSubmit).map((node) => <FlowButton key={node.attributes.name} node={node} text={text} label={text.t("settings.totpConfirm")} />)}
        </FlowForm>
      </Step>
      <Step number={3} title={text.t("settings.totpStep3")}>
        <p className="text-ink-2">{text.t("settings.totpStep3Text")}</p>
      </Step>
    </ol>
  );
}

function Step({ number, title, children }: { readonly number: number; readonly title: string; readonly children: ReactNode }) {
  return (
    <li className="grid grid-cols-[auto_1fr] gap-x-3.5">
      <span aria-hidden="true" className="flex size-8 items-center justify-center rounded-full border-2 border-accent font-bold text-accent tabular-nums">{number}</span>
      <div className="min-w-0 space-y-3">
        <h3 className="pt-0.5 font-semibold">{title}</h3>
        {children}
      </div>
    </li>
  );
}

/** JBSW Y3DP …: read character by character, typed in peace. */
function inFours(secret: string): string {
  return secret.replace(/(.{4})(?=.)/gu, "$1 ");
}

"use client";

import { useActionState } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { FocusOn } from "@/components/ui/focus-on";
import { ActionButton } from "@/components/ui/submit-button";
import type { RecoveryOffer } from "@/lib/model/console-people";

export type RecoveryAnswer =
  | { readonly kind: "none" }
  | { readonly kind: "refused"; readonly text: string; readonly stamp: string }
  | { readonly kind: "issued"; readonly title: string; readonly code: string | null; readonly link: string; readonly until: string; readonly stamp: string };

interface RecoveryFormProps {
  readonly action: (before: RecoveryAnswer, formData: FormData) => Promise<RecoveryAnswer>;
  readonly token: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly offer: RecoveryOffer;
  readonly words: {
    readonly code: string; readonly link: string; readonly busy: string; readonly once: string; readonly openHere: string;
    readonly copy: { readonly copy: string; readonly copied: string; readonly failed: string }; readonly copyCode: string; readonly copyLink: string;
  };
}

/** Begins a recovery and shows its code or link once: it is in this answer, and gone with the page. */
export function RecoveryForm({ action, token, fields, offer, words }: RecoveryFormProps) {
  const [answer, send] = useActionState(action, { kind: "none" });
  return (
    <form action={send} className="space-y-4">
      <input type="hidden" name="csrf_token" value={token} />
      {Object.entries(fields).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      {answer.kind === "refused" && (
        <div key={answer.stamp} id="recovery-refused" role="alert" tabIndex={-1} className="rounded-control border-2 border-loss-line bg-loss-soft p-3.5">
          <p>{answer.text}</p>
          <FocusOn id="recovery-refused" />
        </div>
      )}
      {answer.kind === "issued" && (
        <div key={answer.stamp} id="recovery-issued" role="status" tabIndex={-1} data-testid="recovery-issued" className="space-y-3 rounded-control border border-accent/40 bg-accent-soft p-4">
          <p className="font-semibold">{answer.title}</p>
          {answer.code !== null && <p className="code text-2xl font-semibold" dir="ltr" data-testid="recovery-code">{answer.code}</p>}
          <p className="text-sm">{answer.code === null ? null : `${words.openHere} `}<span dir="ltr" className="code" data-testid="recovery-link">{answer.link}</span></p>
          <p className="text-sm text-ink-2">{answer.until} {words.once}</p>
          <CopyButton value={answer.code ?? answer.link} label={answer.code === null ? words.copyLink : words.copyCode} words={{ ...words.copy, copy: answer.code === null ? words.copyLink : words.copyCode }} />
          <FocusOn id="recovery-issued" />
        </div>
      )}
      <div className="flex flex-wrap gap-3">
        {offer.code && <ActionButton name="how" value="code" tone="secondary" busyText={words.busy}>{words.code}</ActionButton>}
        {offer.link && <ActionButton name="how" value="link" tone="secondary" busyText={words.busy}>{words.link}</ActionButton>}
      </div>
    </form>
  );
}

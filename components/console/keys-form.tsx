"use client";

import { useActionState } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { describe, Field } from "@/components/ui/field";
import { FocusOn } from "@/components/ui/focus-on";
import { ActionButton } from "@/components/ui/submit-button";
import type { KeyLife } from "@/lib/model/console-people";

export type KeyAnswer =
  | { readonly kind: "none" }
  | { readonly kind: "refused"; readonly text: string; readonly name: string; readonly stamp: string }
  | { readonly kind: "made"; readonly title: string; readonly token: string; readonly stamp: string };

const LIVES: readonly KeyLife[] = ["month", "quarter", "year", "never"];

interface KeyFormProps {
  readonly action: (before: KeyAnswer, formData: FormData) => Promise<KeyAnswer>;
  readonly token: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly id: string;
  readonly words: {
    readonly title: string; readonly name: string; readonly nameHint: string; readonly life: string; readonly submit: string; readonly busy: string;
    readonly lives: Readonly<Record<KeyLife, string>>; readonly once: string;
    readonly copy: { readonly copy: string; readonly copied: string; readonly failed: string };
  };
}

/** Makes a key and shows it once: it is in this answer, and gone with the page. */
export function KeyForm({ action, token, fields, id, words }: KeyFormProps) {
  const [answer, send] = useActionState(action, { kind: "none" });
  const errors = answer.kind === "refused" ? [answer.text] : [];
  return (
    <form action={send} className="space-y-4 border-t border-line pt-4">
      <h3 className="font-semibold">{words.title}</h3>
      <input type="hidden" name="csrf_token" value={token} />
      {Object.entries(fields).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      {answer.kind === "made" && (
        <div key={answer.stamp} id={`${id}-made`} role="status" tabIndex={-1} data-testid="key-made" className="space-y-3 rounded-control border border-accent/40 bg-accent-soft p-4">
          <p className="font-semibold">{answer.title}</p>
          <p className="code" dir="ltr" data-testid="key-token">{answer.token}</p>
          <p className="text-sm text-ink-2">{words.once}</p>
          <CopyButton value={answer.token} label={words.copy.copy} words={words.copy} />
          <FocusOn id={`${id}-made`} />
        </div>
      )}
      <div className="flex flex-wrap items-end gap-4" key={answer.kind === "none" ? "fresh" : answer.stamp}>
        <div className="min-w-0 grow basis-56">
          <Field id={`${id}-name`} label={words.name} hint={words.nameHint} errors={errors}>
            <input id={`${id}-name`} name="name" required maxLength={100} autoComplete="off" className="field" defaultValue={answer.kind === "refused" ? answer.name : ""} {...describe(`${id}-name`, words.nameHint, errors)} />
          </Field>
        </div>
        <div className="min-w-0 grow basis-40">
          <Field id={`${id}-life`} label={words.life} hint={null} errors={[]}>
            <select id={`${id}-life`} name="life" defaultValue="quarter" className="field">
              {LIVES.map((life) => <option key={life} value={life}>{words.lives[life]}</option>)}
            </select>
          </Field>
        </div>
        <ActionButton busyText={words.busy}>{words.submit}</ActionButton>
      </div>
      {answer.kind === "refused" && <FocusOn id={`${id}-name`} />}
    </form>
  );
}

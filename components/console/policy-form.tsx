"use client";

import type { ReactNode } from "react";
import { useActionState } from "react";
import { ActionButton } from "@/components/ui/submit-button";
import { RefusedForm } from "./refused-form";
import type { FormAnswer } from "./two-factor-view";

export interface PolicyFormWords {
  readonly comment: string;
  readonly preview: string;
  readonly previewing: string;
  readonly errorTitle: string;
}
/** What a page hands to its form of a policy. */
export interface PolicyFormPlace<Choices> {
  readonly action: (before: FormAnswer<Choices>, formData: FormData) => Promise<FormAnswer<Choices>>;
  readonly actionToken: string;
  readonly slug: string;
  /** The one that the form was read at. */
  readonly revision: number;
  /** True when the choices are those of the draft. */
  readonly fromDraft: boolean;
  readonly choices: Choices;
  /** A role that only reads: everything is shown, nothing can be changed. */
  readonly readOnly: boolean;
}
interface PolicyFormProps<Choices> extends PolicyFormPlace<Choices> {
  readonly words: PolicyFormWords;
  /** The fields, with the choices to show. */
  readonly fields: (shown: Choices) => ReactNode;
}

/** Frame of every form that makes a draft and shows its impact: where it belongs, why it was refused, the remark and the button. A refusal brings back the person's own choices. */
export function PolicyForm<Choices extends { readonly comment: string }>({ action, actionToken, slug, revision, fromDraft, choices, readOnly, words, fields }: PolicyFormProps<Choices>) {
  const [answer, send] = useActionState<FormAnswer<Choices>, FormData>(action, { kind: "none" });
  const refused = answer.kind === "none" ? null : answer;
  const shown = refused?.choices ?? choices;
  return (
    <form action={send} key={refused?.stamp ?? "fresh"}>
      <input type="hidden" name="csrf_token" value={actionToken} />
      <input type="hidden" name="slug" value={slug} />
      <input type="hidden" name="expected" value={revision} />
      <input type="hidden" name="shown_draft" value={fromDraft ? "yes" : "no"} />
      <fieldset disabled={readOnly} className="min-w-0 space-y-6">
        {refused !== null && <RefusedForm answer={refused} errorTitle={words.errorTitle} />}
        {fields(shown)}
        <div className="card bottom-3 flex flex-wrap items-end gap-4 p-4 md:sticky">
          <div className="min-w-0 flex-1 basis-64 space-y-1.5">
            <label htmlFor="comment" className="block text-sm font-semibold">{words.comment}</label>
            <input id="comment" name="comment" defaultValue={shown.comment} maxLength={500} autoComplete="off" className="field" />
          </div>
          <ActionButton busyText={words.previewing} className="max-sm:w-full">{words.preview}</ActionButton>
        </div>
      </fieldset>
    </form>
  );
}

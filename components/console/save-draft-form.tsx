"use client";

import { useActionState } from "react";
import { ActionButton } from "@/components/ui/submit-button";
import { RefusedForm } from "./refused-form";
import type { FormAnswer } from "./two-factor-view";

export type SaveAnswer = FormAnswer<{ readonly comment: string }>;
interface SaveDraftFormProps {
  readonly action: (before: SaveAnswer, formData: FormData) => Promise<SaveAnswer>;
  readonly actionToken: string;
  readonly slug: string;
  /** Which draft this preview shows. */
  readonly stamp: string;
  readonly comment: string;
  /** It protects less: a reason is asked for, and the button says what it does. */
  readonly loosens: boolean;
  readonly words: Readonly<Record<"comment" | "required" | "save" | "saving" | "errorTitle" | "stepUp", string>>;
}
const NOTHING: SaveAnswer = { kind: "none" };

/** The last step: why, and save. */
export function SaveDraftForm({ action, actionToken, slug, stamp, comment, loosens, words }: SaveDraftFormProps) {
  const [answer, send] = useActionState(action, NOTHING);
  const refused = answer.kind === "none" ? null : answer;
  return (
    <form action={send} key={refused?.stamp ?? "fresh"} className="card space-y-4 p-5" data-testid="save-draft">
      {refused !== null && <RefusedForm answer={refused} errorTitle={words.errorTitle} />}
      <input type="hidden" name="csrf_token" value={actionToken} />
      <input type="hidden" name="slug" value={slug} />
      <input type="hidden" name="stamp" value={stamp} />
      <div className="space-y-1.5">
        <label htmlFor="comment" className="block font-semibold">{words.comment}</label>
        {loosens && <p id="comment-hint" className="text-sm font-medium text-loss">{words.required}</p>}
        <input id="comment" name="comment" defaultValue={refused?.choices.comment ?? comment} maxLength={500} required={loosens} autoComplete="off"
          aria-describedby={loosens ? "comment-hint" : undefined} aria-invalid={refused !== null && loosens ? true : undefined} className="field" />
      </div>
      <p className="text-sm text-ink-2">{words.stepUp}</p>
      <ActionButton busyText={words.saving} tone={loosens ? "danger" : "primary"} className="max-sm:w-full">{words.save}</ActionButton>
    </form>
  );
}

"use client";

import type { ReactNode } from "react";
import { useActionState } from "react";
import { ActionButton } from "@/components/ui/submit-button";
import type { EnrolmentWords } from "./enrolment-card";
import { EnrolmentCard } from "./enrolment-card";
import type { CardWords } from "./enforcement-cards";
import { EnforcementCards } from "./enforcement-cards";
import type { OperationWords, PathWords } from "./protected-paths";
import { Operations, ProtectedPaths } from "./protected-paths";
import { RefusedForm } from "./refused-form";
import type { Enforcement, TwoFactorAnswer, TwoFactorChoices } from "./two-factor-view";

export interface TwoFactorWords {
  readonly signIn: CardWords;
  readonly settings: CardWords;
  readonly withoutFactor: string;
  readonly effect: string;
  readonly enrolment: EnrolmentWords;
  readonly paths: PathWords;
  readonly operations: OperationWords;
  readonly comment: string;
  readonly preview: string;
  readonly previewing: string;
  readonly errorTitle: string;
}
interface TwoFactorFormProps {
  readonly action: (before: TwoFactorAnswer, formData: FormData) => Promise<TwoFactorAnswer>;
  readonly actionToken: string;
  readonly slug: string;
  readonly revision: number;
  /** True when the choices are those of the draft. */
  readonly fromDraft: boolean;
  readonly inForce: { readonly signIn: Enforcement; readonly settings: Enforcement };
  readonly choices: TwoFactorChoices;
  readonly words: TwoFactorWords;
  /** A role that only reads: everything is shown, nothing can be changed. */
  readonly readOnly: boolean;
  /** The cards as YAML and as commands, below their fields. */
  readonly exports: Readonly<Record<"enforcement" | "enrolment" | "paths" | "operations", ReactNode>>;
}
const NOTHING: TwoFactorAnswer = { kind: "none" };

/** Strict or Lax, enrolment, protected paths and operations. Sending it makes a draft and shows its impact; nothing is in force before it is saved there. */
export function TwoFactorForm({ action, actionToken, slug, revision, fromDraft, inForce, choices, words, readOnly, exports }: TwoFactorFormProps) {
  const [answer, send] = useActionState(action, NOTHING);
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
        <div className="space-y-3">
          <div className="grid gap-6 lg:grid-cols-2">
            <EnforcementCards name="sign_in" configKey="session.whoami.required_aal" chosen={shown.signIn} inForce={inForce.signIn} words={words.signIn} />
            <EnforcementCards name="settings" configKey="selfservice.flows.settings.required_aal" chosen={shown.settings} inForce={inForce.settings} words={words.settings} />
          </div>
          <p className="text-sm text-ink-2">{words.withoutFactor} {words.effect}</p>
          {exports.enforcement}
        </div>
        <div className="space-y-3">
          <EnrolmentCard row={shown.enrolment} words={words.enrolment} />
          {exports.enrolment}
        </div>
        <div className="space-y-3">
          <ProtectedPaths rows={shown.paths} words={words.paths} />
          {exports.paths}
        </div>
        <div className="space-y-3">
          <Operations rows={shown.operations} words={words.operations} />
          {exports.operations}
        </div>
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

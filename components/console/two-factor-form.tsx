"use client";

import { useActionState } from "react";
import { ErrorTitle } from "@/components/ui/error-title";
import { FocusOn } from "@/components/ui/focus-on";
import { ActionButton } from "@/components/ui/submit-button";
import type { CardWords } from "./enforcement-cards";
import { EnforcementCards } from "./enforcement-cards";
import type { PathWords } from "./protected-paths";
import { ProtectedPaths } from "./protected-paths";
import type { Enforcement, TwoFactorAnswer, TwoFactorChoices } from "./two-factor-view";

export interface TwoFactorWords {
  readonly signIn: CardWords;
  readonly settings: CardWords;
  readonly withoutFactor: string;
  readonly effect: string;
  readonly paths: PathWords;
  readonly comment: string;
  readonly save: string;
  readonly saving: string;
  readonly saveAgain: string;
  readonly discard: string;
  readonly errorTitle: string;
}
interface TwoFactorFormProps {
  readonly action: (before: TwoFactorAnswer, formData: FormData) => Promise<TwoFactorAnswer>;
  readonly actionToken: string;
  readonly slug: string;
  readonly revision: number;
  readonly inForce: { readonly signIn: Enforcement; readonly settings: Enforcement };
  readonly choices: TwoFactorChoices;
  readonly words: TwoFactorWords;
}
const NOTHING: TwoFactorAnswer = { kind: "none" };

/** Strict or Lax, protected paths, one save. A refused save brings the person's own choices back. Works without script. */
export function TwoFactorForm({ action, actionToken, slug, revision, inForce, choices, words }: TwoFactorFormProps) {
  const [answer, send] = useActionState(action, NOTHING);
  const refused = answer.kind === "none" ? null : answer;
  const shown = refused?.choices ?? choices;
  return (
    <form action={send} key={refused?.stamp ?? "fresh"} className="space-y-6">
      <input type="hidden" name="csrf_token" value={actionToken} />
      <input type="hidden" name="slug" value={slug} />
      <input type="hidden" name="expected" value={refused?.expected ?? revision} />
      {refused !== null && <Refused answer={refused} discard={words.discard} errorTitle={words.errorTitle} slug={slug} />}
      <div className="space-y-3">
        <div className="grid gap-6 lg:grid-cols-2">
          <EnforcementCards name="sign_in" configKey="session.whoami.required_aal" chosen={shown.signIn} inForce={inForce.signIn} words={words.signIn} />
          <EnforcementCards name="settings" configKey="selfservice.flows.settings.required_aal" chosen={shown.settings} inForce={inForce.settings} words={words.settings} />
        </div>
        <p className="text-sm text-ink-2">{words.withoutFactor} {words.effect}</p>
      </div>
      <ProtectedPaths rows={shown.paths} words={words.paths} />
      <div className="card bottom-3 flex flex-wrap items-end gap-4 p-4 md:sticky">
        <div className="min-w-0 flex-1 basis-64 space-y-1.5">
          <label htmlFor="comment" className="block text-sm font-semibold">{words.comment}</label>
          <input id="comment" name="comment" defaultValue={shown.comment} maxLength={500} autoComplete="off" className="field" />
        </div>
        <ActionButton busyText={words.saving} className="max-sm:w-full">{refused?.kind === "conflict" ? words.saveAgain : words.save}</ActionButton>
      </div>
    </form>
  );
}

type RefusedAnswer = Exclude<TwoFactorAnswer, { kind: "none" }>;
interface RefusedProps {
  readonly answer: RefusedAnswer;
  readonly discard: string;
  readonly errorTitle: string;
  readonly slug: string;
}
function Refused({ answer, discard, errorTitle, slug }: RefusedProps) {
  const conflict = answer.kind === "conflict";
  return (
    <div id="refused" role="alert" tabIndex={-1} data-testid={`notice-${answer.kind}`}
      className={`space-y-2 rounded-control border-2 p-4 ${conflict ? "border-warn-line bg-warn-soft" : "border-loss-line bg-loss-soft"}`}>
      <p className={`font-bold ${conflict ? "text-warn" : "text-loss"}`}>{answer.title}</p>
      <p>{answer.text}</p>
      {answer.items.length > 0 && (
        <ul className="list-disc ps-5">
          {answer.items.map((item) => <li key={item}>{item}</li>)}
        </ul>
      )}
      {conflict && <a href={`/console/projects/${encodeURIComponent(slug)}/two-factor`} className="button button-secondary">{discard}</a>}
      <FocusOn id="refused" />
      <ErrorTitle title={errorTitle} />
    </div>
  );
}

"use client";

import { useActionState } from "react";
import { ActionButton } from "@/components/ui/submit-button";
import { RefusedForm } from "./refused-form";
import type { FormAnswer } from "./two-factor-view";

export interface NewProjectChoices {
  readonly name: string;
  readonly slug: string;
  readonly workspace: string;
}
export type NewProjectAnswer = FormAnswer<NewProjectChoices>;
interface NewProjectFormProps {
  readonly action: (before: NewProjectAnswer, formData: FormData) => Promise<NewProjectAnswer>;
  readonly actionToken: string;
  readonly workspaces: readonly { readonly id: string; readonly name: string }[];
  readonly words: Readonly<Record<"title" | "text" | "name" | "slug" | "slugHint" | "workspace" | "create" | "creating" | "errorTitle", string>>;
}
const NOTHING: NewProjectAnswer = { kind: "none" };

/** A new project: its name, its place in the address, and its workspace. It begins Strict in both areas. */
export function NewProjectForm({ action, actionToken, workspaces, words }: NewProjectFormProps) {
  const [answer, send] = useActionState(action, NOTHING);
  const refused = answer.kind === "none" ? null : answer;
  const shown = refused?.choices ?? { name: "", slug: "", workspace: workspaces[0]?.id ?? "" };
  return (
    <form action={send} key={refused?.stamp ?? "fresh"} className="card space-y-4 p-5" data-testid="new-project">
      {refused !== null && <RefusedForm answer={refused} errorTitle={words.errorTitle} />}
      <div>
        <h2 className="text-lg font-bold">{words.title}</h2>
        <p className="text-ink-2">{words.text}</p>
      </div>
      <input type="hidden" name="csrf_token" value={actionToken} />
      <div className="grid gap-4 md:grid-cols-3">
        <div className="space-y-1.5">
          <label htmlFor="project-name" className="block text-sm font-semibold">{words.name}</label>
          <input id="project-name" name="name" defaultValue={shown.name} required maxLength={100} autoComplete="off" className="field" />
        </div>
        <div className="space-y-1.5">
          <label htmlFor="project-slug" className="block text-sm font-semibold">{words.slug}</label>
          <input id="project-slug" name="slug" defaultValue={shown.slug} maxLength={63} autoComplete="off" autoCapitalize="off" spellCheck={false} dir="ltr" aria-describedby="project-slug-hint" className="field code" />
          <p id="project-slug-hint" className="text-sm text-ink-2">{words.slugHint}</p>
        </div>
        <div className="space-y-1.5">
          <label htmlFor="project-workspace" className="block text-sm font-semibold">{words.workspace}</label>
          <select id="project-workspace" name="workspace" defaultValue={shown.workspace} className="field">
            {workspaces.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
          </select>
        </div>
      </div>
      <ActionButton busyText={words.creating} className="max-sm:w-full">{words.create}</ActionButton>
    </form>
  );
}

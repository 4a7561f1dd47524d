"use client";

import { useActionState } from "react";
import { CopyButton } from "@/components/ui/copy-button";
import { describe, Field } from "@/components/ui/field";
import { FocusOn } from "@/components/ui/focus-on";
import { ActionButton } from "@/components/ui/submit-button";

export type AdminAnswer =
  | { readonly kind: "none" }
  | { readonly kind: "refused"; readonly text: string; readonly address: string; readonly stamp: string }
  | { readonly kind: "invited"; readonly title: string; readonly link: string; readonly until: string; readonly stamp: string };

type Act = (before: AdminAnswer, formData: FormData) => Promise<AdminAnswer>;
export interface RoleWords {
  readonly role: string;
  readonly owner: string;
  readonly support: string;
}

interface AddFormProps {
  readonly action: Act;
  readonly token: string;
  readonly words: RoleWords & { readonly address: string; readonly hint: string; readonly submit: string; readonly busy: string };
}
/** Somebody who has an account of the console becomes an admin. */
export function AddAdminForm({ action, token, words }: AddFormProps) {
  const [answer, send] = useActionState(action, { kind: "none" });
  const errors = answer.kind === "refused" ? [answer.text] : [];
  return (
    <form action={send} className="space-y-4">
      <input type="hidden" name="csrf_token" value={token} />
      <div className="flex flex-wrap items-end gap-4" key={answer.kind === "refused" ? answer.stamp : "fresh"}>
        <div className="min-w-0 grow basis-64">
          <Field id="admin-address" label={words.address} hint={words.hint} errors={errors}>
            <input id="admin-address" name="address" type="email" required maxLength={254} autoComplete="off" dir="ltr" defaultValue={answer.kind === "refused" ? answer.address : ""} className="field" {...describe("admin-address", words.hint, errors)} />
          </Field>
        </div>
        <RoleField id="admin-role" words={words} />
        <ActionButton busyText={words.busy}>{words.submit}</ActionButton>
      </div>
      {answer.kind === "refused" && <FocusOn id="admin-address" />}
    </form>
  );
}

interface InviteFormProps {
  readonly action: Act;
  readonly token: string;
  readonly words: RoleWords & { readonly submit: string; readonly busy: string; readonly once: string; readonly copy: { readonly copy: string; readonly copied: string; readonly failed: string } };
}
/** A link for somebody new: shown once, good once. */
export function InviteForm({ action, token, words }: InviteFormProps) {
  const [answer, send] = useActionState(action, { kind: "none" });
  return (
    <form action={send} className="space-y-4">
      <input type="hidden" name="csrf_token" value={token} />
      {answer.kind === "invited" && (
        <div key={answer.stamp} id="invited" role="status" tabIndex={-1} data-testid="invited" className="space-y-3 rounded-control border border-accent/40 bg-accent-soft p-4">
          <p className="font-semibold">{answer.title}</p>
          <p className="code" dir="ltr" data-testid="invite-link">{answer.link}</p>
          <p className="text-sm text-ink-2">{answer.until} {words.once}</p>
          <CopyButton value={answer.link} label={words.copy.copy} words={words.copy} />
          <FocusOn id="invited" />
        </div>
      )}
      <div className="flex flex-wrap items-end gap-4">
        <RoleField id="invite-role" words={words} />
        <ActionButton tone="secondary" busyText={words.busy}>{words.submit}</ActionButton>
      </div>
    </form>
  );
}

function RoleField({ id, words }: { readonly id: string; readonly words: RoleWords }) {
  return (
    <div className="min-w-0 grow basis-56">
      <Field id={id} label={words.role} hint={null} errors={[]}>
        <select id={id} name="role" defaultValue="support" className="field">
          <option value="support">{words.support}</option>
          <option value="owner">{words.owner}</option>
        </select>
      </Field>
    </div>
  );
}

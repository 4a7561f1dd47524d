"use client";

import { useActionState } from "react";
import { ErrorSummary } from "@/components/ui/error-summary";
import { ErrorTitle } from "@/components/ui/error-title";
import { describe, Field } from "@/components/ui/field";
import type { PasswordWords } from "@/components/ui/password-input";
import { PasswordInput } from "@/components/ui/password-input";
import { ActionButton } from "@/components/ui/submit-button";

export interface SetupAnswer {
  readonly problems: readonly { readonly field: string; readonly message: string }[];
  readonly email: string;
  /** Differs for each answer, so that the form starts from it. */
  readonly stamp: string;
}
interface SetupFormProps {
  readonly action: (before: SetupAnswer, formData: FormData) => Promise<SetupAnswer>;
  readonly actionToken: string;
  readonly token: string;
  readonly words: PasswordWords & Readonly<Record<"email" | "password" | "advice" | "submit" | "busy" | "summary" | "errorTitle", string>>;
}
const NOTHING: SetupAnswer = { problems: [], email: "", stamp: "fresh" };

/** E-mail and password of a new admin, or of somebody who becomes one. */
export function SetupForm({ action, actionToken, token, words }: SetupFormProps) {
  const [answer, send] = useActionState(action, NOTHING);
  const errors = (field: string): readonly string[] => answer.problems.filter((problem) => problem.field === field).map(({ message }) => message);
  const labels: Readonly<Record<string, string>> = { email: words.email, password: words.password };
  const faults = answer.problems.map(({ field, message }) => {
    const label = labels[field];
    return label === undefined ? { message } : { message, field: { id: `setup-${field}`, label } };
  });
  return (
    <form action={send} key={answer.stamp} noValidate className="space-y-5">
      <ErrorSummary title={words.summary} faults={faults} />
      {faults.length > 0 && <ErrorTitle title={words.errorTitle} />}
      <input type="hidden" name="csrf_token" value={actionToken} />
      <input type="hidden" name="token" value={token} />
      <Field id="setup-email" label={words.email} hint={null} errors={errors("email")}>
        <input id="setup-email" name="email" type="email" required autoComplete="username" autoCapitalize="off" autoCorrect="off" spellCheck={false} dir="ltr"
          defaultValue={answer.email} className="field" {...describe("setup-email", null, errors("email"))} />
      </Field>
      <Field id="setup-password" label={words.password} hint={words.advice} errors={errors("password")}>
        <PasswordInput id="setup-password" name="password" required autoComplete="new-password" words={words}
          {...describe("setup-password", words.advice, errors("password"))} />
      </Field>
      <ActionButton busyText={words.busy} className="w-full">{words.submit}</ActionButton>
    </form>
  );
}

"use server";

import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import type { RecoveryAnswer } from "@/components/console/people-recovery";
import { admittedAction } from "@/app/console/admitted";
import { field } from "@/app/console/asked";
import { pageLocale } from "@/lib/http/next/locale";
import { dropFactor, endSessionOf, endSessionsOfPerson, recoverPerson, setPersonState } from "@/lib/http/next/people-pages";
import { translator } from "@/lib/i18n/text";

/** Back to the person with what came of it; the page says it in words. */
function back(formData: FormData, done: string): never {
  const [slug, person] = [field(formData, "slug"), field(formData, "person")].map(encodeURIComponent);
  redirect(`/console/projects/${slug ?? ""}/people/${person ?? ""}?done=${encodeURIComponent(done)}`);
}

export async function removeFactorOf(formData: FormData): Promise<void> {
  await admittedAction(formData);
  const target = { slug: field(formData, "slug"), person: field(formData, "person"), credential: field(formData, "credential") };
  const answer = await dropFactor(target, field(formData, "reason"));
  back(formData, answer === "done" ? "factor_removed" : answer);
}

export async function signOutPerson(formData: FormData): Promise<void> {
  await admittedAction(formData);
  await endSessionsOfPerson(field(formData, "slug"), field(formData, "person"));
  back(formData, "signed_out");
}

export async function endPersonSession(formData: FormData): Promise<void> {
  await admittedAction(formData);
  const ended = await endSessionOf(field(formData, "slug"), field(formData, "session"));
  back(formData, ended ? "session_ended" : "gone");
}

export async function switchPersonState(formData: FormData): Promise<void> {
  await admittedAction(formData);
  const to = field(formData, "to") === "active" ? "active" : "inactive";
  const answer = await setPersonState(field(formData, "slug"), field(formData, "person"), to);
  back(formData, answer === "done" ? `switched_${to}` : answer);
}

/** The code or the link is in the answer alone. */
export async function recover(_before: RecoveryAnswer, formData: FormData): Promise<RecoveryAnswer> {
  await admittedAction(formData);
  const { t, dateTime } = translator(await pageLocale());
  const how = field(formData, "how") === "link" ? "link" : "code";
  const answer = await recoverPerson(field(formData, "slug"), field(formData, "person"), how);
  if (answer.kind === "refused") return { kind: "refused", text: t(`console.person.recoveryRefused.${answer.why}`), stamp: randomUUID() };
  const { link, code, expiresAt } = answer.issued;
  return {
    kind: "issued", link, code, stamp: randomUUID(), title: t(code === null ? "console.person.recoveryLinkMade" : "console.person.recoveryCodeMade"),
    until: t("console.person.worksUntil", { time: `${dateTime(expiresAt)} UTC` }),
  };
}

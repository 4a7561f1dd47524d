import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import type { FormAnswer } from "@/components/console/two-factor-view";
import { admittedAction } from "@/app/console/admitted";
import type { Noted } from "@/lib/http/next/console-policy";
import { pageLocale } from "@/lib/http/next/locale";
import type { Translator } from "@/lib/i18n/text";
import { translator } from "@/lib/i18n/text";

/** What every action of these pages does first: the form is ours, and an admin with a fresh second step sent it. */
export async function beginAction(formData: FormData): Promise<Translator> {
  await admittedAction(formData);
  return translator(await pageLocale());
}

export function refusedWith<Choices>(text: Translator, items: readonly string[], choices: Choices): Extract<FormAnswer<Choices>, { kind: "invalid" }> {
  return { kind: "invalid", title: text.t("console.invalid.title"), text: text.t("console.invalid.text"), items, choices, stamp: randomUUID() };
}

/** Where a form goes on from its draft, or why it does not. */
export function afterNoting<Choices>(noted: Noted, slug: string, page: string, text: Translator, choices: Choices): FormAnswer<Choices> {
  const base = `/console/projects/${encodeURIComponent(slug)}`;
  switch (noted.kind) {
    case "noted": return redirect(`${base}/two-factor/draft`);
    case "empty": return redirect(`${base}/${page}?unchanged=1`);
    case "no_sender": return refusedWith(text, [text.t("console.methods.noSender")], choices);
    case "invalid": return refusedWith(text, noted.problems.map(({ path, message }) => `${path}: ${message}`), choices);
  }
}

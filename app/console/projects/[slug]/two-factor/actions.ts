"use server";

import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import type { TwoFactorAnswer } from "@/components/console/two-factor-view";
import { checkAction } from "@/lib/http/next/action";
import { requireConsoleAdmin, saveTwoFactor, twoFactorPage } from "@/lib/http/next/console";
import { redirectForAssurance } from "@/lib/http/next/guard";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";
import { readTwoFactorForm } from "./form";

/** Saves the page against the revision it was read at. A lost race and an invalid policy come back with the person's choices. */
export async function saveTwoFactorPage(_before: TwoFactorAnswer, formData: FormData): Promise<TwoFactorAnswer> {
  await checkAction(formData);
  const answer = await requireConsoleAdmin();
  if (answer.kind === "not_admin") redirect("/console");
  if (answer.kind !== "allow") redirectForAssurance(answer);
  const text = translator(await pageLocale());
  const { slug, expected, choices, input, faults } = readTwoFactorForm(formData, text);
  const refused = { choices, stamp: randomUUID() };
  if (faults.length > 0) {
    return { kind: "invalid", title: text.t("console.invalid.title"), text: text.t("console.invalid.text"), items: faults, expected, ...refused };
  }
  const result = await saveTwoFactor(slug, expected, input);
  switch (result.kind) {
    case "saved":
      return redirect(`/console/projects/${encodeURIComponent(slug)}/two-factor?saved=${result.revision}`);
    case "invalid":
      return {
        kind: "invalid", title: text.t("console.invalid.title"), text: text.t("console.invalid.text"),
        items: result.problems.map(({ path, message }) => `${path}: ${message}`), expected, ...refused,
      };
    case "conflict": {
      const history = (await twoFactorPage(slug))?.history ?? [];
      const theirs = history.filter(({ number }) => number > expected).flatMap(({ summary }) => summary);
      const at = history.find(({ number }) => number === result.current)?.at ?? null;
      return {
        kind: "conflict", title: text.t("console.conflict.title"),
        text: at === null ? text.t("console.conflict.textShort")
          : text.t("console.conflict.text", { name: result.changedBy, revision: result.current, ago: text.relative(at, new Date()) }),
        items: theirs, expected: result.current, ...refused,
      };
    }
  }
}

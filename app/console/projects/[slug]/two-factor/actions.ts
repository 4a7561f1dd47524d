"use server";

import type { TwoFactorAnswer } from "@/components/console/two-factor-view";
import { noteTwoFactorForm } from "@/lib/http/next/console-policy";
import { afterNoting, beginAction, refusedWith } from "../refused";
import { readTwoFactorForm } from "./form";

/** Puts the page's choices into the admin's draft and shows its impact. What cannot be comes back with the person's choices. */
export async function previewTwoFactor(_before: TwoFactorAnswer, formData: FormData): Promise<TwoFactorAnswer> {
  const text = await beginAction(formData);
  const { place, choices, input, faults } = readTwoFactorForm(formData, text);
  if (faults.length > 0) return refusedWith(text, faults, choices);
  return afterNoting(await noteTwoFactorForm(place, input), place.slug, "two-factor", text, choices);
}

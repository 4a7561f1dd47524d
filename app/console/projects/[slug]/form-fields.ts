import { PATH_LEVELS } from "@/components/console/two-factor-view";
import type { FormPlace } from "@/lib/http/next/console-policy";
import type { RequiredAal } from "@/lib/model/assurance";
import type { EnforcementModel } from "@/lib/model/policy";

/* Reading the forms of a project's policy pages. Whatever is not there is empty, never an error. */

export function single(formData: FormData, name: string): string {
  return words(formData.get(name) ?? undefined);
}

export function words(value: FormDataEntryValue | undefined): string {
  return typeof value === "string" ? value.trim() : "";
}

/** A number of a revision; 0, which none has, for what is no such number. */
export function wholeOf(typed: string): number {
  return /^\d{1,9}$/.test(typed) ? Number(typed) : 0;
}

export function placeOf(formData: FormData): FormPlace {
  return {
    slug: single(formData, "slug"), expected: wholeOf(single(formData, "expected")), shownDraft: single(formData, "shown_draft") === "yes",
  };
}

export function enforcement(formData: FormData, name: string): EnforcementModel {
  return single(formData, name) === "lax" ? "lax" : "strict";
}

export function levelOf(value: string): RequiredAal {
  return PATH_LEVELS.find((level) => level === value) ?? "aal2";
}

/** Ten years; what is longer is a slip of the finger. */
const MOST_MINUTES = 5_256_000;

/** Null for "any"; not a number for what is no time, or less than a second. */
export function minutesOf(typed: string): number | null {
  if (typed === "") return null;
  const minutes = /^\d*[.,]?\d+$/.test(typed) ? Number(typed.replace(",", ".")) : Number.NaN;
  return Math.round(minutes * 60) >= 1 && minutes <= MOST_MINUTES ? minutes : Number.NaN;
}

export function secondsOf(typed: string): number | null {
  const minutes = minutesOf(typed);
  return minutes === null ? null : Math.round(minutes * 60);
}

/** Names with spaces or commas between. */
export function listed(typed: string): readonly string[] {
  return [...new Set(typed.split(/[\s,]+/).filter((name) => name !== ""))];
}

import type { Enforcement, PathLevel, PathRow, PathView, TwoFactorChoices } from "@/components/console/two-factor-view";
import { PATH_LEVELS } from "@/components/console/two-factor-view";
import type { Translator } from "@/lib/i18n/text";

export interface TwoFactorForm {
  readonly slug: string;
  /** The revision the page was read at. */
  readonly expected: number;
  /** As typed, to show again. */
  readonly choices: TwoFactorChoices;
  /** As meant; only worth saving when nothing is in `faults`. */
  readonly input: { readonly signIn: Enforcement; readonly settings: Enforcement; readonly protectedPaths: PathView[]; readonly comment: string };
  readonly faults: readonly string[];
}
/** More rows than a person would type are a mistake of some program. */
const MOST_PATHS = 200;

/** Reads the form: rows with an empty path do not exist, minutes become seconds. */
export function readTwoFactorForm(formData: FormData, text: Translator): TwoFactorForm {
  const rows = readRows(formData).filter(({ prefix }) => prefix !== "");
  const faults = rows.flatMap((row) => faultsOfRow(row, text));
  const areas = { signIn: enforcement(formData, "sign_in"), settings: enforcement(formData, "settings") };
  const comment = single(formData, "comment").slice(0, 500);
  return {
    slug: single(formData, "slug"),
    expected: Number.parseInt(single(formData, "expected"), 10) || 0,
    choices: { ...areas, paths: rows, comment },
    input: { ...areas, protectedPaths: rows.map(pathOf), comment },
    faults,
  };
}

function readRows(formData: FormData): readonly PathRow[] {
  const levels = formData.getAll("path_level");
  const minutes = formData.getAll("path_minutes");
  return formData.getAll("path_prefix").slice(0, MOST_PATHS).map((prefix, index) => ({
    prefix: words(prefix), level: levelOf(words(levels[index])), minutes: words(minutes[index]),
  }));
}
function faultsOfRow(row: PathRow, text: Translator): readonly string[] {
  const faults: string[] = [];
  if (!/^\/\S*$/.test(row.prefix)) faults.push(`${row.prefix}: ${text.t("console.paths.invalid")}`);
  if (Number.isNaN(minutesOf(row))) faults.push(`${row.prefix}: ${text.t("console.paths.invalidMinutes")}`);
  return faults;
}
/** Null for "any age"; not a number for what is no time. */
function minutesOf(row: PathRow): number | null {
  if (row.minutes === "") return null;
  const minutes = Number(row.minutes.replace(",", "."));
  return minutes > 0 ? minutes : Number.NaN;
}
function pathOf(row: PathRow): PathView {
  const minutes = minutesOf(row);
  return { prefix: row.prefix, requiredAal: row.level, maxAgeSeconds: minutes === null ? null : Math.round(minutes * 60) };
}
function enforcement(formData: FormData, name: string): Enforcement {
  return single(formData, name) === "lax" ? "lax" : "strict";
}
function levelOf(value: string): PathLevel {
  return PATH_LEVELS.find((level) => level === value) ?? "aal2";
}
function single(formData: FormData, name: string): string {
  return words(formData.get(name) ?? undefined);
}
function words(value: FormDataEntryValue | undefined): string {
  return typeof value === "string" ? value.trim() : "";
}

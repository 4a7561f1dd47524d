import type { EnrolmentRow, OperationRow, PathRow, TwoFactorChoices } from "@/components/console/two-factor-view";
import { ENROLMENT_MODES, ENROLMENT_NOTICES } from "@/components/console/two-factor-view";
import { OPERATION_METHODS } from "@/lib/http/console-document";
import type { FormPlace, TwoFactorInput } from "@/lib/http/next/console-policy";
import type { Translator } from "@/lib/i18n/text";
import { enforcement, levelOf, listed, minutesOf, placeOf, secondsOf, single, words } from "../form-fields";

export interface TwoFactorForm {
  readonly place: FormPlace;
  /** As typed, to show again. */
  readonly choices: TwoFactorChoices;
  /** As meant; only worth noting when nothing is in `faults`. */
  readonly input: TwoFactorInput;
  readonly faults: readonly string[];
}
/** More rows than a person would type are a mistake of some program. */
const MOST_ROWS = 200;

/** Reads the form: rows with an empty name do not exist, minutes become seconds. */
export function readTwoFactorForm(formData: FormData, text: Translator): TwoFactorForm {
  const paths = pathRows(formData).filter(({ prefix }) => prefix !== "");
  const operations = operationRows(formData).filter(({ name }) => name !== "");
  const enrolment = enrolmentRow(formData);
  const areas = { signIn: enforcement(formData, "sign_in"), settings: enforcement(formData, "settings") };
  const comment = single(formData, "comment").slice(0, 500);
  return {
    place: placeOf(formData),
    choices: { ...areas, paths, operations, enrolment, comment },
    input: {
      ...areas, comment,
      protectedPaths: paths.map((row) => ({ prefix: row.prefix, requiredAal: row.level, maxAgeSeconds: secondsOf(row.minutes) })),
      operations: operations.map((row) => ({ name: row.name, requiredAal: row.level, maxAgeSeconds: secondsOf(row.minutes), methods: listed(row.methods) })),
      enrolment: { ...enrolment, from: enrolment.mode === "date" ? instantOf(enrolment.from) : "", ...noticeOf(enrolment) },
    },
    faults: [
      ...paths.flatMap((row) => [
        ...(/^\/\S*$/.test(row.prefix) ? [] : [`${row.prefix}: ${text.t("console.paths.invalid")}`]), ...minuteFaults(row.prefix, row.minutes, text),
      ]),
      ...[...new Set(operations.map(({ name }) => name).filter((name, index, names) => names.indexOf(name) !== index))]
        .map((name) => text.t("console.operations.twice", { name })),
      ...operations.flatMap((row) => [
        ...(/^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*$/.test(row.name) ? [] : [`${row.name}: ${text.t("console.operations.invalid")}`]), ...minuteFaults(row.name, row.minutes, text),
        ...listed(row.methods).filter((method) => !OPERATION_METHODS.some((known) => known === method)).map((method) => `${row.name}: ${text.t("console.operations.unknownMethod", { method, known: OPERATION_METHODS })}`),
      ]),
      ...enrolmentFaults(enrolment, text),
    ],
  };
}

function pathRows(formData: FormData): readonly PathRow[] {
  const levels = formData.getAll("path_level");
  const minutes = formData.getAll("path_minutes");
  return formData.getAll("path_prefix").slice(0, MOST_ROWS).map((prefix, index) => ({
    prefix: words(prefix), level: levelOf(words(levels[index])), minutes: words(minutes[index]),
  }));
}

function operationRows(formData: FormData): readonly OperationRow[] {
  const column = (name: string) => formData.getAll(`operation_${name}`);
  const [levels, minutes, methods] = [column("level"), column("minutes"), column("methods")];
  return column("name").slice(0, MOST_ROWS).map((name, index) => ({
    name: words(name), level: levelOf(words(levels[index])), minutes: words(minutes[index]), methods: words(methods[index]),
  }));
}

function enrolmentRow(formData: FormData): EnrolmentRow {
  const mode = single(formData, "enrolment");
  const notice = single(formData, "enrolment_notice");
  return {
    mode: ENROLMENT_MODES.find((value) => value === mode) ?? "off", notice: ENROLMENT_NOTICES.find((value) => value === notice) ?? "wall",
    from: single(formData, "enrolment_from"), everyDays: single(formData, "enrolment_days"),
  };
}

/** A notice that does not fit its mode is the mode's own; days count only where people are reminded. */
function noticeOf({ mode, notice, everyDays }: EnrolmentRow): { readonly notice: EnrolmentRow["notice"]; readonly everyDays: number } {
  const days = Number(everyDays) || 14;
  if (mode === "off") return { notice: "none", everyDays: 14 };
  if (mode === "suggest") return { notice: notice === "wall" ? "every" : notice, everyDays: notice === "once" || notice === "none" ? 14 : days };
  if (mode === "now") return { notice: notice === "none" ? "none" : "wall", everyDays: 14 };
  return { notice, everyDays: notice === "every" ? days : 14 };
}

function enrolmentFaults({ mode, from, notice, everyDays }: EnrolmentRow, text: Translator): readonly string[] {
  const days = Number(everyDays);
  return [
    ...(mode === "date" && Number.isNaN(new Date(instantOf(from)).getTime()) ? [text.t("console.enrolment.invalidDate")] : []),
    ...(notice === "every" && everyDays !== "" && !(Number.isInteger(days) && days >= 1 && days <= 365) ? [text.t("console.enrolment.invalidDays")] : []),
  ];
}

function instantOf(day: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00Z` : day;
}

function minuteFaults(name: string, minutes: string, text: Translator): readonly string[] {
  return Number.isNaN(minutesOf(minutes)) ? [`${name}: ${text.t("console.paths.invalidMinutes")}`] : [];
}

import type { RequiredAal } from "@/lib/model/assurance";
import type { EnrolmentChoice, OperationRule, PathRule } from "@/lib/model/console";
import type { EnforcementModel } from "@/lib/model/policy";

/** One row of the form, as typed. */
export interface PathRow {
  readonly prefix: string;
  readonly level: RequiredAal;
  readonly minutes: string;
}
export interface OperationRow {
  readonly name: string;
  readonly level: RequiredAal;
  readonly minutes: string;
  /** Names with spaces between; empty: any. */
  readonly methods: string;
}
/** Enrolment as typed: the date as `2027-01-01`, UTC. */
export interface EnrolmentRow extends Omit<EnrolmentChoice, "everyDays"> {
  readonly everyDays: string;
}
/** What the form holds; after a refusal it is the person's own choices that come back. */
export interface TwoFactorChoices {
  readonly signIn: EnforcementModel;
  readonly settings: EnforcementModel;
  readonly paths: readonly PathRow[];
  readonly operations: readonly OperationRow[];
  readonly enrolment: EnrolmentRow;
  readonly comment: string;
}
/** Answer of a form that was refused; what it held comes back. A success is a redirect. Sentences are ready to show. */
export type FormAnswer<Choices> =
  | { readonly kind: "none" }
  | {
      readonly kind: "invalid";
      readonly title: string;
      readonly text: string;
      readonly items: readonly string[];
      readonly choices: Choices;
      /** Differs for each answer, so that the form starts from these choices. */
      readonly stamp: string;
    };
export type TwoFactorAnswer = FormAnswer<TwoFactorChoices>;

export const PATH_LEVELS = ["aal1", "aal2", "highest_available"] as const satisfies readonly RequiredAal[];
export const ENROLMENT_MODES = ["off", "suggest", "date", "now"] as const satisfies readonly EnrolmentChoice["mode"][];
export const ENROLMENT_NOTICES = ["wall", "every", "once", "none"] as const satisfies readonly EnrolmentChoice["notice"][];

export function rowOf(path: PathRule): PathRow {
  return { prefix: path.prefix, level: path.requiredAal, minutes: minutesOf(path.maxAgeSeconds) };
}

export function operationRowOf(operation: OperationRule): OperationRow {
  return { name: operation.name, level: operation.requiredAal, minutes: minutesOf(operation.maxAgeSeconds), methods: operation.methods.join(" ") };
}

function minutesOf(seconds: number | null): string {
  return seconds === null ? "" : String(seconds / 60);
}

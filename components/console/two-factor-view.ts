export type Enforcement = "strict" | "lax";
export type PathLevel = "aal1" | "aal2" | "highest_available";

export interface PathView {
  readonly prefix: string;
  readonly requiredAal: PathLevel;
  readonly maxAgeSeconds: number | null;
}
export interface OperationView {
  readonly name: string;
  readonly requiredAal: PathLevel;
  readonly maxAgeSeconds: number | null;
  readonly methods: readonly string[];
}
export interface RevisionView {
  readonly number: number;
  readonly at: Date;
  readonly author: string;
  readonly comment: string | null;
  readonly summary: readonly string[];
}
export interface AdoptionView {
  readonly people: number;
  readonly withSecondFactor: number;
  readonly liveSessions: number;
  readonly liveSessionsToAsk: number;
}
export type EnrolmentMode = "off" | "suggest" | "date" | "now";
export type EnrolmentNotice = "none" | "once" | "every" | "wall";

/** One row of the form, as typed. */
export interface PathRow {
  readonly prefix: string;
  readonly level: PathLevel;
  readonly minutes: string;
}
export interface OperationRow {
  readonly name: string;
  readonly level: PathLevel;
  readonly minutes: string;
  /** Names with spaces between; empty: any. */
  readonly methods: string;
}
/** Enrolment as typed: the date as `2027-01-01`, UTC. */
export interface EnrolmentRow {
  readonly mode: EnrolmentMode;
  readonly from: string;
  readonly notice: EnrolmentNotice;
  readonly everyDays: string;
}
/** What the form holds; after a refusal it is the person's own choices that come back. */
export interface TwoFactorChoices {
  readonly signIn: Enforcement;
  readonly settings: Enforcement;
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

export const PATH_LEVELS = ["aal1", "aal2", "highest_available"] as const satisfies readonly PathLevel[];

export function rowOf(path: PathView): PathRow {
  return { prefix: path.prefix, level: path.requiredAal, minutes: minutesOf(path.maxAgeSeconds) };
}

export function operationRowOf(operation: OperationView): OperationRow {
  return { name: operation.name, level: operation.requiredAal, minutes: minutesOf(operation.maxAgeSeconds), methods: operation.methods.join(" ") };
}

function minutesOf(seconds: number | null): string {
  return seconds === null ? "" : String(seconds / 60);
}

export type Enforcement = "strict" | "lax";
export type PathLevel = "aal1" | "aal2" | "highest_available";

export interface PathView {
  readonly prefix: string;
  readonly requiredAal: PathLevel;
  readonly maxAgeSeconds: number | null;
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

/** One row of the form, as typed. */
export interface PathRow {
  readonly prefix: string;
  readonly level: PathLevel;
  readonly minutes: string;
}
/** What the form holds; after a conflict it is the person's own choices that come back. */
export interface TwoFactorChoices {
  readonly signIn: Enforcement;
  readonly settings: Enforcement;
  readonly paths: readonly PathRow[];
  readonly comment: string;
}
/** Answer of the action; a successful save is a redirect. Sentences are ready to show. */
export type TwoFactorAnswer =
  | { readonly kind: "none" }
  | {
      readonly kind: "conflict" | "invalid";
      readonly title: string;
      readonly text: string;
      readonly items: readonly string[];
      readonly choices: TwoFactorChoices;
      /** The revision to save on top of. */
      readonly expected: number;
      /** Differs for each answer, so that the form starts from these choices. */
      readonly stamp: string;
    };

export const PATH_LEVELS = ["aal1", "aal2", "highest_available"] as const satisfies readonly PathLevel[];

export function rowOf(path: PathView): PathRow {
  return { prefix: path.prefix, level: path.requiredAal, minutes: path.maxAgeSeconds === null ? "" : String(path.maxAgeSeconds / 60) };
}

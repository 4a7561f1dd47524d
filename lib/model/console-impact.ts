import type { LooseningKind } from "./loosening";
import type { AccessDecision, AccessRequirement, Area } from "./policy";

/* What a change of a project would do, and who is asked what: shown before anything is saved. */

/** What a change does to a session at its next request. */
export type ImpactEffect = "asked" | "must_enrol" | "released" | "unchanged";
export interface ImpactGroup {
  readonly level: string;
  /** What its people could prove under the changed policy. */
  readonly factors: readonly string[];
  readonly ageBucket: number;
  readonly sessions: number;
  readonly asked: number;
  readonly mustEnrol: number;
  readonly released: number;
}
export interface AreaImpact {
  readonly area: Area;
  /** Live sessions that pass there at once. */
  readonly before: number;
  readonly after: number;
}
export interface ImpactCount {
  /** As of when the numbers hold. */
  readonly at: Date;
  readonly sessions: { readonly total: number; readonly asked: number; readonly mustEnrol: number; readonly released: number };
  readonly people: {
    readonly total: number;
    /** Under the changed policy. */
    readonly withSecondFactor: number;
    readonly without: number;
    /** Of those without: for how many a sign-in from now on ends differently. */
    readonly withoutChanged: number;
    /** Own one that counts today and will not count any more. */
    readonly losing: number;
    /** Could begin a session today, and could not any more. */
    readonly shutOut: number;
  };
  readonly groups: readonly ImpactGroup[];
  /** Only where the numbers differ. */
  readonly areas: readonly AreaImpact[];
}
/** One person and what the change does to them. */
export interface PersonEffect {
  readonly identityId: string;
  readonly address: string;
  readonly isAdmin: boolean;
  readonly sessions: number;
  /** Null: no live session. */
  readonly effect: ImpactEffect | null;
}

/** In what a change asks for less than before. */
export interface LooseningNote {
  readonly kind: LooseningKind;
  readonly name: string;
}
/** What an admin should know before saving. `count` and `names` by kind. */
export interface DraftWarning {
  readonly kind:
    | "admins_without" | "no_second_factor" | "passkeys_stay_one" | "mail_none" | "mail_fails" | "file_differs" | "rp_changed_webauthn" | "rp_changed_passkey"
    | "losing" | "shut_out" | "same_channel" | "sms_none";
  readonly count: number;
  readonly names: readonly string[];
}
/** A line of a difference: kept, added or taken away. */
export interface DiffLine {
  readonly sign: " " | "+" | "-";
  readonly text: string;
}
/** Somebody saved since the draft was begun: what each wanted. */
export interface DraftClash {
  readonly current: number;
  readonly changedBy: string;
  readonly at: Date;
  readonly theirs: readonly string[];
  readonly yours: readonly string[];
}
/** What the draft would do if it were saved now. */
export interface DraftPreview {
  readonly changes: readonly string[];
  readonly diff: readonly DiffLine[];
  readonly loosenings: readonly LooseningNote[];
  readonly impact: ImpactCount;
  readonly you: PersonEffect | null;
  readonly admins: readonly PersonEffect[];
  readonly warnings: readonly DraftWarning[];
}

/** A decision, rule by rule. */
export interface DecisionTrace {
  readonly area: Area;
  /** Null: no rule covers this path, and nothing is asked. */
  readonly requirement: AccessRequirement | null;
  readonly decision: AccessDecision;
  readonly steps: readonly {
    readonly rule: "requirement" | "session" | "revoked" | "expired" | "method" | "enrolment" | "level" | "accepted_method" | "age" | "allow";
    /** `passed`: asked, and nothing against it. `decided`: here the answer was found. `not_reached`: never asked. */
    readonly state: "passed" | "decided" | "not_reached";
    /** What the rule looked at, plain values for words: levels, names of methods, whole seconds. */
    readonly facts: Readonly<Record<string, string | number | readonly string[]>>;
  }[];
}
/** A question to the simulator. `Time` and `Revision`: as typed, or as meant. */
export interface SimulationAsked<Time, Revision> {
  /** An id or the beginning of an address; empty: somebody made up. */
  readonly person: string;
  readonly first: string;
  readonly second: readonly string[];
  /** What the made-up session has proved. */
  readonly level: "none" | "aal1" | "aal2";
  readonly minutes: Time;
  readonly area: Area["kind"];
  /** The path or the operation. */
  readonly where: string;
  readonly policy: "live" | "draft" | "revision";
  readonly revision: Revision;
}
export type Simulation =
  | { readonly kind: "answer"; readonly person: string | null; readonly trace: DecisionTrace; readonly test: string; readonly revision: number | "draft" }
  | { readonly kind: "no_person" | "no_revision" | "no_draft" }
  | { readonly kind: "several"; readonly people: readonly { readonly id: string; readonly address: string }[] };

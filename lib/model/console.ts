import type { RequiredAal } from "./assurance";
import type { EnforcementModel } from "./policy";

/*
 * What a page of the console hands to its components: read in lib/http, drawn in components/console. Nothing secret is in any of
 * these. People are in console-people.ts, what a change would do in console-impact.ts.
 */

/** `owner` changes things, `support` looks at them. */
export type AdminRole = "owner" | "support";

/** A project as its pages name it. */
export interface ConsoleProject {
  readonly slug: string;
  readonly name: string;
}
export interface WorkspaceLine {
  readonly id: string;
  readonly name: string;
  readonly projects: readonly (ConsoleProject & { readonly kind: "app" | "console"; readonly url: string })[];
}

export interface RevisionEntry {
  readonly number: number;
  readonly at: Date;
  readonly author: string;
  readonly comment: string | null;
  /** Sentences. */
  readonly summary: readonly string[];
}
/** The visitor's own change that waits. */
export interface DraftNote {
  readonly changes: readonly string[];
  readonly at: Date;
  /** Somebody saved since it was begun. */
  readonly behind: boolean;
}
/** What is in force, for the banner, and what waits, for the bar. */
export interface ProjectFrame {
  readonly project: ConsoleProject;
  readonly revision: number;
  readonly signIn: EnforcementModel;
  readonly settings: EnforcementModel;
  readonly newest: RevisionEntry | null;
  readonly draft: DraftNote | null;
}

/** How many people have a second factor, and how many sessions Strict would meet. */
export interface AdoptionCount {
  readonly people: number;
  readonly withSecondFactor: number;
  readonly liveSessions: number;
  /** Below aal2, and their person owns a second factor. */
  readonly liveSessionsToAsk: number;
}
/** What to look at next. */
export type NextStep = "lax" | "no_mail" | "no_second_factor" | "nobody_enrolled" | "few_enrolled" | "draft" | "all_good";
/** Who won between the configuration file and the console. */
export interface FileStanding {
  /**
   * `applied`: what the file says is in force. `overridden_by_console`: the file is as it was, and somebody saved after it; their
   * configuration is in force until the file changes. `kept_last_good`: the file is wrong or gone, and changed nothing.
   */
  readonly state: "applied" | "kept_last_good" | "overridden_by_console";
  readonly path: string;
  readonly problems: readonly { readonly key: string; readonly reason: string }[];
  readonly appliedAt: Date | null;
}
/** What a card holds as YAML, and the command that sets it. */
export interface CardExport {
  readonly yaml: string;
  readonly command: string;
}

export interface PathRule {
  readonly prefix: string;
  readonly requiredAal: RequiredAal;
  readonly maxAgeSeconds: number | null;
}
export interface OperationRule {
  readonly name: string;
  readonly requiredAal: RequiredAal;
  readonly maxAgeSeconds: number | null;
  /** Empty: any. */
  readonly methods: readonly string[];
}
export interface EnrolmentChoice {
  readonly mode: "off" | "suggest" | "date" | "now";
  /** With `date`: RFC 3339, else empty. */
  readonly from: string;
  /** How people are told after a success; `wall`: by the page that comes with the mode. */
  readonly notice: "none" | "once" | "every" | "wall";
  /** With `every`. */
  readonly everyDays: number;
}

/** Factors that the Methods page switches. */
export type SwitchedFactor = "password" | "totp" | "lookup_secret" | "webauthn" | "passkey" | "code";
/** Which factors there are, and what each needs. */
export interface MethodSwitches {
  readonly password: boolean;
  readonly totp: boolean;
  readonly issuer: string;
  readonly lookupSecret: boolean;
  readonly webauthn: "off" | "second" | "first";
  readonly webauthnRpId: string;
  readonly passkey: boolean;
  readonly passkeyCounts: boolean;
  readonly passkeyRpId: string;
  readonly code: "off" | "second" | "first";
}
/** What stands beside the switches. */
export interface MethodFacts {
  /** How many people have each: what a switch or another host takes away. */
  readonly owners: Readonly<Record<SwitchedFactor, number>>;
  /** What the keys fall back to when the two fields are empty. */
  readonly rpId: Readonly<Record<"webauthn" | "passkey", string>>;
  readonly senders: Senders;
  readonly providers: readonly string[];
}
/** What can leave an installation for a project. */
export interface Senders {
  readonly mail: boolean;
  readonly sms: boolean;
}

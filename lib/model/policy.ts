import type { AssuranceLevel, AuthenticationMethod, FactorId, RequiredAal } from "./assurance";

/** Strict is `highest_available` on the wire, Lax is `aal1`. */
export type EnforcementModel = "strict" | "lax";

export interface AccessRequirement {
  readonly aal: RequiredAal;
  /** Seconds since a method of the demanded level was completed; absent: any time in the session. */
  readonly maxAgeSeconds?: number;
  /** Which methods may prove the demanded level; absent: any. */
  readonly methods?: readonly FactorId[];
  /** Must own a usable second factor, unless the session already stands at aal2. */
  readonly enrolled?: boolean;
}

export type EnrolmentPolicy =
  | { readonly mode: "optional" | "nudge" | "required" }
  | { readonly mode: "required-from-date"; readonly from: Date };

export interface ProtectedPath {
  readonly prefix: string;
  readonly requirement: AccessRequirement;
}

export interface ProjectPolicy {
  /** wire: session.whoami.required_aal */
  readonly signIn: EnforcementModel;
  /** wire: selfservice.flows.settings.required_aal */
  readonly settings: EnforcementModel;
  /** wire: selfservice.flows.settings.privileged_session_max_age */
  readonly privilegedMaxAgeSeconds: number;
  readonly protectedPaths: readonly ProtectedPath[];
  readonly operations: Readonly<Record<string, AccessRequirement>>;
  readonly enrolment: EnrolmentPolicy;
}

export type Area =
  | { readonly kind: "session" }
  | { readonly kind: "settings" }
  | { readonly kind: "privileged_change"; readonly recovered?: boolean }
  | { readonly kind: "factor_change" }
  /** `wayIn`: where people sign in, register or get back in; no rule of a path covers it. */
  | { readonly kind: "path"; readonly pathname: string; readonly wayIn?: true }
  | { readonly kind: "operation"; readonly name: string };

export interface SessionFacts {
  readonly methods: readonly AuthenticationMethod[];
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

export interface UsableMethod {
  readonly method: FactorId;
  readonly aal: "aal1" | "aal2";
}

export interface SubjectFacts {
  readonly availableAal: AssuranceLevel;
  /** What the person could prove now, and the level each would earn. */
  readonly usable: readonly UsableMethod[];
}

export type AccessDecision =
  | { readonly kind: "allow"; readonly aal: AssuranceLevel }
  | { readonly kind: "sign_in"; readonly reason: "no_session" | "session_expired" | "session_revoked" | "no_method" }
  | { readonly kind: "step_up"; readonly to: "aal2"; readonly reason: "aal_too_low" }
  | {
      readonly kind: "reauthenticate";
      readonly to: "aal1" | "aal2";
      readonly reason: "authentication_too_old" | "method_not_accepted";
    }
  | { readonly kind: "enroll"; readonly reason: "no_second_factor" | "no_accepted_factor" | "enrolment_required" };

/** Where a person stands; derived from the decision for the session area, never stored. */
export type SignInState = "signed_out" | "second_factor_pending" | "enrolment_pending" | "signed_in";

export type EnrolmentState =
  | { readonly kind: "satisfied" | "optional" | "nudge" | "overdue" }
  | { readonly kind: "due"; readonly at: Date };

/** How many usable first and second factors some credentials amount to. */
export interface FactorCount {
  readonly first: number;
  readonly second: number;
}

import type { AccessDecision, SignInState } from "../model/policy";

/** Where a person stands, read off the decision for the `session` area. Derived each time, never stored. */
export function signInState(decision: AccessDecision): SignInState {
  switch (decision.kind) {
    case "allow":
      return "signed_in";
    case "sign_in":
      return "signed_out";
    case "enroll":
      return "enrolment_pending";
    case "step_up":
    case "reauthenticate":
      return "second_factor_pending";
  }
}

import type { RequiredAal } from "../model/assurance";
import type { EnforcementModel } from "../model/policy";

/** The two values that `session.whoami.required_aal` and `selfservice.flows.settings.required_aal` know. */
export type WireRequiredAal = "aal1" | "highest_available";

/** Strict asks for the highest level the person *has*; Lax is content with `aal1`. */
export function requiredAalOf(model: EnforcementModel): RequiredAal {
  return model === "lax" ? "aal1" : "highest_available";
}

/** The model behind a wire value: `highest_available` is Strict, `aal1` is Lax. */
export function enforcementOf(wire: WireRequiredAal): EnforcementModel {
  return wire === "aal1" ? "lax" : "strict";
}

import type { SettingsOutcome } from "../factors/factor";
import { planTraitChange } from "../identities/traits";
import { applyTraitPlan } from "../identities/update";
import type { JsonObject } from "../model/identity";
import type { Message } from "../model/message";
import type { Address } from "../model/owned-address";
import type { Area } from "../model/policy";
import type { SessionView } from "../sessions/read";
import type { FlowRequest } from "./request";

export type ProfileChange =
  | { readonly kind: "rejected"; readonly problems: readonly { readonly field: string; readonly message: Message }[] }
  | {
      readonly kind: "change"; readonly area: Area;
      readonly outcome: Extract<SettingsOutcome, { kind: "changed" }>;
      /** The addresses that can be verified once it is saved. */
      readonly verifiable: readonly Address[];
      /** The traits as they would be: what hooks are told. */
      readonly proposed: JsonObject;
    };

/**
 * New traits against the schema, and which guard they stand behind: an address that identifies, verifies or recovers is
 * guarded like a factor (Differs from Kratos: ADR 0004), whatever its trait is called; any other text needs only the settings area.
 */
export function profileChange(view: SessionView, payload: JsonObject, request: FlowRequest): ProfileChange {
  const plan = planTraitChange(view.identity, payload["traits"] ?? {}, request.project);
  if (!plan.ok) return { kind: "rejected", problems: plan.problems };
  return {
    kind: "change",
    verifiable: plan.facts.verifiable,
    proposed: plan.change.traits ?? view.identity.traits,
    area: plan.touchesAddresses ? { kind: "factor_change" } : { kind: "settings" },
    outcome: {
      kind: "changed", completed: null, action: plan.touchesAddresses ? "address.changed" : "profile.changed", revokesOthers: false,
      commit: async (tx) => plan.unchanged || (await applyTraitPlan(tx, view.identity.id, plan, request.now)) !== null,
    },
  };
}

import { constantTimeEqual } from "../../crypto/token";
import type { JsonObject, JsonValue } from "../../model/identity";
import type { LookupCredential } from "../../model/credential";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, Prepared, Rejected, SettingsCapability, SettingsOutcome, SettingsStep } from "../factor";
import { normaliseLookupCode } from "./codes";
import { findLookup } from "./credential";
import { emptyNodes, hashedNodes, pendingNodes, revealableNodes, revealedNodes } from "./nodes";
import { makePendingSet, openCodes, type PendingSet } from "./pending";

export const lookupSettings: SettingsCapability = { area: "factor_change", nodes, submit };

/** Unconfirmed codes stay on the screen until they are confirmed or the flow ends; otherwise what is stored decides. */
async function nodes(step: SettingsStep, ctx: FactorContext): Promise<Prepared> {
  const pending = step.flow.internal.lookup_secret;
  if (pending !== undefined) {
    return { nodes: pendingNodes(openCodes(pending.codes.map((code) => code.sealed), step.identity.id, ctx), pending.confirmPosition) };
  }
  const set = findLookup(step.credentials);
  if (set === null) return { nodes: emptyNodes() };
  return { nodes: isRevealable(set, ctx) ? revealableNodes() : hashedNodes(set) };
}

async function submit(step: SettingsStep, payload: JsonObject, ctx: FactorContext): Promise<SettingsOutcome> {
  if (isPressed(payload, "lookup_secret_confirm")) return confirm(step, payload, ctx);
  if (isPressed(payload, "lookup_secret_regenerate")) return regenerate(step, ctx);
  if (isPressed(payload, "lookup_secret_reveal")) return reveal(step, ctx);
  if (isPressed(payload, "lookup_secret_disable")) return disable(step);
  return { kind: "rejected", messages: [say.noSettingsMethod()], counts: false };
}

/** Nothing is stored: the old set signs its owner in until the new one is confirmed (J2). */
async function regenerate(step: SettingsStep, ctx: FactorContext): Promise<SettingsOutcome> {
  const { pending, clear } = await makePendingSet(step.identity.id, ctx);
  return {
    kind: "shown",
    prepared: { nodes: pendingNodes(clear, pending.confirmPosition), internal: { lookup_secret: pending } },
  };
}

/** One transaction replaces the old set by the new one (security.md T18). In `hashed` mode no sealed code is kept. */
async function confirm(step: SettingsStep, payload: JsonObject, ctx: FactorContext): Promise<SettingsOutcome> {
  const pending = step.flow.internal.lookup_secret;
  if (pending === undefined) return refused("recovery_codes_not_pending");
  const typed = textOf(payload, "lookup_secret_confirm_code");
  if (typed !== null && !isAskedCode(typed, pending, step, ctx)) {
    return { kind: "rejected", messages: [say.lookupWrong()], field: "lookup_secret_confirm_code", counts: false };
  }
  const identityId = step.identity.id;
  return {
    kind: "changed",
    completed: { method: "lookup_secret", aal: "aal2", completedAt: ctx.now },
    commit: async (tx) => {
      await tx.deleteCredentials(identityId, "lookup_secret");
      await tx.insertCredential(identityId, {
        type: "lookup_secret",
        storage: pending.storage,
        salt: pending.salt,
        codes: pending.codes.map(({ digest, sealed }) => ({ digest, sealed: pending.storage === "revealable" ? sealed : null })),
        enrolledAal: step.sessionAal,
        at: ctx.now,
      });
      return true;
    },
    action: findLookup(step.credentials) === null ? "factor.added" : "factor.replaced",
    revokesOthers: false,
    forget: ["lookup_secret"],
  };
}

async function reveal(step: SettingsStep, ctx: FactorContext): Promise<SettingsOutcome> {
  const set = findLookup(step.credentials);
  if (set === null) return refused("no_recovery_codes_to_show");
  if (!isRevealable(set, ctx)) return refused("recovery_codes_hidden");
  const clear = openCodes(set.codes.map((code) => code.sealed ?? ""), step.identity.id, ctx);
  return { kind: "shown", prepared: { nodes: revealedNodes(set, clear) }, action: "recovery_codes.revealed" };
}

function disable(step: SettingsStep): SettingsOutcome {
  if (findLookup(step.credentials) === null) return { kind: "rejected", messages: [say.noLookup()], counts: false };
  return {
    kind: "changed",
    completed: null,
    commit: async (tx) => (await tx.deleteCredentials(step.identity.id, "lookup_secret")) > 0,
    action: "factor.removed",
    revokesOthers: true,
    forget: ["lookup_secret"],
  };
}

/** Both the project and the stored set must allow it; switching a project to `hashed` hides old sets at once. */
function isRevealable(set: LookupCredential, ctx: FactorContext): boolean {
  return ctx.config.lookup_secret.storage === "revealable" && set.storage === "revealable"
    && set.codes.every((code) => code.sealed !== null);
}

function isAskedCode(typed: string, pending: PendingSet, step: SettingsStep, ctx: FactorContext): boolean {
  const asked = openCodes(pending.codes.map((code) => code.sealed), step.identity.id, ctx)[pending.confirmPosition];
  return asked !== undefined && constantTimeEqual(normaliseLookupCode(typed), normaliseLookupCode(asked));
}

/** JSON `true`, or the text of the button. */
function isPressed(payload: JsonObject, name: string): boolean {
  const value: JsonValue | undefined = Object.hasOwn(payload, name) ? payload[name] : undefined;
  return value === true || value === "true";
}

function refused(reason: "recovery_codes_not_pending" | "no_recovery_codes_to_show" | "recovery_codes_hidden"): Rejected {
  return { kind: "rejected", messages: [say.generic(reason)], counts: false };
}

import type { JsonObject } from "../../model/identity";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, LoginCapability, LoginOutcome, LoginStep, Prepared } from "../factor";
import { findLookupCode, normaliseLookupCode, unusedCodes } from "./codes";
import { findLookup, isUsable } from "./credential";
import { loginNodes } from "./nodes";

export const lookupLogin: LoginCapability = { levels: ["second"], typed: true, nodes, submit };

/** No code ever issued or imported is longer; more is not worth a hash. */
const MAX_CHARACTERS = 128;

async function nodes(step: LoginStep): Promise<Prepared> {
  return { nodes: step.level === "second" && isUsable(findLookup(step.credentials)) ? loginNodes() : [] };
}

/** A used code is told apart from an unknown one (contract 5.6), but only after the first factor; both count. */
async function submit(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  const set = findLookup(step.credentials);
  if (step.identity === null || set === null) {
    return { kind: "rejected", messages: [say.noLookup()], counts: false };
  }
  const typed = textOf(payload, "lookup_secret");
  if (typed === null || normaliseLookupCode(typed) === "") {
    return { kind: "rejected", messages: [say.missing("lookup_secret")], field: "lookup_secret", counts: false };
  }
  const code = typed.length > MAX_CHARACTERS ? null : await findLookupCode(typed, set, ctx);
  if (code === null) return { kind: "rejected", messages: [say.lookupWrong()] };
  if (code.usedAt !== null) return { kind: "rejected", messages: [say.lookupUsed()] };
  return {
    kind: "authenticated",
    identityId: step.identity.id,
    method: { method: "lookup_secret", aal: "aal2", completedAt: ctx.now },
    commit: async (tx) => {
      if (!(await tx.consumeLookupCode(code.id, ctx.now))) return false;
      await tx.touchCredential(set.id, ctx.now);
      return true;
    },
    notice: { recoveryCodesLeft: unusedCodes(set).length - 1 },
  };
}

import type { LoginFlow } from "../../model/flow";
import type { JsonObject } from "../../model/identity";
import { readAddress } from "../../wire/identity-schema";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { ChallengeSent, FactorContext, LoginCapability, LoginOutcome, LoginStep, Prepared } from "../factor";
import { acceptableAddresses, servesLevel } from "./addresses";
import { offeredAddresses, schemaTitle } from "./offer";
import { addressNodes, identifierNodes } from "./nodes";
import { challenge, sendAtFirst, sendAtSecond } from "./send";
import { hasCode, refused, wantsAnother } from "./typed";
import { verify } from "./verify";

export const codeLogin: LoginCapability = { levels: ["first", "second"], typed: true, nodes, subjectOf, submit, atCreation };

async function nodes(step: LoginStep, ctx: FactorContext): Promise<Prepared> {
  if (!servesLevel(step.level, ctx.config)) return { nodes: [] };
  if (step.level === "second") return { nodes: addressNodes(offeredAddresses(step, ctx)) };
  const choose = step.identity !== null && ctx.project.config.features.refreshLoginChooseAddress;
  const known = choose ? acceptableAddresses(step, ctx.config) : [];
  return { nodes: known.length > 0 ? addressNodes(known) : identifierNodes(schemaTitle(ctx)) };
}

/** The address the code went to: whatever a submission says beside it, tries are counted against that person. Asking for a code guesses nothing, and neither does a code in a flow that sent none. */
function subjectOf(payload: JsonObject, flow?: LoginFlow): string | null {
  return wantsAnother(payload) || !hasCode(payload) ? null : flow?.internal.code?.value ?? null;
}

/** Order: 1 another code is asked for · 2 a code was typed · 3 nothing was typed where a code was awaited · 4 the first code is asked for. */
async function submit(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  if (!servesLevel(step.level, ctx.config)) return refused(null, say.noLoginMethod());
  if (!wantsAnother(payload)) {
    if (hasCode(payload)) return verify(step, payload, ctx);
    if (step.flow.state === "sent_email" && !namesAnother(step, payload)) return refused("code", say.missing("code"));
  }
  return step.level === "first" ? sendAtFirst(step, payload, ctx) : sendAtSecond(step, payload, ctx);
}

/** A button of an address, or another name than the one the code went to. */
function namesAnother({ flow }: LoginStep, payload: JsonObject): boolean {
  if (textOf(payload, "address") !== null) return true;
  const typed = textOf(payload, "identifier");
  return typed !== null && (readAddress(typed)?.value ?? typed) !== flow.internal.code?.value;
}

/** One address and nothing else to choose: the code is sent as the step begins. */
async function atCreation(step: LoginStep, ctx: FactorContext): Promise<ChallengeSent | null> {
  if (step.level !== "second" || step.identity === null || !servesLevel("second", ctx.config)) return null;
  const [only, ...more] = offeredAddresses(step, ctx);
  return only === undefined || more.length > 0 ? null : challenge(step, only, step.identity, ctx);
}

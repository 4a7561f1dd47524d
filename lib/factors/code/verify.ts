import { isCodeOf } from "../../crypto/one-time-code";
import type { CodePurpose, OneTimeCode, ProjectDb } from "../../db/handles";
import type { FlowId, IdentityId } from "../../model/ids";
import type { JsonObject } from "../../model/identity";
import { sameAddress } from "../../model/owned-address";
import { readAddress } from "../../wire/identity-schema";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, LoginOutcome, LoginStep, Rejected } from "../factor";
import { acceptableAddresses, addressesOf } from "./addresses";
import { typedDigits } from "./typed";

/** One answer for a wrong code, a used or old one, another flow's, another person's, and one for nobody. */
const WRONG = (): Rejected => ({ kind: "rejected", messages: [say.loginCodeWrong()] });

/**
 * The flow's live code against what was typed. The commit spends it: of two requests one passes, and only while the person is active
 * and the address is still theirs. Whoever reads a code at an address has proved the address.
 */
export async function verify(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  const typed = typedDigits(payload);
  if (typed.kind === "rejected") return typed;
  const purpose = step.level === "first" ? "login" : "second_factor";
  const live = await liveCode(step.flow.id, purpose, typed.digits, ctx);
  // No code was sent: nothing was guessed, and nobody's tries are used up. It looks and costs the same for everybody.
  if (step.flow.internal.code === undefined) return { ...WRONG(), counts: false };
  if (live === null || !isMeant(step, live, payload)) return WRONG();
  if (step.level === "second" && !acceptableAddresses(step, ctx.config).some((one) => sameAddress(one, live))) return WRONG();
  const identityId = step.level === "second" ? step.identity?.id ?? null : live.identityId;
  if (identityId === null || identityId !== live.identityId) return WRONG();
  return {
    kind: "authenticated",
    identityId,
    method: {
      method: "code", aal: step.level === "first" ? "aal1" : "aal2", completedAt: ctx.now,
      ...(live.addressId === null ? {} : { addressId: live.addressId }),
    },
    commit: (tx) => spend(tx, live, identityId, ctx),
  };
}

/** The live code of a flow if these are its digits. A flow without one costs the same. */
export async function liveCode(flowId: FlowId, purpose: CodePurpose, digits: string, ctx: FactorContext): Promise<OneTimeCode | null> {
  const live = await ctx.db.findLiveCode(flowId, ctx.now);
  const place = { projectId: ctx.project.row.id, flowId, purpose, via: live?.via ?? "email", value: live?.value ?? "" };
  const matches = isCodeOf(ctx.keys, place, live?.mac ?? "", digits);
  return live !== null && matches && live.purpose === purpose ? live : null;
}

/** A name beside the code that is not the one it was sent to makes it wrong: nobody tries one person's code under another's name. */
function isMeant({ flow }: LoginStep, live: OneTimeCode, payload: JsonObject): boolean {
  const typed = textOf(payload, "identifier") ?? textOf(payload, "address");
  const sent = flow.internal.code;
  return sent !== undefined && sameAddress(sent, live) && (typed === null || readAddress(typed)?.value === live.value);
}

async function spend(tx: ProjectDb, live: OneTimeCode, identityId: IdentityId, ctx: FactorContext): Promise<boolean> {
  if (!(await tx.consumeOneTimeCode(live.id, ctx.now))) return false;
  const account = await tx.findAccount(identityId);
  if (account?.identity.state !== "active") return false;
  if (!addressesOf(account.credentials, ctx.config, account.identity).some((one) => sameAddress(one, live))) return false;
  const row = account.identity.verifiableAddresses.find((address) => sameAddress(address, live));
  if (row !== undefined && !row.verified) await tx.markVerified(identityId, row.id, row.value, ctx.now);
  return true;
}

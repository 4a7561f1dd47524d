import type { JsonObject } from "../../model/identity";
import { say } from "../../wire/message";
import type { FactorContext, LoginCapability, LoginOutcome, LoginStep, Prepared, Rejected } from "../factor";
import { findTotp } from "./credential";
import { loginNodes } from "./nodes";
import { totpBinding } from "./secret";
import { typedCode } from "./typed-code";
import { verifyTotp } from "./verify";

export const totpLogin: LoginCapability = { levels: ["second"], typed: true, nodes, submit };

async function nodes(step: LoginStep): Promise<Prepared> {
  return { nodes: step.level === "second" && findTotp(step.credentials) !== null ? loginNodes() : [] };
}

/**
 * The secret is that of the step's person, never of a name in the payload (security.md T5), and is open only here. A
 * code of a used step is refused like any wrong one and counts; of two requests with one code the commit lets one pass.
 */
async function submit(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  const credential = findTotp(step.credentials);
  if (step.identity === null || credential === null) return notSetUp();
  const typed = typedCode(payload);
  if (typed.kind === "rejected") return typed;
  const secret = ctx.keys.open("totp", credential.sealedSecret, totpBinding(step.identity.id));
  const usedStep = await verifyTotp(secret, typed.digits, credential.lastStep, ctx.now);
  if (usedStep === null) return { kind: "rejected", messages: [say.totpWrong()] };
  return {
    kind: "authenticated",
    identityId: step.identity.id,
    method: { method: "totp", aal: "aal2", completedAt: ctx.now },
    commit: (tx) => tx.consumeTotpStep(credential.id, usedStep, ctx.now),
  };
}

function notSetUp(): Rejected {
  return { kind: "rejected", messages: [say.noTotp()], counts: false };
}

import type { JsonObject, JsonValue } from "../../model/identity";
import { say } from "../../wire/message";
import type { FactorContext, Prepared, Rejected, SettingsCapability, SettingsOutcome, SettingsStep } from "../factor";
import { findTotp } from "./credential";
import { enrolmentNodes, unlinkNode } from "./nodes";
import { newTotpSecret, totpAccountName, totpBinding, totpPicture, totpUri } from "./secret";
import { typedCode } from "./typed-code";
import { verifyTotp } from "./verify";

export const totpSettings: SettingsCapability = { area: "factor_change", nodes, submit };

/**
 * An app that is set up can only be removed. Without one a secret is proposed: it stays in the flow, sealed, so a reload or a wrong code shows the same picture, and counts for nothing until it is proved.
 */
async function nodes(step: SettingsStep, ctx: FactorContext): Promise<Prepared> {
  const existing = findTotp(step.credentials);
  if (existing !== null) return { nodes: [unlinkNode()] };
  const binding = totpBinding(step.identity.id);
  const pending = step.flow.internal.totp?.sealedSecret;
  const secret = pending === undefined ? newTotpSecret() : ctx.keys.open("totp", pending, binding);
  const uri = totpUri(ctx.config.totp.issuer, totpAccountName(step.facts, step.identity.id), secret);
  return {
    nodes: enrolmentNodes(await totpPicture(uri), secret, uri),
    internal: { totp: { sealedSecret: pending ?? ctx.keys.seal("totp", secret, binding) } },
  };
}

/** Only an explicit `totp_unlink: true` removes (J17); whatever else arrives leaves a working app in place. */
async function submit(step: SettingsStep, payload: JsonObject, ctx: FactorContext): Promise<SettingsOutcome> {
  const existing = findTotp(step.credentials);
  const unlink = Object.hasOwn(payload, "totp_unlink") ? payload["totp_unlink"] : undefined;
  if (isExplicitTrue(unlink)) return existing === null ? refused("totp_not_set_up") : removal(step);
  if (existing !== null) {
    return unlink === undefined && Object.hasOwn(payload, "totp_code")
      ? refused("totp_already_set_up")
      : { kind: "rejected", messages: [say.missing("totp_unlink")], field: "totp_unlink", counts: false };
  }
  return enrolment(step, payload, ctx);
}

function removal(step: SettingsStep): SettingsOutcome {
  return {
    kind: "changed",
    completed: null,
    commit: async (tx) => (await tx.deleteCredentials(step.identity.id, "totp")) > 0,
    action: "factor.removed",
    revokesOthers: true,
    forget: ["totp"],
  };
}

/** The code that proves the secret is burnt with it: its step is stored as used (RFC 6238, 5.2). */
async function enrolment(step: SettingsStep, payload: JsonObject, ctx: FactorContext): Promise<SettingsOutcome> {
  const typed = typedCode(payload);
  if (typed.kind === "rejected") return typed;
  const sealedSecret = step.flow.internal.totp?.sealedSecret;
  if (sealedSecret === undefined) return refused("changed_meanwhile");
  const identityId = step.identity.id;
  const secret = ctx.keys.open("totp", sealedSecret, totpBinding(identityId));
  const usedStep = await verifyTotp(secret, typed.digits, null, ctx.now);
  if (usedStep === null) return { kind: "rejected", messages: [say.totpWrong()], field: "totp_code" };
  return {
    kind: "changed",
    completed: { method: "totp", aal: "aal2", completedAt: ctx.now },
    commit: async (tx) => {
      if (findTotp(await tx.listCredentials(identityId)) !== null) return false;
      await tx.insertCredential(identityId, {
        type: "totp", sealedSecret, lastStep: usedStep, enrolledAal: step.sessionAal, at: ctx.now,
      });
      return true;
    },
    action: "factor.added",
    revokesOthers: false,
    forget: ["totp"],
  };
}

/** JSON `true`, or the text of the button. */
function isExplicitTrue(value: JsonValue | undefined): boolean {
  return value === true || value === "true";
}

function refused(reason: "totp_not_set_up" | "totp_already_set_up" | "changed_meanwhile"): Rejected {
  return { kind: "rejected", messages: [say.generic(reason)], counts: false };
}

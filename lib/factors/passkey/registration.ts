import type { Ceremony, RegistrationFlow } from "../../model/flow";
import type { IdentityId } from "../../model/ids";
import type { Message } from "../../model/message";
import { randomId } from "../../crypto/token";
import { pendingOr } from "../../webauthn/ceremony";
import { isKnownKey, newDocument, proposedName } from "../../webauthn/enrol";
import { creationOptions, verifyRegistration } from "../../webauthn/registration";
import { identityOfHandle, userHandleOf } from "../../webauthn/user-handle";
import { nameFields } from "../../wire/account-name";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, Prepared, Rejected, RegistrationCapability } from "../factor";
import { newChallenge } from "./keys";
import { registrationNodes } from "./nodes";

/** An account that begins with a passkey. The ceremony fixes the person's id: it is the user handle that the passkey keeps (W15, W16). */
export const passkeyRegistration: RegistrationCapability = {
  nodes,

  async submit(flow, payload, _traits, ctx) {
    const text = textOf(payload, "passkey_register");
    if (text === null) return refused(say.missing("passkey_register"));
    const ceremony = flow.internal.passkey;
    const identityId = identityOfHandle(ceremony?.userHandle ?? "");
    if (ceremony === undefined || identityId === null) return wrong(flow, ctx);
    const verified = await verifyRegistration(text, { rp: ctx.config.passkey.rp, ceremony }, ctx.now);
    if (!verified.ok) return wrong(flow, ctx);
    const { key } = verified;
    if (await isKnownKey(ctx.db, key.id)) return wrong(flow, ctx, say.generic("key_known"));
    return {
      kind: "registered",
      method: { method: "passkey", aal: "aal1", completedAt: ctx.now },
      identityId,
      commit: async (tx, created) => {
        // The challenge ends with its flow, which completes once, in this transaction.
        if (created !== identityId || await isKnownKey(tx, key.id)) return false;
        const place = { projectId: ctx.project.row.id, identityId, type: "passkey" as const };
        const facts = { name: proposedName(key, "Passkey", []), passwordless: true };
        await tx.insertCredential(identityId, {
          type: "passkey", slot: key.id, identifiers: [key.id], at: ctx.now, document: newDocument(key, facts, place, ctx.keys, ctx.now),
        });
        return true;
      },
    };
  },
};

async function nodes(flow: RegistrationFlow, ctx: FactorContext): Promise<Prepared> {
  const { rp, userVerification, residentKey, attachment, timeoutMs } = ctx.config.passkey;
  const pending = flow.internal.passkey;
  const userHandle = pending?.userHandle ?? userHandleOf(randomId() as IdentityId);
  const terms: Pick<Ceremony, "userVerification"> & { readonly userHandle: string } = { userVerification, userHandle };
  const ceremony = { ...pendingOr(pending, terms, newChallenge, ctx.now), userHandle };
  const options = await creationOptions({ rp, ceremony, userName: rp.displayName, known: [], residentKey, attachment, timeoutMs });
  return {
    nodes: registrationNodes({ project: ctx.project, transport: flow.type }, options, nameFields(ctx.project).fields), internal: { passkey: ceremony },
  };
}

async function wrong(flow: RegistrationFlow, ctx: FactorContext, message: Message = say.generic("key_refused")): Promise<Rejected> {
  const { passkey: _answered, ...internal } = flow.internal;
  return { kind: "rejected", messages: [message], prepared: await nodes({ ...flow, internal }, ctx) };
}

function refused(message: Message): Rejected {
  return { kind: "rejected", messages: [message], counts: false };
}

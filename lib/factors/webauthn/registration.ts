import type { RegistrationFlow } from "../../model/flow";
import type { IdentityId } from "../../model/ids";
import type { Message } from "../../model/message";
import { randomId } from "../../crypto/token";
import { pendingOr } from "../../webauthn/ceremony";
import { isKnownKey, newDocument } from "../../webauthn/enrol";
import { creationOptions, verifyRegistration } from "../../webauthn/registration";
import { identityOfHandle, userHandleOf } from "../../webauthn/user-handle";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, Prepared, Rejected, RegistrationCapability } from "../factor";
import { TIMEOUT_MS } from "./ask";
import { newChallenge } from "./keys";
import { readKeyName } from "./name";
import { freeNames } from "./names";
import { registrationNodes } from "./nodes";

/** An account whose only way in is a key: where the project uses keys without a password (contract 5.7). */
export const webauthnRegistration: RegistrationCapability = {
  nodes,

  async submit(flow, payload, { facts }, ctx) {
    if (flow.type === "api" || !ctx.config.webauthn.passwordless) return refused(say.noRegistrationMethod());
    const text = textOf(payload, "webauthn_register");
    if (text === null) return refused(say.missing("webauthn_register"));
    const named = readKeyName(payload, "webauthn_register_displayname");
    if (named.kind === "rejected") return named;
    const ceremony = flow.internal.webauthn;
    const identityId = identityOfHandle(ceremony?.userHandle ?? "");
    if (ceremony === undefined || identityId === null) return wrong(flow, ctx);
    const verified = await verifyRegistration(text, { rp: ctx.config.webauthn.rp, ceremony }, ctx.now);
    if (!verified.ok) return wrong(flow, ctx);
    const { key } = verified;
    if (await isKnownKey(ctx.db, key.id)) return wrong(flow, ctx, say.generic("key_known"));
    return {
      kind: "registered",
      method: { method: "webauthn", aal: "aal1", completedAt: ctx.now },
      identityId,
      commit: async (tx, created) => {
        // The challenge ends with its flow, which completes once, in this transaction.
        if (created !== identityId || await isKnownKey(tx, key.id)) return false;
        const place = { projectId: ctx.project.row.id, identityId, type: "webauthn" as const };
        await tx.insertCredential(identityId, {
          type: "webauthn", slot: key.id, identifiers: [key.id, ...(await freeNames(tx, facts.identifiers))], at: ctx.now,
          document: newDocument(key, { name: named.name, passwordless: true }, place, ctx.keys, ctx.now),
        });
        return true;
      },
    };
  },
};

async function nodes(flow: RegistrationFlow, ctx: FactorContext): Promise<Prepared> {
  const { rp, passwordless } = ctx.config.webauthn;
  if (flow.type === "api" || !passwordless) return { nodes: [] };
  const pending = flow.internal.webauthn;
  const userHandle = pending?.userHandle ?? userHandleOf(randomId() as IdentityId);
  const ceremony = { ...pendingOr(pending, { userVerification: "discouraged", userHandle }, newChallenge, ctx.now), userHandle };
  const options = await creationOptions({
    rp, ceremony, userName: rp.displayName, known: [], residentKey: "preferred", attachment: null, timeoutMs: TIMEOUT_MS,
  });
  return { nodes: registrationNodes(ctx.project, options), internal: { webauthn: ceremony } };
}

async function wrong(flow: RegistrationFlow, ctx: FactorContext, message: Message = say.generic("key_refused")): Promise<Rejected> {
  const { webauthn: _answered, ...internal } = flow.internal;
  return { kind: "rejected", messages: [message], prepared: await nodes({ ...flow, internal }, ctx) };
}

function refused(message: Message): Rejected {
  return { kind: "rejected", messages: [message], counts: false };
}


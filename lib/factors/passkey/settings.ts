import type { JsonObject } from "../../model/identity";
import type { Message } from "../../model/message";
import { pendingOr } from "../../webauthn/ceremony";
import { claimKey, isKnownKey, newDocument, proposedName } from "../../webauthn/enrol";
import { MAX_NAME_LENGTH, readName } from "../../webauthn/key-name";
import { changedKey, isIntact, keysOf, sealKey } from "../../webauthn/key-record";
import type { KeyPlace, OwnedKey } from "../../webauthn/key-record";
import { creationOptions, verifyRegistration } from "../../webauthn/registration";
import { userHandleOf } from "../../webauthn/user-handle";
import { mayPartWith } from "../../webauthn/ways-in";
import { accountName } from "../../wire/account-name";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, Prepared, Rejected, SettingsCapability, SettingsOutcome, SettingsStep } from "../factor";
import { knownKeys, newChallenge } from "./keys";
import { hexOf, settingsNodes } from "./nodes";

export const passkeySettings: SettingsCapability = { area: "factor_change", nodes, submit };

/** Their passkeys, each with a button that removes it, and the options that add one. */
async function nodes(step: SettingsStep, ctx: FactorContext): Promise<Prepared> {
  const { rp, userVerification, residentKey, attachment, timeoutMs } = ctx.config.passkey;
  const userHandle = userHandleOf(step.identity.id);
  const ceremony = { ...pendingOr(step.flow.internal.passkey, { userVerification, userHandle }, newChallenge, ctx.now), userHandle };
  const options = await creationOptions({
    rp, ceremony, userName: accountName(ctx.project, step.identity), known: knownKeys(keysOf(step.credentials)), residentKey, attachment, timeoutMs,
  });
  return {
    nodes: settingsNodes({ project: ctx.project, transport: step.flow.type }, keysOf(step.credentials, "passkey"), options, (one) => mayPartWith(one, step, ctx.config)),
    internal: { passkey: ceremony },
  };
}

/** Order: remove, rename, add. Forms send the other fields empty. */
async function submit(step: SettingsStep, payload: JsonObject, ctx: FactorContext): Promise<SettingsOutcome> {
  const remove = textOf(payload, "passkey_remove");
  if (remove !== null) return removal(step, remove, ctx);
  const rename = textOf(payload, "passkey_rename");
  if (rename !== null) return renaming(step, rename, payload, ctx);
  const text = textOf(payload, "passkey_settings_register");
  return text === null ? refused(say.missing("passkey_settings_register")) : enrolment(step, text, ctx);
}

function findKey(step: SettingsStep, hex: string): OwnedKey | undefined {
  return keysOf(step.credentials, "passkey").find(({ key }) => hexOf(key.id) === hex.toLowerCase());
}

function removal(step: SettingsStep, hex: string, ctx: FactorContext): SettingsOutcome {
  const owned = findKey(step, hex);
  if (owned === undefined) return refused(say.generic("key_name_unknown"));
  if (!mayPartWith(owned, step, ctx.config)) return { ...refused(say.generic("last_first_factor")), field: "passkey_remove" };
  return {
    kind: "changed", completed: null, action: "factor.removed", revokesOthers: true, label: owned.key.name,
    async commit(tx) {
      // Two removals at once must not leave nobody's way in: the second finds another version of the person.
      const current = await tx.updateIdentity(step.identity.id, { version: step.identity.version, at: ctx.now });
      return current !== null && await tx.deleteCredential(owned.credential.id);
    },
  };
}

/** Differs from Kratos: passkeys can be renamed. */
function renaming(step: SettingsStep, hex: string, payload: JsonObject, ctx: FactorContext): SettingsOutcome {
  const field = "passkey_rename_displayname";
  const owned = findKey(step, hex);
  const place = placeOf(step, ctx);
  if (owned === undefined) return refused(say.generic("key_name_unknown"));
  const read = readName(textOf(payload, field));
  if (read === null) return { ...refused(say.missing(field)), field };
  if (!read.ok) return { ...refused(say.tooLong({ maxLength: MAX_NAME_LENGTH, actualLength: read.length })), field };
  // A record that was tampered with is not sealed anew.
  if (!isIntact(owned.key, place, ctx.keys)) return refused(say.generic("key_refused"));
  const document = sealKey(changedKey(owned.key, { name: read.name }), place, ctx.keys);
  return {
    kind: "changed", completed: null, action: "factor.renamed", revokesOthers: false, label: read.name,
    commit: (tx) => tx.replaceDocument(owned.credential.id, owned.key.version, document, ctx.now),
  };
}

/** The new passkey proves itself by being made: at aal2 where the project counts user verification and there was one (J6). */
async function enrolment(step: SettingsStep, text: string, ctx: FactorContext): Promise<SettingsOutcome> {
  const { rp, aal2OnUserVerification } = ctx.config.passkey;
  const ceremony = step.flow.internal.passkey;
  const identityId = step.identity.id;
  if (ceremony?.userHandle !== userHandleOf(identityId)) return wrong(step, ctx);
  const verified = await verifyRegistration(text, { rp, ceremony }, ctx.now);
  if (!verified.ok) return wrong(step, ctx);
  const { key } = verified;
  if (await isKnownKey(ctx.db, key.id)) return wrong(step, ctx, say.generic("key_known"));
  const name = proposedName(key, "Passkey", step.credentials);
  return {
    kind: "changed", action: "factor.added", revokesOthers: false, label: name, forget: ["passkey"],
    completed: { method: "passkey", aal: aal2OnUserVerification && key.userVerified ? "aal2" : "aal1", completedAt: ctx.now },
    commit: async (tx) => {
      if (!(await claimKey(tx, "passkey", { flowId: step.flow.id, challenge: ceremony.challenge, key }, ctx.now))) return false;
      await tx.insertCredential(identityId, {
        type: "passkey", slot: key.id, identifiers: [key.id], enrolledAal: step.sessionAal, at: ctx.now,
        document: newDocument(key, { name, passwordless: true }, placeOf(step, ctx), ctx.keys, ctx.now),
      });
      return true;
    },
  };
}

function placeOf(step: SettingsStep, ctx: FactorContext): KeyPlace {
  return { projectId: ctx.project.row.id, identityId: step.identity.id, type: "passkey" };
}

/** A ceremony that was answered is not asked again. */
async function wrong(step: SettingsStep, ctx: FactorContext, message: Message = say.generic("key_refused")): Promise<Rejected> {
  const { passkey: _answered, ...internal } = step.flow.internal;
  return { kind: "rejected", messages: [message], prepared: await nodes({ ...step, flow: { ...step.flow, internal } }, ctx) };
}

function refused(message: Message): Rejected {
  return { kind: "rejected", messages: [message], counts: false };
}

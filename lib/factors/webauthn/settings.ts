import type { JsonObject } from "../../model/identity";
import type { Message } from "../../model/message";
import { pendingOr } from "../../webauthn/ceremony";
import { claimKey, isKnownKey, newDocument } from "../../webauthn/enrol";
import { changedKey, isIntact, keysOf, sealKey } from "../../webauthn/key-record";
import type { KeyPlace, OwnedKey } from "../../webauthn/key-record";
import { creationOptions, verifyRegistration } from "../../webauthn/registration";
import { userHandleOf } from "../../webauthn/user-handle";
import { mayPartWith } from "../../webauthn/ways-in";
import { accountName } from "../../wire/account-name";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, Prepared, Rejected, SettingsCapability, SettingsOutcome, SettingsStep } from "../factor";
import { TIMEOUT_MS } from "./ask";
import { knownKeys, newChallenge } from "./keys";
import { readKeyName } from "./name";
import { freeNames } from "./names";
import { hexOf, settingsNodes } from "./nodes";

export const webauthnSettings: SettingsCapability = { area: "factor_change", nodes, submit };

/** Their keys, each with a button that removes it, and the form that adds one. Pages only (contract 5.7). */
async function nodes(step: SettingsStep, ctx: FactorContext): Promise<Prepared> {
  if (step.flow.type === "api") return { nodes: [] };
  const { rp, passwordless } = ctx.config.webauthn;
  const userHandle = userHandleOf(step.identity.id);
  const ceremony = { ...pendingOr(step.flow.internal.webauthn, { userVerification: "discouraged", userHandle }, newChallenge, ctx.now), userHandle };
  const options = await creationOptions({
    rp, ceremony, userName: accountName(ctx.project, step.identity), known: knownKeys(keysOf(step.credentials)),
    residentKey: passwordless ? "preferred" : "discouraged", attachment: null, timeoutMs: TIMEOUT_MS,
  });
  const owned = keysOf(step.credentials, "webauthn");
  return { nodes: settingsNodes(ctx.project, owned, options, (one) => mayPartWith(one, step, ctx.config)), internal: { webauthn: ceremony } };
}

/** Order: remove, rename, add. Forms send the other fields empty. */
async function submit(step: SettingsStep, payload: JsonObject, ctx: FactorContext): Promise<SettingsOutcome> {
  const remove = textOf(payload, "webauthn_remove");
  if (remove !== null) return removal(step, remove, ctx);
  const rename = textOf(payload, "webauthn_rename");
  if (rename !== null) return renaming(step, rename, payload, ctx);
  const text = textOf(payload, "webauthn_register");
  return text === null ? refused(say.missing("webauthn_register")) : enrolment(step, text, payload, ctx);
}

function findKey(step: SettingsStep, hex: string): OwnedKey | undefined {
  return keysOf(step.credentials, "webauthn").find(({ key }) => hexOf(key.id) === hex.toLowerCase());
}

function removal(step: SettingsStep, hex: string, ctx: FactorContext): SettingsOutcome {
  const owned = findKey(step, hex);
  if (owned === undefined) return refused(say.generic("key_name_unknown"));
  if (!mayPartWith(owned, step, ctx.config)) return { ...refused(say.generic("last_first_factor")), field: "webauthn_remove" };
  return {
    kind: "changed", completed: null, action: "factor.removed", revokesOthers: true, label: owned.key.name,
    async commit(tx) {
      // Two removals at once must not leave nobody's way in: the second finds another version of the person.
      const current = !owned.key.passwordless || await tx.updateIdentity(step.identity.id, { version: step.identity.version, at: ctx.now }) !== null;
      return current && await tx.deleteCredential(owned.credential.id);
    },
  };
}

/** Differs from Kratos: keys can be renamed. */
function renaming(step: SettingsStep, hex: string, payload: JsonObject, ctx: FactorContext): SettingsOutcome {
  const owned = findKey(step, hex);
  if (owned === undefined) return refused(say.generic("key_name_unknown"));
  const named = readKeyName(payload, "webauthn_rename_displayname");
  if (named.kind === "rejected") return named;
  // A record that was tampered with is not sealed anew.
  const place = placeOf(step, ctx);
  if (!isIntact(owned.key, place, ctx.keys)) return refused(say.generic("key_refused"));
  const document = sealKey(changedKey(owned.key, { name: named.name }), place, ctx.keys);
  return {
    kind: "changed", completed: null, action: "factor.renamed", revokesOthers: false, label: named.name,
    commit: (tx) => tx.replaceDocument(owned.credential.id, owned.key.version, document, ctx.now),
  };
}

async function enrolment(step: SettingsStep, text: string, payload: JsonObject, ctx: FactorContext): Promise<SettingsOutcome> {
  if (step.flow.type === "api") return refused(say.noSettingsMethod());
  const named = readKeyName(payload, "webauthn_register_displayname");
  if (named.kind === "rejected") return named;
  const { rp, passwordless } = ctx.config.webauthn;
  const ceremony = step.flow.internal.webauthn;
  const identityId = step.identity.id;
  if (ceremony?.userHandle !== userHandleOf(identityId)) return wrong(step, ctx);
  const verified = await verifyRegistration(text, { rp, ceremony }, ctx.now);
  if (!verified.ok) return wrong(step, ctx);
  const { key } = verified;
  if (await isKnownKey(ctx.db, key.id)) return wrong(step, ctx, say.generic("key_known"));
  return {
    kind: "changed", action: "factor.added", revokesOthers: false, label: named.name, forget: ["webauthn"],
    completed: { method: "webauthn", aal: passwordless ? "aal1" : "aal2", completedAt: ctx.now },
    commit: async (tx) => {
      if (!(await claimKey(tx, "webauthn", { flowId: step.flow.id, challenge: ceremony.challenge, key }, ctx.now))) return false;
      await tx.insertCredential(identityId, {
        type: "webauthn", slot: key.id, enrolledAal: step.sessionAal, at: ctx.now,
        identifiers: [key.id, ...(passwordless ? await freeNames(tx, step.facts.identifiers) : [])],
        document: newDocument(key, { name: named.name, passwordless }, placeOf(step, ctx), ctx.keys, ctx.now),
      });
      return true;
    },
  };
}

function placeOf(step: SettingsStep, ctx: FactorContext): KeyPlace {
  return { projectId: ctx.project.row.id, identityId: step.identity.id, type: "webauthn" };
}

/** A ceremony that was answered is not asked again. */
async function wrong(step: SettingsStep, ctx: FactorContext, message: Message = say.generic("key_refused")): Promise<Rejected> {
  const { webauthn: _answered, ...internal } = step.flow.internal;
  return { kind: "rejected", messages: [message], prepared: await nodes({ ...step, flow: { ...step.flow, internal } }, ctx) };
}

function refused(message: Message): Rejected {
  return { kind: "rejected", messages: [message], counts: false };
}

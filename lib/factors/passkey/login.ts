import type { Ceremony, LoginFlow } from "../../model/flow";
import type { JsonObject } from "../../model/identity";
import type { Message } from "../../model/message";
import { readAssertionAnswer } from "../../webauthn/answer";
import type { AssertionAnswer } from "../../webauthn/answer";
import { requestOptions } from "../../webauthn/authentication";
import { pendingOr } from "../../webauthn/ceremony";
import { keysOf, namesOf } from "../../webauthn/key-record";
import type { OwnedKey } from "../../webauthn/key-record";
import { proveKey } from "../../webauthn/prove";
import type { Verdict } from "../../webauthn/prove";
import { accountName, nameFields } from "../../wire/account-name";
import { say } from "../../wire/message";
import { hiddenNode } from "../../wire/node";
import { textOf } from "../../wire/values";
import type { AccountSnapshot } from "../../db/handles";
import type { FactorContext, LoginCapability, LoginOutcome, LoginStep, Prepared, Rejected } from "../factor";
import { firstKeys, knownKeys, newChallenge, secondKeys } from "./keys";
import { identifierNode, loginNodes } from "./nodes";

export const passkeyLogin: LoginCapability = { levels: ["first", "second"], typed: false, nodes, submit };

/** Whose passkeys a step asks for: nobody's in particular at a first sign-in, else the person's that can prove this level. */
function askedFor(step: LoginStep, ctx: FactorContext): readonly OwnedKey[] | "any" {
  if (step.level === "second") return step.identity === null ? [] : secondKeys(step.credentials, ctx.config);
  return step.identity === null ? "any" : firstKeys(step.credentials, ctx.config);
}

/** At the second step the passkey must do alone what a password and a key do together, so its user is verified (J6). */
async function nodes(step: LoginStep, ctx: FactorContext): Promise<Prepared> {
  const asked = askedFor(step, ctx);
  if (asked !== "any" && asked.length === 0) return { nodes: [] };
  const { rp, userVerification, timeoutMs } = ctx.config.passkey;
  const terms: Pick<Ceremony, "userVerification" | "allowed"> = {
    userVerification: step.level === "second" ? "required" : userVerification,
    ...(asked === "any" ? {} : { allowed: asked.map(({ key }) => key.id) }),
  };
  const ceremony = pendingOr(step.flow.internal.passkey, terms, newChallenge, ctx.now);
  const options = await requestOptions({ rp, ceremony, allowed: asked === "any" ? null : knownKeys(asked), timeoutMs });
  const name = step.level === "second" ? []
    : [step.identity === null ? identifierNode(nameFields(ctx.project).title) : hiddenNode("default", "identifier", accountName(ctx.project, step.identity))];
  return {
    nodes: [...name, ...loginNodes({ project: ctx.project, transport: step.flow.type }, options, asked === "any" ? null : namesOf(asked))],
    internal: { passkey: ceremony },
  };
}

async function submit(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  const asked = askedFor(step, ctx);
  if (asked !== "any" && asked.length === 0) return refused(say.noSecurityKey());
  const text = textOf(payload, "passkey_login");
  if (text === null) return refused(say.missing("passkey_login"));
  const answer = readAssertionAnswer(text);
  const ceremony = step.flow.internal.passkey;
  if (answer === null || ceremony === undefined) return { ...(await wrong(step, ctx)), counts: false };
  const found = await findKey(step, answer, ctx);
  if (found === null) return wrong(step, ctx, say.securityKeyWrong({ credentialId: answer.id, rpId: ctx.config.passkey.rp.id }));
  const { identity } = found.account;
  const verdict = await proveKey({
    answer, ceremony, owned: found.owned, rp: ctx.config.passkey.rp, flowId: step.flow.id,
    place: { projectId: ctx.project.row.id, identityId: identity.id, type: "passkey" },
    besideAnother: step.methods.some(({ method }) => method !== "webauthn" && method !== "passkey"),
  }, ctx.keys, ctx.now);
  if (!verdict.ok) {
    const rejected = { ...(await wrong(step, ctx)), because: verdict.because };
    if (verdict.flag === undefined) return rejected;
    return { ...rejected, alarm: { identityId: identity.id, action: "factor.cloned", label: found.owned.key.name, commit: verdict.flag } };
  }
  if (identity.state !== "active") return refused(say.identityDisabled());
  const aal = levelOf(verdict, ctx);
  if (step.level === "second" && aal !== "aal2") return wrong(step, ctx);
  return { kind: "authenticated", identityId: identity.id, commit: verdict.commit, method: { method: "passkey", aal, completedAt: ctx.now } };
}

/**
 * aal2 exactly where the project counts user verification and this assertion shows it (J6), by a key that is known to verify its
 * user (W34); one factor otherwise. Differs from Kratos: there a passkey is always aal1.
 */
function levelOf({ proof, key }: Extract<Verdict, { ok: true }>, ctx: FactorContext): "aal1" | "aal2" {
  return ctx.config.passkey.aal2OnUserVerification && proof.userVerified && key.verifiesUser ? "aal2" : "aal1";
}

/** The passkey that answered: the step's own person's, or at a first sign-in whoever's the id is. */
async function findKey(
  step: LoginStep, answer: AssertionAnswer, ctx: FactorContext,
): Promise<{ readonly account: Pick<AccountSnapshot, "identity">; readonly owned: OwnedKey } | null> {
  const account = step.identity === null ? await ctx.db.findAccountByIdentifier("passkey", answer.id)
    : { identity: step.identity, credentials: step.credentials };
  const owned = account === null ? undefined : keysOf(account.credentials, "passkey").find(({ key }) => key.id === answer.id);
  return account === null || owned === undefined ? null : { account, owned };
}

/** One sentence for every wrong answer, and a new challenge with it. */
async function wrong(step: LoginStep, ctx: FactorContext, message: Message = say.securityKeyWrong()): Promise<Rejected> {
  return { kind: "rejected", messages: [message], prepared: await nodes({ ...step, flow: withoutCeremony(step.flow) }, ctx) };
}

function withoutCeremony(flow: LoginFlow): LoginFlow {
  const { passkey: _answered, ...internal } = flow.internal;
  return { ...flow, internal };
}

function refused(message: Message): Rejected {
  return { kind: "rejected", messages: [message], counts: false };
}

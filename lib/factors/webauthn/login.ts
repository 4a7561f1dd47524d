import type { LoginFlow } from "../../model/flow";
import type { JsonObject } from "../../model/identity";
import type { Message } from "../../model/message";
import { readAssertionAnswer } from "../../webauthn/answer";
import type { AssertionAnswer } from "../../webauthn/answer";
import { keysOf, namesOf } from "../../webauthn/key-record";
import type { OwnedKey } from "../../webauthn/key-record";
import { proveKey } from "../../webauthn/prove";
import { accountName, nameFields } from "../../wire/account-name";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { AccountSnapshot } from "../../db/handles";
import type { Alarm, FactorContext, LoginCapability, LoginOutcome, LoginStep, Prepared, Rejected } from "../factor";
import { askFor } from "./ask";
import { screenFor, secondScreen } from "./first-screen";
import { knownKeys, usableKeys } from "./keys";
import { identifierNodes } from "./nodes";

export const webauthnLogin: LoginCapability = { levels: ["first", "second"], typed: false, nodes, submit };

/** The one level that keys have in this project (contract 5.7). */
function isTheirLevel(level: LoginStep["level"], ctx: FactorContext): boolean {
  return (level === "first") === ctx.config.webauthn.passwordless;
}

async function nodes(step: LoginStep, ctx: FactorContext): Promise<Prepared> {
  if (step.flow.type === "api" || !isTheirLevel(step.level, ctx)) return { nodes: [] };
  if (step.identity === null) return { nodes: step.level === "first" ? identifierNodes(nameFields(ctx.project).title) : [] };
  const owned = usableKeys(step.credentials, ctx.config);
  if (owned.length === 0) return { nodes: [] };
  return askFor(knownKeys(owned), accountName(ctx.project, step.identity), step.flow.internal.webauthn, say.signInWithSecurityKey(namesOf(owned)), ctx);
}

async function submit(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  if (step.flow.type === "api" || !isTheirLevel(step.level, ctx)) return refused(say.noLoginMethod());
  const text = textOf(payload, "webauthn_login");
  const identifier = textOf(payload, "identifier");
  if (text === null) {
    if (step.identity !== null) return refused(say.missing("webauthn_login"));
    return identifier === null ? { ...refused(say.missing("identifier")), field: "identifier" } : secondScreen(step, identifier, ctx);
  }
  if (step.identity !== null && usableKeys(step.credentials, ctx.config).length === 0) return refused(say.noSecurityKey());
  const answer = readAssertionAnswer(text);
  const ceremony = step.flow.internal.webauthn;
  const found = answer === null ? null : await findKey(step, answer, ctx);
  if (answer === null || ceremony === undefined || found === null) return wrong(step, identifier, ctx, answer === null);
  const { account: { identity }, owned } = found;
  const { rp, passwordless } = ctx.config.webauthn;
  const verdict = await proveKey({
    answer, owned, ceremony, rp, flowId: step.flow.id, place: { projectId: ctx.project.row.id, identityId: identity.id, type: "webauthn" },
    besideAnother: step.methods.some(({ method }) => method !== "webauthn" && method !== "passkey"),
  }, ctx.keys, ctx.now);
  if (!verdict.ok) {
    const alarm: Alarm | null = verdict.flag === undefined ? null
      : { identityId: identity.id, action: "factor.cloned", label: owned.key.name, commit: verdict.flag };
    return { ...(await wrong(step, identifier, ctx)), because: verdict.because, ...(alarm === null ? {} : { alarm }) };
  }
  if (identity.state !== "active") return refused(say.identityDisabled());
  return {
    kind: "authenticated", identityId: identity.id, commit: verdict.commit,
    method: { method: "webauthn", aal: passwordless ? "aal1" : "aal2", completedAt: ctx.now },
  };
}

/** The key that answered: the step's own person's, or at a first step whoever's the id is. */
async function findKey(
  step: LoginStep, answer: AssertionAnswer, ctx: FactorContext,
): Promise<{ readonly account: Pick<AccountSnapshot, "identity">; readonly owned: OwnedKey } | null> {
  const account = step.identity === null ? await ctx.db.findAccountByIdentifier("webauthn", answer.id)
    : { identity: step.identity, credentials: step.credentials };
  const owned = account === null ? undefined : keysOf(account.credentials, "webauthn").find(({ key }) => key.id === answer.id);
  if (account === null || owned === undefined || owned.key.passwordless !== ctx.config.webauthn.passwordless) return null;
  return { account, owned };
}

/** One sentence for every wrong answer, and a new challenge with it. `counts` is false where nothing was answered that could be right. */
async function wrong(step: LoginStep, identifier: string | null, ctx: FactorContext, unread = false): Promise<Rejected> {
  const fresh: LoginStep = { ...step, flow: withoutCeremony(step.flow) };
  const prepared = step.identity !== null ? await nodes(fresh, ctx) : identifier === null ? null : await screenFor(fresh, identifier, ctx);
  return { kind: "rejected", messages: [say.securityKeyWrong()], ...(unread ? { counts: false } : {}), ...(prepared === null ? {} : { prepared }) };
}

function withoutCeremony(flow: LoginFlow): LoginFlow {
  const { webauthn: _answered, ...internal } = flow.internal;
  return { ...flow, internal };
}

function refused(message: Message): Rejected {
  return { kind: "rejected", messages: [message], counts: false };
}

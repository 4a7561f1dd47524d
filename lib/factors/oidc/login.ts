import type { JsonObject } from "../../model/identity";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, LoginCapability, LoginOutcome, LoginStep, Prepared } from "../factor";
import { accountOf, ownerOfAddress } from "./account";
import type { KnownAccount } from "./account";
import { bringsIdToken, receiveIdToken, refuse } from "./arrival";
import type { Arrived } from "./arrival";
import { linkedAccounts } from "./credential";
import { isReturn, receive } from "./handover";
import { loginNodes } from "./nodes";
import { openPendingLink, sealPendingLink, sealPendingRegistration } from "./pending";
import { goUpstream, isProvedNow, methodOf } from "./upstream";

export const oidcLogin: LoginCapability = { levels: ["first"], typed: false, nodes, submit };

/** Every provider; to confirm who one is, only those that are linked; while a link waits, not the one that waits. */
async function nodes(step: LoginStep, ctx: FactorContext): Promise<Prepared> {
  if (step.level !== "first") return { nodes: [] };
  const { providers } = ctx.config.oidc;
  const linked = new Set(linkedAccounts(step.credentials, ctx.config).map(({ provider }) => provider.id));
  const waiting = openPendingLink(step.flow, ctx)?.person.provider;
  return { nodes: loginNodes(providers.filter(({ id }) => (step.identity === null || linked.has(id)) && id !== waiting)) };
}

/** Away to the provider, back from it, or with an ID token that an app has of it. Whom the answer names is decided by provider and subject, never by an address. */
async function submit(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  const token = bringsIdToken(payload);
  if (!token && !isReturn(payload)) return leave(step, payload, ctx);
  const arrived = token ? await receiveIdToken(step.flow, payload, ctx) : await receive(step.flow, payload, ctx);
  if (arrived.kind === "rejected") return arrived;
  const known = await accountOf(arrived.person, ctx);
  if (known.kind === "other_issuer") return refuse("oidc_misconfigured", arrived.provider);
  if (known.kind === "known") return signIn(step, arrived, known, ctx);
  if (step.flow.refresh) return refuse("oidc_not_linked", arrived.provider);
  return newcomer(step, arrived, payload, ctx);
}

function leave(step: LoginStep, payload: JsonObject, ctx: FactorContext): LoginOutcome {
  const id = textOf(payload, "provider");
  if (id === null) return { kind: "rejected", messages: [say.missing("provider")], field: "provider", counts: false };
  const provider = ctx.config.oidc.providers.find((known) => known.id === id);
  if (provider === undefined) return refuse("oidc_unknown_provider");
  if (step.flow.type === "api" && step.flow.internal.oidc?.exchange !== true) return refuse("oidc_exchange_missing", provider);
  if (step.identity !== null && !linkedAccounts(step.credentials, ctx.config).some((link) => link.provider.id === id)) return refuse("oidc_not_linked", provider);
  return goUpstream(step.flow, provider, ctx);
}

function signIn(step: LoginStep, arrived: Arrived, known: Extract<KnownAccount, { kind: "known" }>, ctx: FactorContext): LoginOutcome {
  const { flow } = step;
  const { identity } = known.account;
  if (identity.state !== "active") return { kind: "rejected", messages: [say.identityDisabled()], counts: false };
  if (flow.refresh) {
    if (identity.id !== flow.identityId) return refuse("oidc_not_linked", arrived.provider);
    if (!isProvedNow(arrived.person, arrived.askedSince, ctx.now)) return refuse("oidc_not_fresh", arrived.provider);
  }
  const method = methodOf(arrived.person, arrived.provider, arrived.provedAt);
  return {
    kind: "authenticated",
    identityId: identity.id,
    method: flow.refresh ? { ...method, completedAt: ctx.now } : method,
    commit: async (tx) => {
      if (!(await arrived.consume(tx))) return false;
      // Unlinked while the browser was away: it signs nobody in any more.
      const still = (await tx.listCredentials(identity.id)).some(({ id }) => id === known.link.id);
      if (still) await tx.touchCredential(known.link.id, ctx.now);
      return still;
    },
  };
}

/**
 * Somebody nobody here knows by this account. Differs from Kratos: what a person still has to do who comes back through a browser is
 * never left in an app's flow, because whoever began that flow could finish it as them; they are told to do it in a browser first.
 * An app that brought the ID token is where the person is.
 */
async function newcomer(step: LoginStep, arrived: Arrived, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  const { person, provider, handoverId } = arrived;
  const owner = await ownerOfAddress(person, ctx);
  if (owner !== null && person.email !== null) {
    if (step.flow.type === "api" && handoverId !== null) return refuse("oidc_finish_in_browser", provider);
    const { config } = ctx.project;
    const others = linkedAccounts(owner.credentials, ctx.config);
    return {
      kind: "prove_to_link",
      internal: { oidc: { ...step.flow.internal.oidc, pendingLink: sealPendingLink(step.flow, { person, identityId: owner.identity.id }, ctx) } },
      messages: [say.signInLinks({
        duplicateIdentifier: person.email.value, provider: provider.label, newLoginUrl: `${config.baseUrl.replace(/\/$/, "")}/self-service/login/browser`,
        // The provider proved the address, not the person: what the account is opened with is told only where accounts are no secret.
        availableCredentialTypes: config.mitigateEnumeration ? [] : [...new Set(owner.credentials.map(({ type }) => type))],
        availableProviders: config.mitigateEnumeration ? [] : others.map((link) => link.provider.id),
      })],
      identifier: person.email.value,
      // What waits in the flow stands for the token from here on. A handover ends with the browser's return, whatever becomes of it.
      ...(handoverId === null ? { commit: arrived.consume } : {}),
    };
  }
  if (!ctx.project.config.flows.registration.enabled) return refuse("oidc_no_account", provider);
  return {
    kind: "register_instead",
    internal: { oidc: { provider: provider.id } },
    // An ID token is read again there: what it says is never kept in an app's flow.
    payload: handoverId === null ? payload : { method: "oidc", provider: provider.id, oidc_pending: sealPendingRegistration(person, handoverId, ctx) },
  };
}

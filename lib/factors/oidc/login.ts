import type { JsonObject } from "../../model/identity";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, LoginCapability, LoginOutcome, LoginStep, Prepared } from "../factor";
import { accountOf, ownerOfAddress } from "./account";
import type { KnownAccount } from "./account";
import { linkedAccounts } from "./credential";
import { isReturn, receive, refuse } from "./handover";
import type { Arrived } from "./handover";
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

/** Away to the provider, or back from it. Whom the answer names is decided by provider and subject, never by an address. */
async function submit(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  if (!isReturn(payload)) return leave(step, payload, ctx);
  const arrived = await receive(step.flow, payload, ctx);
  if (arrived.kind === "rejected") return arrived;
  const known = await accountOf(arrived.person, ctx);
  if (known.kind === "other_issuer") return refuse("oidc_misconfigured", arrived.provider);
  if (known.kind === "known") return signIn(step, arrived, known, ctx);
  if (step.flow.refresh) return refuse("oidc_not_linked", arrived.provider);
  return newcomer(step, arrived, ctx);
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
    if (!isProvedNow(arrived.person, flow.internal.oidc?.startedAt, ctx.now)) return refuse("oidc_not_fresh", arrived.provider);
  }
  return {
    kind: "authenticated",
    identityId: identity.id,
    method: flow.refresh
      ? { ...methodOf(arrived.person, arrived.provider, ctx.now), completedAt: ctx.now } : methodOf(arrived.person, arrived.provider, ctx.now),
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
 * Somebody nobody here knows by this account. Differs from Kratos: what such a person still has to do is never left in an app's
 * flow, because whoever began that flow could finish it as them; they are told to do it in a browser first.
 */
async function newcomer(step: LoginStep, arrived: Arrived, ctx: FactorContext): Promise<LoginOutcome> {
  const { person, provider } = arrived;
  const owner = await ownerOfAddress(person, ctx);
  if (owner !== null && person.email !== null) {
    if (step.flow.type === "api") return refuse("oidc_finish_in_browser", provider);
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
    };
  }
  if (!ctx.project.config.flows.registration.enabled) return refuse("oidc_no_account", provider);
  return {
    kind: "register_instead",
    internal: { oidc: { provider: provider.id } },
    payload: { method: "oidc", provider: provider.id, oidc_pending: sealPendingRegistration(arrived, ctx) },
  };
}

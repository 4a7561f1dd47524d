import type { JsonObject } from "../../model/identity";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, Prepared, SettingsCapability, SettingsOutcome, SettingsStep } from "../factor";
import { accountOf } from "./account";
import { refuse } from "./arrival";
import { linkedAccounts, newLink } from "./credential";
import { isReturn, receive } from "./handover";
import { linkNode, unlinkNode } from "./nodes";
import { goUpstream } from "./upstream";

export const oidcSettings: SettingsCapability = { area: "factor_change", nodes, submit };

/** A button for each provider: to link it, or to unlink it where another way to sign in is left. Apps link in a browser. */
async function nodes(step: SettingsStep, ctx: FactorContext): Promise<Prepared> {
  const linked = new Set(linkedAccounts(step.credentials, ctx.config).map(({ provider }) => provider.id));
  return {
    nodes: ctx.config.oidc.providers.flatMap((provider) => {
      if (!linked.has(provider.id)) return step.flow.type === "browser" ? [linkNode(provider)] : [];
      return staysOpenWithout(step, provider.id, ctx) ? [unlinkNode(provider)] : [];
    }),
  };
}

/** Linking appends nothing to the session (contract 4.10); both changes stand behind the guard of factors. */
async function submit(step: SettingsStep, payload: JsonObject, ctx: FactorContext): Promise<SettingsOutcome> {
  if (isReturn(payload)) return link(step, payload, ctx);
  const unlinkId = textOf(payload, "unlink");
  if (unlinkId !== null) return unlink(step, unlinkId, ctx);
  const id = textOf(payload, "link") ?? textOf(payload, "provider");
  if (id === null) return { kind: "rejected", messages: [say.missing("link")], field: "link", counts: false };
  const provider = ctx.config.oidc.providers.find((known) => known.id === id);
  if (provider === undefined) return refuse("oidc_unknown_provider");
  if (step.flow.type === "api") return refuse("oidc_link_in_browser", provider);
  if (linkedAccounts(step.credentials, ctx.config).some((known) => known.provider.id === id)) return refuse("oidc_already_linked", provider);
  return goUpstream(step.flow, provider, ctx);
}

async function link(step: SettingsStep, payload: JsonObject, ctx: FactorContext): Promise<SettingsOutcome> {
  const arrived = await receive(step.flow, payload, ctx);
  if (arrived.kind === "rejected") return arrived;
  const { person, provider } = arrived;
  const known = await accountOf(person, ctx);
  if (known.kind === "known" && known.account.identity.id === step.identity.id) return refuse("oidc_already_linked", provider);
  if (known.kind !== "unknown") return { kind: "rejected", messages: [say.identifierTakenOnLink()], counts: false };
  return {
    kind: "changed",
    completed: null,
    commit: async (tx) => {
      if (!(await arrived.consume(tx))) return false;
      const now = await tx.listCredentials(step.identity.id);
      if (linkedAccounts(now, ctx.config).some((other) => other.provider.id === provider.id)) return false;
      await tx.insertCredential(step.identity.id, newLink(person, step.sessionAal, ctx.now));
      return true;
    },
    action: "account.linked",
    revokesOthers: false,
    forget: ["oidc"],
    label: provider.label,
  };
}

/** The last way to sign in is never removed (contract 4.10), whatever else happens at the same moment. */
function unlink(step: SettingsStep, id: string, ctx: FactorContext): SettingsOutcome {
  const provider = ctx.config.oidc.providers.find((known) => known.id === id);
  if (provider === undefined) return refuse("oidc_unknown_provider");
  const linked = linkedAccounts(step.credentials, ctx.config).filter((account) => account.provider.id === id);
  if (linked.length === 0) return refuse("oidc_not_linked", provider);
  if (!staysOpenWithout(step, id, ctx)) return { kind: "rejected", messages: [say.generic("last_first_factor")], counts: false };
  return {
    kind: "changed",
    completed: null,
    commit: async (tx) => {
      // Every other change of this person waits here; what they have now must be what the decision was made from.
      if (await tx.updateIdentity(step.identity.id, { version: step.identity.version, at: ctx.now }) === null) return false;
      const now = new Set((await tx.listCredentials(step.identity.id)).map((credential) => credential.id));
      if (now.size !== step.credentials.length || step.credentials.some((credential) => !now.has(credential.id))) return false;
      for (const account of linked) if (!(await tx.deleteCredential(account.id))) return false;
      return true;
    },
    action: "account.unlinked",
    revokesOthers: true,
    label: provider.label,
  };
}

/** `firstFactors` counts every way to sign in, these accounts among them. */
function staysOpenWithout(step: SettingsStep, providerId: string, ctx: FactorContext): boolean {
  return step.firstFactors > linkedAccounts(step.credentials, ctx.config).filter(({ provider }) => provider.id === providerId).length;
}

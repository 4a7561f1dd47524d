import type { FlowInternal, RegistrationFlow } from "../../model/flow";
import type { JsonObject } from "../../model/identity";
import type { OidcProviderConfig } from "../../model/project";
import type { UpstreamPerson } from "../../model/upstream";
import { compileIdentitySchema, normaliseAddress } from "../../wire/identity-schema";
import type { IdentitySchema, TraitProblem } from "../../wire/identity-schema";
import { say } from "../../wire/message";
import { withProblems } from "../../wire/node";
import { textOf } from "../../wire/values";
import type { Commit, FactorContext, NextScreen, RegistrationCapability, RegistrationOutcome } from "../factor";
import { accountOf, ownerOfAddress } from "./account";
import { bringsIdToken, receiveIdToken, refuse } from "./arrival";
import { traitsFrom, withTyped } from "./claims";
import { newLink } from "./credential";
import { isReturn, receive } from "./handover";
import { continueNode, registrationNodes } from "./nodes";
import { openPendingRegistration, sealPendingRegistration, waitingRegistration } from "./pending";
import { goUpstream, methodOf } from "./upstream";

export const oidcRegistration: RegistrationCapability = {
  firstScreen: true, ownTraits: true,
  nodes: (_flow, ctx) => Promise.resolve({ nodes: registrationNodes(ctx.config.oidc.providers) }),
  submit,
};

/** `required property is missing` (contract 6.6): no reproach before anybody was asked. */
const MISSING = 4_000_002;

/** Somebody new, and what makes sure their provider's answer is used once. */
interface Newcomer {
  readonly person: UpstreamPerson;
  readonly provider: OidcProviderConfig;
  readonly take: Commit;
  /** What a form remembers that asks for the rest. Null: nothing, the app brings its ID token again. */
  readonly sealed: string | null;
  /** When the provider's answer came, or its ID token was made. */
  readonly arrivedAt: Date;
}

/**
 * Away to the provider, back from it, with an ID token that an app has of it, or the form again with what the provider did not say. The provider's claims fill the traits,
 * the person may correct them; an address counts as verified only while it is the one the provider vouches for.
 */
async function submit(flow: RegistrationFlow, payload: JsonObject, _traits: unknown, ctx: FactorContext): Promise<RegistrationOutcome> {
  if (bringsIdToken(payload)) return submitIdToken(flow, payload, ctx);
  if (isReturn(payload)) {
    const arrived = await receive(flow, payload, ctx);
    if (arrived.kind === "rejected") return arrived;
    const { person, provider, consume } = arrived;
    // A known subject signs in instead, before a registration is asked (lib/flows/linking-known.ts); this is a race.
    if ((await accountOf(person, ctx)).kind !== "unknown") return { kind: "rejected", messages: [say.identifierTaken()], counts: false };
    return register(flow, { person, provider, take: consume, sealed: sealPendingRegistration(person, arrived.handoverId ?? "", ctx), arrivedAt: ctx.now }, payload, ctx);
  }
  const id = textOf(payload, "provider");
  const provider = ctx.config.oidc.providers.find((known) => known.id === id);
  if (id === null) return { kind: "rejected", messages: [say.missing("provider")], field: "provider", counts: false };
  if (provider === undefined) return refuse("oidc_unknown_provider");
  const carried = textOf(payload, "oidc_pending");
  const sealed = carried ?? waitingRegistration(flow, id);
  if (sealed === null) {
    return flow.type === "api" && flow.internal.oidc?.exchange !== true ? refuse("oidc_exchange_missing", provider) : goUpstream(flow, provider, ctx);
  }
  const pending = openPendingRegistration(sealed, id, ctx);
  if (pending === null) return refuse("oidc_start_again", provider);
  // From a sign-in the handover comes along unused. A form that was shown has used it up: its flow, which completes once, stands for it.
  const take: Commit = async (tx) => (await tx.consumeHandover(pending.handoverId, ctx.now)) || carried === null;
  return register(flow, { person: pending.person, provider, take, sealed, arrivedAt: new Date(pending.arrivedAt) }, payload, ctx);
}

/** Whoever is known here, by this account or by an address that the provider vouches for, signs in instead, with the same token. */
async function submitIdToken(flow: RegistrationFlow, payload: JsonObject, ctx: FactorContext): Promise<RegistrationOutcome> {
  const arrived = await receiveIdToken(flow, payload, ctx);
  if (arrived.kind === "rejected") return arrived;
  const { person, provider, consume, provedAt } = arrived;
  if ((await accountOf(person, ctx)).kind !== "unknown" || await ownerOfAddress(person, ctx) !== null) return { kind: "sign_in_instead" };
  return register(flow, { person, provider, take: consume, sealed: null, arrivedAt: provedAt }, payload, ctx);
}

function register(flow: RegistrationFlow, who: Newcomer, payload: JsonObject, ctx: FactorContext): RegistrationOutcome {
  const { person, provider, take, arrivedAt } = who;
  const schema = schemaOf(flow, ctx);
  const typed = payload["traits"];
  const traits = withTyped(traitsFrom(person, provider), typed);
  const checked = schema.validate(traits);
  if (!checked.ok && flow.type === "api" && who.sealed !== null) return refuse("oidc_finish_in_browser", provider);
  if (!checked.ok) return ask(flow, who, schema, traits, checked.problems, typed !== undefined || who.sealed === null);
  const vouched = person.email?.verified === true ? normaliseAddress(person.email.value, "email") : null;
  return {
    kind: "registered",
    method: methodOf(person, provider, arrivedAt),
    traits: { traits: checked.traits, facts: schema.facts(checked.traits) },
    ...(vouched === null ? {} : { verified: [vouched] }),
    commit: async (tx, identityId) => {
      if (!(await take(tx))) return false;
      await tx.insertCredential(identityId, newLink(person, "aal1", ctx.now));
      return true;
    },
  };
}

/** The form of the traits, filled with what is known; the provider's word is remembered, sealed, and not asked for again. */
function ask(
  flow: RegistrationFlow, { provider, sealed }: Newcomer, schema: IdentitySchema, traits: JsonObject, problems: readonly TraitProblem[], wasTyped: boolean,
): NextScreen {
  const told = wasTyped ? problems : problems.filter(({ message }) => message.id !== MISSING);
  const nodes = [...schema.traitNodes("registration", traits), continueNode(provider)];
  const placed = withProblems(nodes, told);
  const { returnHash: _return, ...kept } = flow.internal.oidc ?? {};
  const internal: Partial<FlowInternal> = sealed === null ? {} : { oidc: { ...kept, provider: provider.id, pendingRegistration: sealed } };
  return { kind: "next_screen", prepared: { nodes: placed.nodes, internal }, messages: placed.left, navigates: false };
}

function schemaOf(flow: RegistrationFlow, ctx: FactorContext): IdentitySchema {
  const { schemas, defaultSchemaId } = ctx.project.config;
  const wanted = flow.internal.schemaId ?? defaultSchemaId;
  const found = schemas.find(({ id }) => id === wanted);
  if (found === undefined) throw new Error(`the project has no identity schema ${wanted}`);
  return compileIdentitySchema(found.schema);
}

import { sendCode } from "../../courier/outbox/one-time-code";
import type { ProjectReads } from "../../db/handles";
import type { RegistrationFlow } from "../../model/flow";
import type { JsonObject, TraitFacts } from "../../model/identity";
import { sameAddress } from "../../model/owned-address";
import type { Address } from "../../model/owned-address";
import { compileIdentitySchema } from "../../wire/identity-schema";
import { say } from "../../wire/message";
import type { FactorContext, RegistrationCapability, RegistrationOutcome } from "../factor";
import { servesLevel } from "./addresses";
import { registrationNodes, registrationSentNodes } from "./nodes";
import { hasCode, refused, typedDigits, wantsAnother } from "./typed";
import { liveCode } from "./verify";

type Traits = { readonly traits: JsonObject; readonly facts: TraitFacts };

/** Registration by a code at the first address of the schema (contract 5.9). The credential itself comes with the address. */
export const codeRegistration: RegistrationCapability = {
  nodes: async (_flow, ctx) => ({ nodes: servesLevel("first", ctx.config) ? registrationNodes() : [] }),

  async submit(flow, payload, traits, ctx) {
    if (!servesLevel("first", ctx.config)) return refused(null, say.noRegistrationMethod());
    const address = traits.facts.codeAddresses?.[0];
    if (address === undefined) return refused(null, say.noIdentifiers());
    const sent = flow.internal.code;
    const awaited = flow.state === "sent_email" && sent !== undefined && sameAddress(sent, address);
    if (!wantsAnother(payload)) {
      if (hasCode(payload)) return verify(flow, payload, address, ctx);
      if (awaited) return refused("code", say.missing("code"));
    }
    return send(flow, address, traits, ctx);
  },
};

/**
 * An address that belongs to somebody gets a letter that says so instead of a code, and the form goes on as if nothing were: who
 * reads the mailbox learns it, who only typed the address does not (ruling J9).
 */
async function send(flow: RegistrationFlow, address: Address, { traits }: Traits, ctx: FactorContext): Promise<RegistrationOutcome> {
  const taken = await isTaken(address, ctx.db);
  if (taken && !ctx.project.config.mitigateEnumeration) return refused(null, say.identifierTaken());
  return {
    kind: "challenge_sent",
    prepared: {
      nodes: registrationSentNodes(traitNodes(flow, traits, ctx)),
      internal: {
        code: { ...address, addressId: null, identityId: null, sentAt: ctx.now.getTime() },
        registration: { screen: "credentials", traits },
      },
    },
    messages: [say.registrationCodeSent()],
    recipient: address,
    commit: async (tx) => {
      await sendCode(tx, ctx.keys, {
        project: ctx.project, flow, purpose: "registration", to: address, identityId: null, addressId: null,
        template: taken ? "registration_taken" : "registration_code", decoy: taken, locale: ctx.locale,
      }, ctx.now);
      return true;
    },
  };
}

async function verify(flow: RegistrationFlow, payload: JsonObject, address: Address, ctx: FactorContext): Promise<RegistrationOutcome> {
  const sent = flow.internal.code;
  if (sent !== undefined && !sameAddress(sent, address)) return refused(null, say.traitsChanged());
  const typed = typedDigits(payload);
  if (typed.kind === "rejected") return typed;
  const live = await liveCode(flow.id, "registration", typed.digits, ctx);
  if (live === null || !sameAddress(live, address)) return { kind: "rejected", messages: [say.registrationCodeWrong()] };
  return {
    kind: "registered",
    method: { method: "code", aal: "aal1", completedAt: ctx.now },
    verified: [address.value],
    commit: (tx) => tx.consumeOneTimeCode(live.id, ctx.now),
  };
}

/** All four ways in which an address can be somebody's, always asked, so that none shows in the time. */
async function isTaken({ via, value }: Address, db: ProjectReads): Promise<boolean> {
  const found = [
    await db.findAccountByIdentifier("code", value), await db.findAccountByIdentifier("password", value),
    await db.findAccountByAddress("verifiable", via, value), await db.findAccountByAddress("recovery", via, value),
  ];
  return found.some((account) => account !== null);
}

function traitNodes(flow: RegistrationFlow, traits: JsonObject, ctx: FactorContext) {
  const { schemas, defaultSchemaId } = ctx.project.config;
  const schema = schemas.find(({ id }) => id === (flow.internal.schemaId ?? defaultSchemaId));
  return schema === undefined ? [] : compileIdentitySchema(schema.schema).traitNodes("registration", traits);
}

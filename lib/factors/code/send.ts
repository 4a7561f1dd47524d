import { sendCode } from "../../courier/outbox/one-time-code";
import type { AccountSnapshot } from "../../db/handles";
import type { Identity, JsonObject } from "../../model/identity";
import { addressIdOf, codeAddressesOf } from "../../model/owned-address";
import type { Address } from "../../model/owned-address";
import { normaliseAddress, readAddress } from "../../wire/identity-schema";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { ChallengeSent, FactorContext, LoginOutcome, LoginStep } from "../factor";
import { acceptableAddresses } from "./addresses";
import { sentNodes } from "./nodes";
import { refused } from "./typed";

/**
 * A code for whoever signs in with the address typed. For an address that nobody has, and for somebody switched off, the flow, its
 * nodes and the work are the same, and no letter leaves (ruling J9); only a project without that ruling says 4000035.
 */
export async function sendAtFirst(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  const typed = textOf(payload, "identifier") ?? textOf(payload, "address") ?? step.flow.internal.code?.value ?? null;
  if (typed === null) return refused("identifier", say.missing("identifier"));
  const address = readAddress(typed);
  const hidesPeople = ctx.project.config.mitigateEnumeration;
  if (address === null) return hidesPeople ? refused("identifier", say.notEmail(typed)) : refused(null, say.noCodeUser());
  const account = await accountAt(address, ctx);
  const person = account?.identity.state === "active" ? account.identity : null;
  if (person === null && !hidesPeople) return refused(null, say.noCodeUser());
  return challenge(step, address, person, ctx);
}

/** A code for the person of the session, to one of their own addresses; an address that served already is refused (ruling J5). */
export async function sendAtSecond(step: LoginStep, payload: JsonObject, ctx: FactorContext): Promise<LoginOutcome> {
  const acceptable = acceptableAddresses(step, ctx.config);
  const typed = textOf(payload, "address") ?? textOf(payload, "identifier") ?? step.flow.internal.code?.value ?? null;
  const [only, ...more] = acceptable;
  const address = typed === null ? (more.length === 0 ? only : undefined)
    : acceptable.find(({ via, value }) => normaliseAddress(typed, via) === value);
  if (address === undefined || step.identity === null) {
    return typed === null ? refused("address", say.missing("address")) : refused(null, say.addressUnknown());
  }
  return challenge(step, address, step.identity, ctx);
}

/** The flow as it is once the code is on its way. */
export function challenge(step: LoginStep, address: Address, person: Identity | null, ctx: FactorContext): ChallengeSent {
  const { flow, level } = step;
  const addressId = person === null ? null : addressIdOf(person, address);
  const identityId = person?.id ?? null;
  return {
    kind: "challenge_sent",
    prepared: {
      nodes: sentNodes(level, address),
      internal: { code: { ...address, addressId, identityId, sentAt: ctx.now.getTime() } },
    },
    messages: [level === "second" || flow.refresh ? say.codeSentToKnown() : say.loginCodeSent()],
    recipient: address,
    commit: async (tx) => {
      await sendCode(tx, ctx.keys, {
        project: ctx.project, flow, purpose: level === "first" ? "login" : "second_factor", to: address, identityId, addressId,
        template: person === null ? null : level === "first" ? "login_code" : "second_factor_code", decoy: person === null, locale: ctx.locale,
      }, ctx.now);
      return true;
    },
  };
}

/** The same queries for everybody, known or not. */
async function accountAt(address: Address, ctx: FactorContext): Promise<AccountSnapshot | null> {
  const own = await ctx.db.findAccountByIdentifier("code", address.value);
  if (!ctx.config.code.missingCredentialFallback) return own;
  const other = await ctx.db.findAccountByAddress("verifiable", address.via, address.value);
  return own ?? (other !== null && codeAddressesOf(other.credentials) === null ? other : null);
}

import type { Message } from "../../model/message";
import { normaliseIdentifier, readAddress } from "../../wire/identity-schema";
import { accountNames } from "../../wire/account-name";
import { say } from "../../wire/message";
import type { AccountSnapshot } from "../../db/handles";
import type { FactorContext, LoginStep, NextScreen, Prepared, Rejected } from "../factor";
import { decoyKeys } from "./decoy";
import { knownKeys, usableKeys } from "./keys";
import { askFor } from "./ask";

/**
 * Who they say they are decides which keys are asked for. Where the project hides who has an account, an unknown name gets a key
 * that does not exist, always the same one.
 */
export async function secondScreen(step: LoginStep, typed: string, ctx: FactorContext): Promise<NextScreen | Rejected> {
  const prepared = await screenFor(step, typed, ctx);
  if (prepared === null) return { kind: "rejected", messages: [say.noSecurityKeyUser()], counts: false };
  return { kind: "next_screen", prepared, messages: [say.prepareSecurityKey()], navigates: true };
}

/** The nodes that ask for the keys behind a name; null when it has none and the project says so. */
export async function screenFor(step: LoginStep, typed: string, ctx: FactorContext, label: Message = say.securityKeyContinue()): Promise<Prepared | null> {
  const identifier = normaliseIdentifier(typed);
  const owners = await accountsOf(identifier, ctx);
  const real = knownKeys(owners.flatMap(({ credentials }) => usableKeys(credentials, ctx.config)));
  if (real.length === 0 && !ctx.project.config.mitigateEnumeration) return null;
  const keys = real.length > 0 ? real : decoyKeys(ctx.keys, ctx.project.row.id, identifier);
  return askFor(keys, typed, step.flow.internal.webauthn, label, ctx);
}

/**
 * By a password's name, by the name their key was enrolled under, by an address; and only while it is theirs. One name may lead to
 * several people, where it is no address: all of their keys are asked for, and the one that answers says who came. Nobody keeps
 * another out by taking their name.
 */
async function accountsOf(identifier: string, ctx: FactorContext): Promise<readonly AccountSnapshot[]> {
  const address = readAddress(identifier);
  const found = [
    await ctx.db.findAccountByIdentifier("password", identifier),
    await ctx.db.findAccountByIdentifier("webauthn", identifier),
    address === null ? null : await ctx.db.findAccountByAddress("verifiable", address.via, address.value),
  ];
  const isTheirs = (name: string): boolean => name === identifier || name === address?.value;
  const theirs = found.filter((account) => account !== null && accountNames(ctx.project, account.identity).some(isTheirs));
  return [...new Map(theirs.flatMap((account) => (account === null ? [] : [[account.identity.id, account] as const]))).values()];
}

import type { AccountSnapshot } from "../../db/handles";
import { upstreamIdentifier } from "../../model/upstream";
import type { UpstreamPerson } from "../../model/upstream";
import { normaliseAddress, normaliseIdentifier } from "../../wire/identity-schema";
import type { FactorContext } from "../factor";
import { linkedAccounts } from "./credential";
import type { LinkedAccount } from "./credential";

export type KnownAccount =
  | { readonly kind: "known"; readonly account: AccountSnapshot; readonly link: LinkedAccount }
  /** The provider's id points at another issuer than when it was linked: its subjects are other people. */
  | { readonly kind: "other_issuer" }
  | { readonly kind: "unknown" };

/** Whose account this is here, by provider and subject alone. */
export async function accountOf(person: UpstreamPerson, ctx: FactorContext): Promise<KnownAccount> {
  const account = await ctx.db.findAccountByIdentifier("oidc", upstreamIdentifier(person));
  if (account === null) return { kind: "unknown" };
  const link = linkedAccounts(account.credentials, ctx.config).find(({ provider, subject }) => provider.id === person.provider && subject === person.subject);
  if (link === undefined) return { kind: "unknown" };
  return link.issuer !== null && link.issuer !== person.issuer ? { kind: "other_issuer" } : { kind: "known", account, link };
}

/**
 * Who owns the address that a provider vouches for: as a sign-in name, or as an address of theirs. Only a proof of their own
 * factors links the two (T29); an address nobody vouches for finds nobody.
 */
export async function ownerOfAddress(person: UpstreamPerson, ctx: FactorContext): Promise<AccountSnapshot | null> {
  if (person.email === null || !person.email.verified) return null;
  const name = normaliseIdentifier(person.email.value);
  const address = normaliseAddress(person.email.value, "email");
  if (name === "" || address === null) return null;
  return (await ctx.db.findAccountByIdentifier("password", name))
    ?? (await ctx.db.findAccountByIdentifier("code", name))
    ?? (await ctx.db.findAccountByAddress("verifiable", "email", address));
}

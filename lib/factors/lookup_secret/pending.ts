import { randomInt } from "node:crypto";
import type { FlowInternal } from "../../model/flow";
import type { IdentityId } from "../../model/ids";
import type { FactorContext } from "../factor";
import { CODES_PER_SET, digestLookupCode, lookupBinding, newLookupCode, newLookupSalt } from "./codes";

/** A set that was made but not confirmed; it lives in the flow alone, sealed. */
export type PendingSet = NonNullable<FlowInternal["lookup_secret"]>;

/** Twelve new codes. The clear ones are answered once and otherwise exist only sealed. */
export async function makePendingSet(
  identityId: IdentityId, ctx: FactorContext,
): Promise<{ readonly pending: PendingSet; readonly clear: readonly string[] }> {
  const set = { storage: ctx.config.lookup_secret.storage, salt: newLookupSalt() };
  const clear = Array.from({ length: CODES_PER_SET }, newLookupCode);
  const codes = [];
  // One after the other: twelve hashes at once would take the whole queue from people who are signing in.
  for (const [position, code] of clear.entries()) {
    codes.push({
      digest: await digestLookupCode(code, set, identityId, ctx),
      sealed: ctx.keys.seal("lookup", code, lookupBinding(identityId, position)),
    });
  }
  return { pending: { ...set, codes, confirmPosition: randomInt(CODES_PER_SET) }, clear };
}

/** Sealed codes in clear, in order. */
export function openCodes(sealed: readonly string[], identityId: IdentityId, ctx: FactorContext): readonly string[] {
  return sealed.map((value, position) => ctx.keys.open("lookup", value, lookupBinding(identityId, position)));
}

import type { Credential, LookupCredential } from "../../model/credential";
import { unusedCodes } from "./codes";

/** The set of recovery codes of these credentials. */
export function findLookup(credentials: readonly Credential[]): LookupCredential | null {
  return credentials.find((credential): credential is LookupCredential => credential.type === "lookup_secret") ?? null;
}

/** One code at least is left: a fully used set is no way to step up (J12). */
export function isUsable(set: LookupCredential | null): set is LookupCredential {
  return set !== null && unusedCodes(set).length > 0;
}

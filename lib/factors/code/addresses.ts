import type { Credential } from "../../model/credential";
import type { Identity } from "../../model/identity";
import { codeAddressesOf, provedAddresses, sameAddress } from "../../model/owned-address";
import type { Address } from "../../model/owned-address";
import type { MethodConfig } from "../../model/project";
import type { LoginStep } from "../factor";

/** Where codes for this person may go: their `code` credential, or their verifiable addresses where the project lets those stand in. */
export function addressesOf(credentials: readonly Credential[], config: MethodConfig, identity: Identity | null): readonly Address[] {
  const own = codeAddressesOf(credentials);
  if (own !== null) return own;
  if (!config.code.missingCredentialFallback || identity === null) return [];
  return identity.verifiableAddresses.map(({ via, value }) => ({ via, value }));
}

/**
 * What a step may be proved with. Differs from Kratos: an address that carried a first factor or a recovery in this session proves no
 * second (ruling J5), whichever of its rows it was.
 */
export function acceptableAddresses(step: LoginStep, config: MethodConfig): readonly Address[] {
  if (step.identity === null) return [];
  const all = addressesOf(step.credentials, config, step.identity);
  if (step.level === "first") return all;
  const proved = provedAddresses(step.identity, step.methods.filter(({ aal }) => aal === "aal1"));
  return proved === null ? [] : all.filter((one) => !proved.some((other) => sameAddress(one, other)));
}

/** Which halves of a sign-in codes serve here; never both (lib/config/methods.ts). */
export function servesLevel(level: LoginStep["level"], { code }: MethodConfig): boolean {
  return code.enabled && (level === "first" ? code.passwordlessEnabled : code.mfaEnabled);
}

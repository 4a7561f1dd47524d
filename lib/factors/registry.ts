import type { Credential } from "../model/credential";
import type { Identity } from "../model/identity";
import type { FactorCount, UsableMethod } from "../model/policy";
import type { MethodConfig } from "../model/project";
import { code } from "./code";
import type { Factor } from "./factor";
import { lookupSecret } from "./lookup_secret";
import { oidc } from "./oidc";
import { passkey } from "./passkey";
import { password } from "./password";
import { totp } from "./totp";
import { webauthn } from "./webauthn";

/** Every factor there is, strongest first within a level. Adding one is adding a folder and a line here. */
export const REGISTRY: readonly Factor[] = [passkey, webauthn, password, oidc, totp, code, lookupSecret];

/** The factor of a method's name on the wire; null when there is none. */
export function factorFor(id: string): Factor | null {
  return REGISTRY.find((factor) => factor.id === id) ?? null;
}

/** The factors a project has switched on, in the registry's order. */
export function enabledFactors(config: MethodConfig): readonly Factor[] {
  return REGISTRY.filter((factor) => factor.enabled(config));
}

/** What each enabled factor counts; a disabled method counts nothing (J12). */
export function countAll(credentials: readonly Credential[], config: MethodConfig, identity?: Identity): readonly FactorCount[] {
  return enabledFactors(config).map((factor) => factor.count(credentials, config, identity));
}

/** What this person could prove now, strongest first within a level. */
export function usableAll(credentials: readonly Credential[], config: MethodConfig, identity?: Identity): readonly UsableMethod[] {
  return enabledFactors(config).flatMap((factor) => factor.usable(credentials, config, identity));
}

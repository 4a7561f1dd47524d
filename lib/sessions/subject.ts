import type { Credential } from "../model/credential";
import type { Identity } from "../model/identity";
import type { FactorCount, SubjectFacts, UsableMethod } from "../model/policy";
import type { MethodConfig } from "../model/project";
import { availableAal } from "../policy/aal";

/** What this room needs to know of a factor; `REGISTRY` of lib/factors is a list of these. */
export interface CountedFactor {
  enabled(config: MethodConfig): boolean;
  count(credentials: readonly Credential[], config: MethodConfig, identity?: Identity): FactorCount;
  usable(credentials: readonly Credential[], config: MethodConfig, identity?: Identity): readonly UsableMethod[];
}

/**
 * What a person could prove now, and the level that makes available, from live credentials (J12).
 * Differs from Kratos: nothing is believed from a stored column (ADR 0016). A method the project
 * has switched off counts nothing, so nobody is asked for what no form would offer. `identity`: whose credentials
 * they are; without it addresses do not stand in for a missing `code` credential.
 */
export function subjectFacts(
  credentials: readonly Credential[],
  methods: MethodConfig,
  registry: readonly CountedFactor[],
  identity?: Identity,
): SubjectFacts {
  const enabled = registry.filter((factor) => factor.enabled(methods));
  return {
    availableAal: availableAal(enabled.map((factor) => factor.count(credentials, methods, identity))),
    usable: enabled.flatMap((factor) => factor.usable(credentials, methods, identity)),
  };
}

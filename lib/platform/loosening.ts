import { LOOSENING_KINDS } from "../model/loosening";
import type { LooseningNote } from "../model/console-impact";
import type { ProjectConfig } from "../model/project";
import { FLOW_CHECKS } from "./loosening-flows";
import { METHOD_CHECKS } from "./loosening-methods";
import { NETWORK_CHECKS } from "./loosening-network";
import { POLICY_CHECKS } from "./loosening-policy";

const CHECKS = { ...POLICY_CHECKS, ...METHOD_CHECKS, ...FLOW_CHECKS, ...NETWORK_CHECKS } as const;

/**
 * Everything in which `after` protects less than `before`; empty when nothing does. A change with one of these needs a reason. Which
 * key of a configuration can do so, and by which kind, is declared in loosening-keys.ts, for every key there is.
 */
export function looseningsOf(before: ProjectConfig, after: ProjectConfig, now: Date): readonly LooseningNote[] {
  return LOOSENING_KINDS.flatMap((kind) => [...new Set(CHECKS[kind](before, after, now))].map((name) => ({ kind, name })));
}

import type { AssuranceLevel, AuthenticationMethod, FactorId, MethodName } from "../model/assurance";
import type { FactorCount } from "../model/policy";

/** Methods whose own ceremony can cover two factors: an `aal2` entry of theirs needs no companion. */
const TWO_IN_ONE: readonly MethodName[] = ["oidc", "passkey"];

const RANK: Readonly<Record<AssuranceLevel, number>> = { aal0: 0, aal1: 1, aal2: 2 };

/**
 * The level of a session: a fold over its completed methods, and the only place where a level is computed.
 *
 * Order: 1 nothing completed → aal0 · 2 a two-in-one entry at aal2 → aal2 · 3 an aal1 and an aal2 entry → aal2 · 4 aal1.
 * A lone second factor is therefore aal1, and so are two of them (contract 4.1). A passkey and a key count as a pair: ADR 0021.
 */
export function sessionAal(methods: readonly AuthenticationMethod[]): AssuranceLevel {
  if (methods.length === 0) return "aal0";
  const second = methods.filter((entry) => entry.aal === "aal2");
  if (second.some((entry) => TWO_IN_ONE.includes(entry.method))) return "aal2";
  const first = methods.some((entry) => entry.aal === "aal1");
  return first && second.length > 0 ? "aal2" : "aal1";
}

/**
 * The best level a person can reach with what the counts say is usable now.
 * One usable second factor is enough for `aal2`, even without a first (contract 4.3).
 */
export function availableAal(counts: readonly FactorCount[]): AssuranceLevel {
  if (counts.some((count) => count.second > 0)) return "aal2";
  return counts.some((count) => count.first > 0) ? "aal1" : "aal0";
}

/** True when `have` reaches `need`. */
export function atLeast(have: AssuranceLevel, need: AssuranceLevel): boolean {
  return RANK[have] >= RANK[need];
}

/**
 * Epoch milliseconds of the newest entry proved at `level` or above, by one of the `accepted` methods (absent: any).
 * `-Infinity` when there is none. Freshness is measured here, at the demanded level (Differs from Kratos: ADR 0002), and an entry that an
 * enrolment added to a session already at its level is no proof.
 */
export function lastProvedAt(
  methods: readonly AuthenticationMethod[], level: "aal1" | "aal2", accepted?: readonly FactorId[],
): number {
  const names: readonly MethodName[] | undefined = accepted;
  let newest = Number.NEGATIVE_INFINITY;
  for (const entry of methods) {
    if (entry.enrolled === true || !atLeast(entry.aal, level)) continue;
    if (names !== undefined && !names.includes(entry.method)) continue;
    const at = entry.completedAt.getTime();
    if (at > newest) newest = at;
  }
  return newest;
}

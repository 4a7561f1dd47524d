import type { FlowView } from "@/components/flow/flow-view";
import { isSubmit } from "@/components/flow/flow-view";
import type { FactorId } from "@/lib/model/assurance";

/** Strongest and easiest first; a recovery code is never first (ux.md 2.0). */
const ORDER = ["passkey", "webauthn", "totp", "code", "lookup_secret"] as const satisfies readonly FactorId[];
export type SecondMethod = (typeof ORDER)[number];

/**
 * The second methods this flow offers: `last`, the one that last worked in this browser, and then best first. A recovery code used last
 * stays where it is: behind the others.
 */
export function secondMethods(flow: FlowView, last: FactorId | null = null): readonly SecondMethod[] {
  const offered = ORDER.filter((method) => flow.ui.nodes.some((node) => node.group === method && isSubmit(node)));
  const ahead = offered.filter((method) => method === last && method !== "lookup_secret");
  return [...ahead, ...offered.filter((method) => !ahead.includes(method))];
}

/** What to open: the one asked for in the address, the one just tried, else the first in order. */
export function chosenMethod(flow: FlowView, asked: string | null, last: FactorId | null = null): SecondMethod | null {
  const offered = secondMethods(flow, last);
  return offered.find((method) => method === asked) ?? offered.find((method) => method === flow.active) ?? offered[0] ?? null;
}

/** The same flow with another method open: a plain link, so it works without script. */
export function methodHref(flow: FlowView, method: SecondMethod): string {
  return `/login?flow=${flow.id}&method=${method}`;
}
export function helpHref(flow: FlowView): string {
  return `/login?flow=${flow.id}&help=1`;
}

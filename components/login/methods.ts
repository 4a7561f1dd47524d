import type { FlowView } from "@/components/flow/flow-view";
import { isSubmit } from "@/components/flow/flow-view";
import type { FactorId } from "@/lib/model/assurance";

/** Strongest and easiest first; a recovery code is never first (ux.md 2.0). */
const ORDER = ["passkey", "webauthn", "totp", "code", "lookup_secret"] as const satisfies readonly FactorId[];
export type SecondMethod = (typeof ORDER)[number];

/** The second methods this flow offers, best first. */
export function secondMethods(flow: FlowView): readonly SecondMethod[] {
  return ORDER.filter((method) => flow.ui.nodes.some((node) => node.group === method && isSubmit(node)));
}

/** What to open: the one asked for in the address, the one just tried, else the best. */
export function chosenMethod(flow: FlowView, asked: string | null): SecondMethod | null {
  const offered = secondMethods(flow);
  return offered.find((method) => method === asked) ?? offered.find((method) => method === flow.active) ?? offered[0] ?? null;
}

/** The same flow with another method open: a plain link, so it works without script. */
export function methodHref(flow: FlowView, method: SecondMethod): string {
  return `/login?flow=${flow.id}&method=${method}`;
}
export function helpHref(flow: FlowView): string {
  return `/login?flow=${flow.id}&help=1`;
}

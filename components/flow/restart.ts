import type { FlowKind } from "@/lib/model/flow";
import type { FlowView } from "./flow-view";

/** What a fresh flow must know to be for the same purpose. */
const CARRIED = ["return_to", "aal", "refresh", "operation"] as const;

/** Where a flow for the same purpose begins anew: another address, another way, another account. */
export function restartHref(flow: FlowView, kind: FlowKind, without: readonly (typeof CARRIED)[number][] = []): string {
  const asked = flow.request_url !== undefined && URL.canParse(flow.request_url) ? new URL(flow.request_url).searchParams : new URLSearchParams();
  const params = new URLSearchParams();
  for (const name of CARRIED) {
    const value = asked.get(name) ?? (name === "return_to" ? flow.return_to ?? null : null);
    if (value !== null && value !== "" && !without.includes(name)) params.set(name, value);
  }
  const query = params.toString();
  return `/self-service/${kind}/browser${query === "" ? "" : `?${query}`}`;
}

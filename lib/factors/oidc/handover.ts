import { constantTimeEqual, hashToken } from "../../crypto/token";
import type { Flow } from "../../model/flow";
import type { JsonObject } from "../../model/identity";
import { handoverBinding } from "../../model/upstream";
import type { UpstreamPerson } from "../../model/upstream";
import type { ReasonCode } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, Rejected } from "../factor";
import { refuse } from "./arrival";
import type { Arrived } from "./arrival";

/** Reasons with which a dance may end before anybody arrived; anything else a URL says is read as the first. */
const FAILURES = ["oidc_start_again", "oidc_cancelled", "oidc_refused", "oidc_unavailable", "oidc_bad_answer", "oidc_misconfigured"] as const satisfies readonly ReasonCode[];

/** Whether a submission comes from the end of a dance, well or badly. */
export function isReturn(payload: JsonObject): boolean {
  return textOf(payload, "oidc_handover") !== null || textOf(payload, "oidc_error") !== null;
}

/**
 * Opens what the callback handed over.
 *
 * Order: 1 this browser began this round trip (its own cookie) · 2 an unused token of at most ten minutes · 3 of this flow and of
 * the provider under way · 4 a provider that the project still has · 5 the seal. Nothing is taken yet: the commit does.
 */
export async function receive(flow: Flow, payload: JsonObject, ctx: FactorContext): Promise<Arrived | Rejected> {
  const { provider: id, returnHash } = flow.internal.oidc ?? {};
  const secret = textOf(payload, "oidc_binding");
  if (id === undefined || returnHash === undefined || secret === null || !constantTimeEqual(hashToken(secret), returnHash)) return refuse("oidc_start_again");
  const provider = ctx.config.oidc.providers.find((known) => known.id === id);
  if (provider === undefined) return refuse("oidc_unknown_provider");
  const failure = textOf(payload, "oidc_error");
  if (failure !== null) return refuse(FAILURES.find((known) => known === failure) ?? "oidc_start_again", provider);
  const handover = await ctx.db.findHandover(hashToken(textOf(payload, "oidc_handover") ?? ""), ctx.now);
  if (handover === null || handover.flowId !== flow.id || handover.provider !== id) return refuse("oidc_start_again");
  const person = JSON.parse(ctx.keys.open("oidc", handover.sealed, handoverBinding(ctx.project.row.id, flow.id, id))) as UpstreamPerson;
  return {
    kind: "arrived", person, provider, handoverId: handover.id, provedAt: ctx.now, askedSince: flow.internal.oidc?.startedAt,
    consume: (tx) => tx.consumeHandover(handover.id, ctx.now),
  };
}

import type { Flow } from "../../model/flow";
import type { JsonObject } from "../../model/identity";
import type { OidcProviderConfig } from "../../model/project";
import type { UpstreamPerson } from "../../model/upstream";
import { say } from "../../wire/message";
import type { ReasonCode } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { Commit, FactorContext, Rejected } from "../factor";

/** Somebody of whom a provider told: a browser came back from it, or an app brought its ID token. */
export interface Arrived {
  readonly kind: "arrived";
  readonly person: UpstreamPerson;
  readonly provider: OidcProviderConfig;
  /** Of a browser's return: what the callback handed over. Null: an app holds the token itself. */
  readonly handoverId: string | null;
  /** What the provider proved is of then at the latest. */
  readonly provedAt: Date;
  /** A provider that asked the person since then asked for this. Epoch ms. */
  readonly askedSince: number | undefined;
  /** Takes the handover, or the token; of two requests with one of them the second is told false. */
  readonly consume: Commit;
}

/** Whether a submission brings an ID token. */
export function bringsIdToken(payload: JsonObject): boolean {
  return textOf(payload, "id_token") !== null;
}

/**
 * Opens what an app brought. Differs from Kratos: only an app's flow takes one (a browser has the round trip, which is bound to it), the
 * nonce is needed from every provider, and a token serves once.
 *
 * Order: 1 a provider of this project · 2 an app's flow · 3 a nonce · 4 the token · 5 not used before. Nothing is taken yet: the commit does.
 */
export async function receiveIdToken(flow: Flow, payload: JsonObject, ctx: FactorContext): Promise<Arrived | Rejected> {
  const id = textOf(payload, "provider");
  if (id === null) return { kind: "rejected", messages: [say.missing("provider")], field: "provider", counts: false };
  const provider = ctx.config.oidc.providers.find((known) => known.id === id);
  if (provider === undefined) return refuse("oidc_unknown_provider");
  if (flow.type !== "api") return refuse("oidc_token_in_apps", provider);
  const nonce = textOf(payload, "id_token_nonce");
  if (nonce === null) return { kind: "rejected", messages: [say.missing("id_token_nonce")], counts: false };
  const reading = await ctx.readIdToken(provider, textOf(payload, "id_token") ?? "", nonce, ctx.project, ctx.now);
  if (reading.kind === "refused") return { ...refuse(reading.reason, provider), because: reading.because };
  const { person, issuedAt, spendHash, refusedFrom } = reading;
  if (await ctx.db.wasSpent(spendHash)) return { ...refuse("oidc_start_again", provider), because: "id_token:used" };
  return {
    kind: "arrived", person, provider, handoverId: null,
    provedAt: issuedAt < ctx.now ? issuedAt : ctx.now, askedSince: flow.issuedAt.getTime(),
    consume: (tx) => tx.spendOnce({ flowId: flow.id, provider: provider.id, tokenHash: spendHash, expiresAt: refusedFrom, at: ctx.now }),
  };
}

/** Nothing was guessed: the attempt is given back. */
export function refuse(code: ReasonCode, provider?: OidcProviderConfig): Rejected {
  return { kind: "rejected", messages: [say.generic(code, provider === undefined ? {} : { provider: provider.label })], counts: false };
}

import type { BridgeContext } from "./adapter";
import { failureOf } from "../upstream/failure";
import type { UpstreamFailure } from "../upstream/failure";
import type { Dance } from "./dance";
import { metadataOf } from "../upstream/metadata";
import { decodedCookies, runDance } from "./run";
import { askUpstream, rulesFor } from "../upstream/http";

/** Whose round trip this is: found and checked by lib/http, for this very browser. */
export interface DanceFacts {
  readonly flowId: Dance["flowId"];
  readonly provider: Dance["provider"];
  readonly again: boolean;
}
export type Started =
  | { readonly kind: "away"; readonly to: string; readonly setCookies: readonly string[] }
  | { readonly kind: "failed"; readonly failure: UpstreamFailure };

/** Finds the provider and makes the dance of this request. Throws an UpstreamError where it cannot be found. */
export async function danceOf(facts: DanceFacts, context: BridgeContext, said: Dance["said"] = {}): Promise<Dance> {
  const ask = context.ask ?? askUpstream;
  const rules = rulesFor(context.project);
  const metadata = await metadataOf(facts.provider, ask, rules, context.now);
  return { ...facts, metadata, ask, rules, said, failure: null, person: null };
}

/**
 * Begins a dance: the two calls that next-auth's client makes in a page, made here on the server. First its anti-forgery pair,
 * then the sign-in with it, which sets state, verifier and nonce in this browser's cookies and names the provider's address.
 */
export async function startDance(facts: DanceFacts, cookies: ReadonlyMap<string, string>, context: BridgeContext): Promise<Started> {
  let dance: Dance;
  try {
    dance = await danceOf(facts, context);
  } catch (error) {
    return failed(error, facts, context);
  }
  const dancing: BridgeContext = { ...context, dance };
  const known = decodedCookies(cookies);
  const pair = await runDance({ method: "GET", segments: ["csrf"], query: {}, cookies: known, body: {} }, dancing);
  const { csrfToken } = JSON.parse(pair.body) as { readonly csrfToken: string };
  const answer = await runDance({
    method: "POST", segments: ["signin", facts.provider.id], query: {}, cookies: { ...known, ...valuesIn(pair.setCookies) }, body: { csrfToken, json: "true" },
  }, dancing);
  const to = (JSON.parse(answer.body === "" ? "{}" : answer.body) as { readonly url?: unknown }).url;
  if (typeof to !== "string" || !to.startsWith(dance.metadata.authorizationEndpoint)) return failed(new Error("no way to the provider"), facts, context);
  return { kind: "away", to, setCookies: [...pair.setCookies, ...answer.setCookies] };
}

function failed(error: unknown, { provider }: DanceFacts, { services }: BridgeContext): Started {
  const failure = failureOf(error);
  services.log.warn({ provider: provider.id, failure, why: error instanceof Error ? error.message : "unknown" }, "a provider could not be asked");
  return { kind: "failed", failure };
}

/** Name and value of each cookie just set, as the next call reads them. */
function valuesIn(setCookies: readonly string[]): Readonly<Record<string, string>> {
  const pairs = setCookies.map((line) => {
    const [pair = ""] = line.split(";", 1);
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return decodedCookies(new Map(pairs));
}

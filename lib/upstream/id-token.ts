import { verifyIdToken } from "../crypto/id-token";
import type { IdTokenExpectation, IdTokenVerdict } from "../crypto/id-token";
import { hashToken } from "../crypto/token";
import type { OidcProviderConfig, Project } from "../model/project";
import { addMs, HOUR_MS, MINUTE_MS, SECOND_MS } from "../model/time";
import type { IdTokenReading } from "../model/upstream";
import { failureOf } from "./failure";
import { askUpstream, rulesFor } from "./http";
import type { AskUpstream } from "./http";
import { keysOf, metadataOf } from "./metadata";
import type { Metadata } from "./metadata";
import { personFrom } from "./person";

/** As long as Google's own; Apple's would be good for a day, and nobody needs a day to hand one over. */
const OLDEST_MS = HOUR_MS;
/** More than any skew that the verification allows. */
const REMEMBERED_LONGER_MS = MINUTE_MS;

export type ReadIdToken = (provider: OidcProviderConfig, token: string, nonce: string, project: Project, now: Date) => Promise<IdTokenReading>;

/**
 * Judges the ID token that a native app got from a provider's SDK and brought itself (contract 5.14). The provider is found, and its keys
 * are fetched, exactly as for a browser's round trip: same addresses, same guard against private networks, same deadline, same memory.
 *
 * Order: 1 a provider that has ID tokens · 2 its discovery document and keys · 3 the token, for one of this project's clients and with the
 * app's nonce (lib/crypto/id-token.ts) · 4 its age. Whether it was used before is the caller's question. Never throws for the token's sake.
 */
export function createIdTokenReader(ask: AskUpstream = askUpstream): ReadIdToken {
  return async (provider, token, nonce, project, now) => {
    if (provider.kind === "github") return refused("oidc_no_id_token", "no_id_tokens");
    let verdict: IdTokenVerdict;
    try {
      const rules = rulesFor(project);
      const metadata = await metadataOf(provider, ask, rules, now);
      const verify = async (fresh: boolean): Promise<IdTokenVerdict> =>
        verifyIdToken(token, { ...expectationOf(provider, metadata, nonce, now), jwks: await keysOf(metadata, ask, rules, now, fresh) });
      const first = await verify(false);
      verdict = first.kind === "unknown_key" ? await verify(true) : first;
    } catch (error) {
      const failure = failureOf(error);
      return refused(failure === "oidc_unavailable" || failure === "oidc_misconfigured" ? failure : "oidc_bad_answer", "provider");
    }
    if (verdict.kind !== "valid") return refused("oidc_bad_answer", verdict.kind === "unknown_key" ? verdict.kind : wordOf(verdict.why));
    const { claims } = verdict;
    const issuedMs = Number(claims["iat"]) * SECOND_MS;
    if (!(now.getTime() - issuedMs <= OLDEST_MS)) return refused("oidc_start_again", "too_old");
    return {
      kind: "read", person: personFrom(provider, claims.iss, claims, {}), issuedAt: new Date(issuedMs),
      spendHash: spendHashOf(project, token), refusedFrom: addMs(new Date(issuedMs), OLDEST_MS + REMEMBERED_LONGER_MS),
    };
  };
}

function expectationOf(provider: OidcProviderConfig, metadata: Metadata, nonce: string, now: Date): Omit<IdTokenExpectation, "jwks"> {
  return {
    issuer: metadata.issuer ?? "", clientId: provider.clientId, alsoFor: provider.additionalAudiences, algorithms: metadata.algorithms, nonce, accessToken: null, now,
  };
}

/** Of what is signed, not of the signature: there are two that fit for every signature on an elliptic curve. */
function spendHashOf(project: Project, token: string): string {
  return hashToken(`id-token:${project.row.id}:${token.slice(0, token.lastIndexOf("."))}`);
}

/** The first word alone: what follows it may be the token's own text. */
function wordOf(why: string): string {
  return (why.split(" ", 1)[0] ?? "").toLowerCase();
}

function refused(reason: Extract<IdTokenReading, { kind: "refused" }>["reason"], because: string): IdTokenReading {
  return { kind: "refused", reason, because: `id_token:${because}` };
}

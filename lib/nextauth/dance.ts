import type { FlowId } from "../model/ids";
import type { OidcProviderConfig } from "../model/project";
import type { UpstreamPerson } from "../model/upstream";
import type { Metadata } from "./metadata";
import type { AskUpstream, UpstreamRules } from "./upstream-http";

/** Why a dance ended before anybody arrived. Each has a sentence for the person: `reason.oidc_…` of the catalogue. */
export type DanceFailure = "oidc_start_again" | "oidc_cancelled" | "oidc_refused" | "oidc_unavailable" | "oidc_bad_answer" | "oidc_misconfigured";

/** One round trip to a provider, as far as this request goes. */
export interface Dance {
  readonly flowId: FlowId;
  readonly provider: OidcProviderConfig;
  readonly metadata: Metadata;
  /** The person must be asked again now (a refresh): `prompt=login`, `max_age=0`. */
  readonly again: boolean;
  readonly ask: AskUpstream;
  readonly rules: UpstreamRules;
  /** What Apple's form said beside the code, the first time only. Nobody vouches for it. */
  readonly said: { readonly givenName?: string; readonly familyName?: string };
  failure: DanceFailure | null;
  person: UpstreamPerson | null;
}

/** Thrown inside a dance; `why` is for the log and never holds a token. */
export class DanceError extends Error {
  readonly failure: DanceFailure;
  constructor(failure: DanceFailure, why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = "DanceError";
    this.failure = failure;
  }
}

/** By its name: two bundles of one process hold two copies of the class. */
export function failureOf(error: unknown): DanceFailure {
  const failure = typeof error === "object" && error !== null && "failure" in error ? error.failure : null;
  return typeof failure === "string" && failure.startsWith("oidc_") ? failure as DanceFailure : "oidc_bad_answer";
}

/** Why an answer of a provider was not taken. Each has a sentence for the person: `reason.oidc_…` of the catalogue. */
export type UpstreamFailure = "oidc_start_again" | "oidc_cancelled" | "oidc_refused" | "oidc_unavailable" | "oidc_bad_answer" | "oidc_misconfigured";

/** Thrown while a provider is asked or its answer is judged; `why` is for the log and never holds a token. */
export class UpstreamError extends Error {
  readonly failure: UpstreamFailure;
  constructor(failure: UpstreamFailure, why: string, options?: ErrorOptions) {
    super(why, options);
    this.name = "UpstreamError";
    this.failure = failure;
  }
}

/** By its name: two bundles of one process hold two copies of the class. */
export function failureOf(error: unknown): UpstreamFailure {
  const failure = typeof error === "object" && error !== null && "failure" in error ? error.failure : null;
  return typeof failure === "string" && failure.startsWith("oidc_") ? failure as UpstreamFailure : "oidc_bad_answer";
}

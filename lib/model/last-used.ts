import type { FactorId } from "./assurance";

/** What last worked in this browser at each step of a sign-in. Of whom, nobody knows. */
export interface LastUsed {
  readonly first: FactorId | null;
  /** Id of the identity provider where `first` is `oidc`; null otherwise. */
  readonly provider: string | null;
  readonly second: FactorId | null;
}

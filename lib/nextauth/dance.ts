import type { FlowId } from "../model/ids";
import type { OidcProviderConfig } from "../model/project";
import type { UpstreamPerson } from "../model/upstream";
import type { UpstreamFailure } from "../upstream/failure";
import type { AskUpstream, UpstreamRules } from "../upstream/http";
import type { Metadata } from "../upstream/metadata";

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
  failure: UpstreamFailure | null;
  person: UpstreamPerson | null;
}

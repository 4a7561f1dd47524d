import type { ContinueWith, Flow } from "../model/flow";
import type { Identity } from "../model/identity";
import type { AccessDecision } from "../model/policy";
import type { Session } from "../model/session";

/** A session whose browser cookie or native token must now be handed out. The token is nowhere else in clear. */
export interface IssuedSession {
  readonly session: Session;
  readonly identity: Identity;
  /** The live token, `ory_st_…`; for `browser` it goes into the cookie only, for `api` into the body. */
  readonly token: string;
  /** Rotate the CSRF secret: another identity, or nobody, was here before (contract 2.4). */
  readonly rotateCsrf: boolean;
  /** Give this browser the signed known-device cookie of this identity (a complete login). */
  readonly knownDevice: boolean;
}

/** What a flow hands to the edge; it knows nothing of cookies or status codes. */
export type FlowResult =
  /** `rejected`: validation error or intermediate login/registration step (400); otherwise 200. HTML: 303 to the flow's page. */
  | {
      readonly kind: "form"; readonly flow: Flow; readonly rejected: boolean;
      /** A wait is running: JSON answers 429 with `Retry-After` and the flow; a page shows the same form again. */
      readonly retryAfterSeconds?: number;
      /** Where a page goes instead of showing the form again: somebody signed in already has nothing to do here. */
      readonly pageGoesTo?: string;
      /** A script must navigate: 422 with the flow's page (contract 5.7, 5.10). */
      readonly navigates?: boolean;
    }
  /** The browser leaves for an identity provider: 303, or 422 for a script and for a native client (contract 5.10). */
  | { readonly kind: "upstream"; readonly flow: Flow; readonly to: string }
  | {
      readonly kind: "completed";
      readonly flow: Flow;
      readonly issued: IssuedSession | null;
      /** The new person, when registration ran without the session hook. */
      readonly identity: Identity;
      /** The decision for the session area after this step. */
      readonly next: AccessDecision;
      /** Validated absolute URL to go to when `next` allows. */
      readonly returnTo: string;
      /** Absolute URL to go to when `next` does not allow (aal2 login or settings). */
      readonly continueAt: string | null;
      readonly continueWith: readonly ContinueWith[];
    };

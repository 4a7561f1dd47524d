import { continueUrl } from "../flows/decide";
import { DomainError } from "../model/errors";
import type { AccessDecision, AccessRequirement } from "../model/policy";
import { toWireError } from "../wire/error";
import { jsonAnswer, redirectAnswer } from "./answer";
import type { Exchange } from "./exchange";

export type Refused = Exclude<AccessDecision, { readonly kind: "allow" }>;

export interface Refusal {
  readonly decision: Refused;
  /** Where the person wanted to go; validated when the way on is walked. */
  readonly returnTo: string | null;
  /** Names the reason on the next screen and narrows its methods; decides nothing. */
  readonly operation?: string;
  readonly requirement: AccessRequirement;
}

/**
 * One decision, three faces (house part 6): a page is led on with 303, a script reads 401 or 403 with `redirect_browser_to`, a
 * caller with a bearer token reads 401 and what RFC 9470 tells it to ask for.
 */
export function respondRefusal(exchange: Exchange, refusal: Refusal, json: boolean): Response {
  const { decision, returnTo, operation } = refusal;
  const onward = continueUrl(decision, exchange.project, returnTo, operation);
  if (exchange.credential === "bearer") {
    const wire = toWireError(refusalError(decision, onward), { requestId: exchange.requestId });
    return jsonAnswer(exchange, 401, { ...wire.body }, { ...wire.headers, "www-authenticate": challenge(refusal) });
  }
  if (!json && onward !== null) return redirectAnswer(exchange, onward);
  const wire = toWireError(refusalError(decision, onward), { requestId: exchange.requestId, baseUrl: exchange.project.config.baseUrl });
  return jsonAnswer(exchange, wire.status, wire.body, wire.headers);
}

export function refusalError(decision: Refused, redirectTo: string | null): DomainError {
  switch (decision.kind) {
    case "sign_in":
      return new DomainError("unauthorized", { redirectTo });
    case "reauthenticate":
      return new DomainError("session_refresh_required", { redirectTo });
    case "step_up":
    case "enroll":
      return new DomainError("session_aal2_required", { redirectTo });
  }
}

/** RFC 9470, section 3. A token that is no session at all is RFC 6750's `invalid_token`. */
export function challenge({ decision, requirement }: Pick<Refusal, "decision" | "requirement">): string {
  if (decision.kind === "sign_in") return 'Bearer error="invalid_token"';
  const level = decision.kind === "reauthenticate" ? decision.to : "aal2";
  const parts = ['error="insufficient_user_authentication"', 'error_description="A stronger or fresher sign-in is needed"', `acr_values="${level}"`];
  if (requirement.maxAgeSeconds !== undefined) parts.push(`max_age="${requirement.maxAgeSeconds}"`);
  return `Bearer ${parts.join(", ")}`;
}

import { factorFor } from "../factors/registry";
import type { LoginFlow } from "../model/flow";
import { loginStep } from "./login";
import { loginEntry } from "./login-entry";
import { factorContext } from "./request";
import type { EngineDeps, FlowRequest } from "./request";
import { sendChallenge } from "./screens";

/**
 * The fast path of contract 3.6: where one factor is all a person could use for the second step, and it has nothing left to
 * choose, it acts as soon as the flow exists (a code is sent to the only address). Answers the flow as it is then.
 */
export async function actAtCreation(flow: LoginFlow, request: FlowRequest, deps: EngineDeps): Promise<LoginFlow> {
  if (flow.requestedAal !== "aal2" || !request.session || !isOwnWish(request)) return flow;
  const usable = new Set(request.session.subject.usable.filter(({ aal }) => aal === "aal2").map(({ method }) => method));
  const [only] = usable;
  if (usable.size !== 1 || only === undefined) return flow;
  const outcome = await factorFor(only)?.login?.atCreation?.(loginStep(flow, request), factorContext(request, deps));
  if (!outcome) return flow;
  const audit = loginEntry("login.rejected", flow, only, request, request.session.identity.id);
  const result = await sendChallenge(flow, only, outcome, {}, audit, request, deps);
  return result.flow.kind === "login" ? result.flow : flow;
}

/** Another site's link opens the form and sends nothing: nobody makes letters in a signed-in person's name. Apps say no site at all. */
function isOwnWish({ origin }: FlowRequest): boolean {
  const [site] = origin.headers["sec-fetch-site"] ?? [];
  return site === undefined || site === "same-origin" || site === "none";
}

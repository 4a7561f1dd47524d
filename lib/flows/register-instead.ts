import type { FlowInternal, LoginFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { beginFlow } from "./begin";
import { buildRegistration } from "./registration";
import { submitRegistration } from "./registration-submit";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { newFlowBase } from "./stored";

/**
 * A provider knows the person, this project does not: a registration flow takes the sign-in's place, with its target and what
 * the provider said, and is submitted at once. Where traits are missing its form is what the person sees next.
 */
export async function registerInstead(
  login: LoginFlow, internal: Partial<FlowInternal>, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const base = { ...newFlowBase("registration", "choose_method", request, login), type: login.type, csrfHash: login.csrfHash };
  const built = await buildRegistration({ ...request, transport: login.type }, deps, base, []);
  const flow = { ...built, internal: { ...built.internal, ...internal } };
  await beginFlow(flow, request, deps);
  return submitRegistration(flow, payload, request, deps);
}

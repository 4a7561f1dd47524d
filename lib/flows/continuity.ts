import type { KeyRing } from "../crypto/keys";
import type { ProjectDb } from "../db/handles";
import type { SettingsFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { addMs, MINUTE_MS } from "../model/time";
import type { FlowRequest } from "./request";
import { isOwnBrowser } from "./stored";

/** How long a refused change waits for re-authentication (contract 4.8). */
const PARKED_FOR_MS = 15 * MINUTE_MS;

/** Seals a refused settings change until the person has proved themselves again. Browser flows only; native clients resubmit. */
export async function park(tx: ProjectDb, flow: SettingsFlow, payload: JsonObject, request: FlowRequest, keys: KeyRing): Promise<void> {
  if (flow.type !== "browser") return;
  const { csrf_token: _csrf, ...kept } = payload;
  const sealed = keys.seal("parked", JSON.stringify(kept), [flow.id, flow.identityId]);
  await tx.parkChange({ flowId: flow.id, identityId: flow.identityId, sealed, expiresAt: addMs(request.now, PARKED_FOR_MS), at: request.now });
}

/** The parked change of this flow, once, for the same person in the same browser or session; null when there is none. */
export async function unpark(flow: SettingsFlow, request: FlowRequest, keys: KeyRing): Promise<JsonObject | null> {
  if (flow.type !== "browser" || !isOwnBrowser(flow, request)) return null;
  const sealed = await request.handle.transaction((tx) => tx.consumeParkedChange(flow.id, flow.identityId, request.now));
  if (sealed === null) return null;
  return JSON.parse(keys.open("parked", sealed, [flow.id, flow.identityId])) as JsonObject;
}

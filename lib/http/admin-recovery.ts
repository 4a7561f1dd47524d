import { parseDurationMs } from "../config/durations";
import { adminRecoveryAllowed, issueRecovery, recoverable } from "../flows/recovery-by-admin";
import { DomainError } from "../model/errors";
import type { Transport } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { isUuid } from "../model/ids";
import type { IdentityId } from "../model/ids";
import { DAY_MS } from "../model/time";
import { rfc3339 } from "../wire/message";
import { byCaller } from "./admin-list";
import { jsonAnswer } from "./answer";
import { withApiKey } from "./api-key";
import type { ApiCaller } from "./api-key";
import { readJson } from "./body";
import { flowRequest } from "./exchange";
import type { Exchange } from "./exchange";

/* Recovery that an admin begins for somebody (contract/admin.md 1.16). The two endpoints are unlike on purpose: clients know them so. */

/** A secret that opens an account is not left lying about for longer. Differs from Kratos, which knows no limit. */
const LONGEST_MS = DAY_MS;

/** `POST /admin/recovery/code`: 201; an unknown identity is 404. */
export const createCode = withApiKey(async (exchange, caller, request) => {
  const issued = await issue("code", 404, exchange, caller, request);
  return jsonAnswer(exchange, 201, { recovery_link: issued.link, recovery_code: issued.code ?? "", expires_at: rfc3339(issued.expiresAt) });
});

/** `POST /admin/recovery/link`: 200; an unknown identity is 400; `?return_to=` is kept for the end. */
export const createLink = withApiKey(async (exchange, caller, request) => {
  const issued = await issue("link", 400, exchange, caller, request);
  return jsonAnswer(exchange, 200, { recovery_link: issued.link, expires_at: rfc3339(issued.expiresAt) });
});

async function issue(by: "code" | "link", unknown: 400 | 404, exchange: Exchange, caller: ApiCaller, request: Request) {
  const flow = flowRequest(exchange, "browser");
  adminRecoveryAllowed(by, flow);
  const body = await readJson(request);
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw refuse("The body must be a JSON object.");
  const order = readOrder(body as JsonObject, by);
  if (!(await recoverable(order.identityId, exchange.handle))) {
    const reason = "No identity has this identity_id.";
    throw unknown === 404 ? new DomainError("not_found", { reason }) : refuse(reason);
  }
  const { actor, details = {} } = byCaller(exchange, caller);
  return issueRecovery({ ...order, by, admin: { actor, details } }, flow, exchange.services);
}

function readOrder(body: JsonObject, by: "code" | "link"): { readonly identityId: IdentityId; readonly lifespanMs: number | null; readonly flowType: Transport } {
  const { identity_id: id, expires_in: lifespan, flow_type: type } = body;
  if (typeof id !== "string" || !isUuid(id)) throw refuse("identity_id must be the id of an identity.");
  const flowType = by === "code" && type !== undefined && type !== null && type !== "" ? type : "browser";
  if (flowType !== "browser" && flowType !== "api") throw refuse("flow_type must be browser or api.");
  return { identityId: id as IdentityId, lifespanMs: lifespan === undefined || lifespan === null || lifespan === "" ? null : readLifespan(lifespan), flowType };
}

function readLifespan(value: unknown): number {
  const ms = typeof value === "string" ? parseDurationMs(value) : null;
  if (ms === null || ms < 1) throw refuse("expires_in must be a positive duration such as 30m or 12h.");
  if (ms > LONGEST_MS) throw refuse("expires_in must be at most 24h.");
  return ms;
}

function refuse(reason: string): DomainError {
  return new DomainError("bad_request", { reason });
}

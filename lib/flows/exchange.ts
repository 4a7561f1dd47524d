import type { KeyRing } from "../crypto/keys";
import { constantTimeEqual, hashToken, newToken } from "../crypto/token";
import type { ProjectDb, TokenExchange } from "../db/handles";
import type { LoginFlow, RegistrationFlow } from "../model/flow";
import type { FlowId, ProjectId, SessionId } from "../model/ids";
import type { Session } from "../model/session";
import { isTrue } from "../wire/payload";
import type { EngineDeps, FlowRequest } from "./request";

/*
 * A native app signs in through a browser (contract 1.9). It begins the flow with a code of its own and gets a second one when
 * the browser comes back to it; only both together fetch the session, once.
 */

/**
 * For `return_session_token_exchange_code=true` on a native login or registration: the code for the flow's field of that name,
 * stored hashed and shown in this one answer. Null where none was asked for. Call it after the flow was inserted.
 */
export async function prepareExchange(
  tx: ProjectDb, flow: LoginFlow | RegistrationFlow, request: FlowRequest, deps: Pick<EngineDeps, "keys">,
): Promise<string | null> {
  if (flow.type !== "api" || !isTrue(request.url.searchParams.get("return_session_token_exchange_code") ?? false)) return null;
  const initCode = newToken("ory_ste_");
  await tx.insertTokenExchange({
    flowId: flow.id, initHash: hashToken(initCode), returnHash: hashToken(returnCodeOf(flow.id, request.project.row.id, deps.keys)),
    expiresAt: flow.expiresAt, at: request.now,
  });
  await tx.updateFlow(flow.id, { internal: { ...flow.internal, oidc: { ...flow.internal.oidc, exchange: true } }, at: request.now });
  return initCode;
}

/**
 * The browser's part is done: puts the session where the app will fetch it, and answers the second code. `flowId` is the flow that
 * the app began, also where a registration took its place. Null when nothing waits there, or it was filled before.
 */
export async function fillExchange(
  tx: ProjectDb, flowId: FlowId, granted: { readonly session: Session; readonly token: string }, request: FlowRequest, deps: Pick<EngineDeps, "keys">,
): Promise<string | null> {
  const sealed = deps.keys.seal("exchange", granted.token, exchangeBinding(flowId, granted.session.id));
  if (!(await tx.fillTokenExchange(flowId, granted.session.id, sealed))) return null;
  return returnCodeOf(flowId, request.project.row.id, deps.keys);
}

export type Exchanged =
  | { readonly kind: "token"; readonly token: string; readonly sessionId: SessionId }
  | { readonly kind: "pending"; readonly flowId: FlowId }
  | { readonly kind: "unknown" };

/** Hands the session over to whoever holds both codes. A wrong second code, a used or an old exchange are all unknown. */
export async function takeExchange(initCode: string, returnCode: string, request: FlowRequest, deps: Pick<EngineDeps, "keys">): Promise<Exchanged> {
  const { handle, now } = request;
  const found = await handle.findTokenExchange(hashToken(initCode));
  if (found === null || found.consumedAt !== null || found.expiresAt.getTime() <= now.getTime()) return { kind: "unknown" };
  const { sessionId, sealedToken } = found;
  if (sessionId === null || sealedToken === null) return { kind: "pending", flowId: found.flowId };
  if (!fits(found, returnCode)) return { kind: "unknown" };
  if (!(await handle.transaction((tx) => tx.consumeTokenExchange(found.id, now)))) return { kind: "unknown" };
  return { kind: "token", sessionId, token: deps.keys.open("exchange", sealedToken, exchangeBinding(found.flowId, sessionId)) };
}

function fits(exchange: TokenExchange, returnCode: string): boolean {
  return constantTimeEqual(hashToken(returnCode), exchange.returnHash);
}

function exchangeBinding(flowId: FlowId, sessionId: SessionId): readonly string[] {
  return ["exchange", flowId, sessionId];
}

/** 256 bits that only this installation can make again when the browser comes back; the row holds their hash. */
function returnCodeOf(flowId: FlowId, projectId: ProjectId, keys: KeyRing): string {
  return `ory_rtc_${keys.mac("action", "token-exchange", projectId, flowId).toString("base64url")}`;
}

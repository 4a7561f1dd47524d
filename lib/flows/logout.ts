import { hashToken } from "../crypto/token";
import { DomainError } from "../model/errors";
import { isLogoutTokenOf, logoutTokenOf, revokeSession } from "../sessions/revoke";
import type { EngineDeps, FlowRequest } from "./request";
import { safeReturnTo } from "./urls";

/** Where a browser signs out (contract 1.5). No level is asked: anybody half signed in may leave. */
export function logoutUrl(request: FlowRequest, returnTo: string | null, deps: EngineDeps): { readonly logout_url: string; readonly logout_token: string } {
  const { project, session } = request;
  if (!session) throw new DomainError("session_inactive");
  safeReturnTo(project, returnTo, project.config.defaultReturnUrl);
  const token = logoutTokenOf(session.session, deps.keys);
  const url = new URL("self-service/logout", withSlash(project.config.baseUrl));
  url.searchParams.set("token", token);
  if (returnTo) url.searchParams.set("return_to", returnTo);
  return { logout_url: url.href, logout_token: token };
}

export async function logout(token: string | null, returnTo: string | null, request: FlowRequest, deps: EngineDeps): Promise<{ readonly returnTo: string }> {
  const { project, session, handle, now } = request;
  if (!token) throw new DomainError("logout_token_missing");
  const target = safeReturnTo(project, returnTo, project.config.logoutReturnUrl ?? project.config.defaultReturnUrl);
  if (!session) throw new DomainError("session_inactive");
  if (!isLogoutTokenOf(session.session, token, deps.keys)) throw new DomainError("logout_token_wrong");
  await handle.transaction(async (tx) => {
    await revokeSession(tx, session.session.id, session.identity.id, now);
    await tx.appendAudit({
      action: "session.revoked", result: "ok", actor: { kind: "person", identityId: session.identity.id }, identityId: session.identity.id,
      sessionId: session.session.id, ipAddress: request.device.ipAddress, details: { by: "logout" },
    }, now);
  });
  return { returnTo: target };
}

/** Ends a native session by its token; one that ended before is no error, one never known is 403. */
export async function logoutNative(sessionToken: string, request: FlowRequest): Promise<void> {
  const { handle, now } = request;
  const found = await handle.findSessionByTokenHash(hashToken(sessionToken));
  if (!found) throw new DomainError("forbidden", { reason: "This session token is not known." });
  await handle.transaction(async (tx) => {
    const ended = await revokeSession(tx, found.session.id, found.identity.id, now);
    if (!ended) return;
    await tx.appendAudit({
      action: "session.revoked", result: "ok", actor: { kind: "person", identityId: found.identity.id }, identityId: found.identity.id,
      sessionId: found.session.id, ipAddress: request.device.ipAddress, details: { by: "native logout" },
    }, now);
  });
}

function withSlash(base: string): string {
  return base.endsWith("/") ? base : `${base}/`;
}

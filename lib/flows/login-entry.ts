import type { AuditEntry } from "../model/audit";
import type { FactorId } from "../model/assurance";
import type { LoginFlow } from "../model/flow";
import type { IdentityId } from "../model/ids";
import type { Message } from "../model/message";
import { say } from "../wire/message";
import type { FlowRequest } from "./request";

/** What a wrong secret of this method says; a wait and a lost race say the same, so neither tells whether it was right. */
export function wrongSecret(method: FactorId): Message {
  switch (method) {
    case "totp": return say.totpWrong();
    case "lookup_secret": return say.lookupWrong();
    case "code": return say.loginCodeWrong();
    case "webauthn":
    case "passkey": return say.securityKeyWrong();
    default: return say.wrongCredentials();
  }
}

/** The audit record of a sign-in's step; rejected until the caller says otherwise. */
export function loginEntry(action: string, flow: LoginFlow, method: string, request: FlowRequest, identityId: IdentityId | null): AuditEntry {
  return {
    action, result: "rejected", actor: identityId ? { kind: "person", identityId } : { kind: "anonymous" }, identityId,
    sessionId: request.session?.session.id ?? null, ipAddress: request.device.ipAddress,
    details: { method, aal: flow.requestedAal, refresh: flow.refresh, flow: flow.id },
  };
}

import { DomainError } from "../model/errors";
import { isUuid } from "../model/ids";
import type { SessionId } from "../model/ids";
import { extendSession } from "../sessions/extend";
import { identityToWire } from "../wire/identity";
import { sessionToWire } from "../wire/session";
import { emptyAnswer, jsonAnswer } from "./answer";
import { withApiKey } from "./api-key";

/** `PATCH /admin/sessions/{id}/extend` (contract 1.10): 200 with the session, or 204 with `feature_flags.faster_session_extend`. */
export const extend = withApiKey(async (exchange, caller, _request, params) => {
  const { handle, project, now, device } = exchange;
  const id = params["id"] ?? "";
  if (!isUuid(id)) throw new DomainError("bad_request", { reason: "This is not the id of a session." });
  const done = await handle.transaction(async (tx) => {
    const result = await extendSession(tx, id as SessionId, project.config, now);
    if (result?.extended === true) {
      await tx.appendAudit({
        action: "session.extended", result: "ok", actor: { kind: "admin", label: `api key ${caller.name}` }, identityId: result.session.identityId,
        sessionId: result.session.id, ipAddress: device.ipAddress, details: { until: result.session.expiresAt.toISOString(), key: caller.id },
      }, now);
    }
    return result;
  });
  const account = done === null ? null : await handle.findAccount(done.session.identityId);
  if (done === null || account === null) throw new DomainError("not_found", { reason: "No session has this id." });
  if (project.config.features.fasterSessionExtend) return emptyAnswer(exchange, 204);
  const { baseUrl } = project.config;
  // An operator sees what the person does not (contract/admin.md 1.15).
  const identity = { ...identityToWire(account.identity, { baseUrl }), metadata_admin: account.identity.metadataAdmin };
  return jsonAnswer(exchange, 200, { ...sessionToWire(done.session, account.identity, { baseUrl, now }), identity });
});

import { codeMac, isCodeOf, newCodeDigits, ONE_TIME_CODE_DIGITS } from "../crypto/one-time-code";
import type { CodePlace } from "../crypto/one-time-code";
import { newToken } from "../crypto/token";
import type { OneTimeCode, ProjectReads } from "../db/handles";
import type { AuditActor } from "../model/audit";
import { DomainError } from "../model/errors";
import type { RecoveryFlow, Transport } from "../model/flow";
import type { FlowId, IdentityId } from "../model/ids";
import { addMs } from "../model/time";
import { say } from "../wire/message";
import { hiddenNode, inputNode, methodNode, submitNode } from "../wire/node";
import type { Node } from "../model/node";
import { alreadyAvailable } from "./login";
import { askNodes } from "./recovery-or-verification";
import type { EngineDeps, FlowRequest } from "./request";
import { isExpired, newFlowBase } from "./stored";
import { startUrl, uiUrl } from "./urls";

/*
 * Recovery that an admin begins for somebody (contract/admin.md 1.16): also where a person has no address left. The code and the link are
 * told to the admin once and are stored as a digest; either works once, ends in the same session as a mailed code would, and goes around
 * no second factor (ruling J14).
 */

export type ByAdmin = NonNullable<NonNullable<RecoveryFlow["internal"]["recovery"]>["byAdmin"]>;
const LINK_PREFIX = "ory_rl_";

export interface RecoveryOrder {
  readonly identityId: IdentityId;
  readonly by: "code" | "link";
  /** Absent: as long as the method's own lifespan. */
  readonly lifespanMs: number | null;
  readonly flowType: Transport;
  readonly admin: { readonly actor: AuditActor; readonly details: Readonly<Record<string, unknown>> };
}

export interface IssuedRecovery {
  readonly link: string;
  /** Null for a link. */
  readonly code: string | null;
  readonly expiresAt: Date;
}

/** Whether a recovery of this kind may be made: the flow and the method are on. Throws `method_disabled`. */
export function adminRecoveryAllowed(by: "code" | "link", { project: { config } }: FlowRequest): void {
  if (config.flows.recovery.enabled && config.methods[by].enabled) return;
  throw new DomainError("method_disabled", { reason: "This endpoint is disabled: recovery, or this method of it, is switched off in this project." });
}

/** Makes the flow and its secret; both are written in one transaction with the audit entry. The person must exist and be active. */
export async function issueRecovery(order: RecoveryOrder, request: FlowRequest, deps: Pick<EngineDeps, "keys">): Promise<IssuedRecovery> {
  const { project, now } = request;
  const { identityId, by } = order;
  const secret = by === "code" ? newCodeDigits() : newToken(LINK_PREFIX);
  const expiresAt = addMs(now, order.lifespanMs ?? project.config.methods[by].lifespanMs);
  const returnTo = request.url.searchParams.get("return_to");
  const base = newFlowBase("recovery", "sent_email", { ...request, transport: order.flowType }, { requestUrl: startUrl(project, "recovery", { return_to: returnTo }), returnTo });
  const flow: RecoveryFlow = {
    ...base, identityId: null, csrfHash: null, active: by, expiresAt,
    nodes: by === "code" ? codeNodes() : [], messages: by === "code" ? [] : [say.recoveryTokenMissing()],
    internal: {
      recovery: { skipSettings: false, byAdmin: { by, identityId } },
      code: { via: "email", value: identityId, addressId: null, identityId, sentAt: now.getTime() },
    },
  };
  await request.handle.transaction(async (tx) => {
    await tx.insertFlow(flow);
    await tx.putOneTimeCode({
      flowId: flow.id, purpose: "recovery", identityId, addressId: null, via: "email", value: identityId, createdAt: now, expiresAt,
      mac: codeMac(deps.keys, placeOf(flow.id, identityId, request), secret),
    });
    await tx.appendAudit({
      action: "recovery.issued", result: "ok", actor: order.admin.actor, identityId, ipAddress: request.device.ipAddress,
      details: { ...order.admin.details, by, flow: flow.id, until: expiresAt.toISOString() },
    }, now);
  });
  return by === "code" ? { link: uiUrl(project, "recovery", flow.id), code: secret, expiresAt } : { link: linkOf(flow.id, secret, request), code: null, expiresAt };
}

/**
 * A link was opened. Opening grants nothing, because mail scanners and chat programs open links too: it begins a flow of this browser's
 * own, and the person presses its button. A link that is used up, too old or made up begins a plain recovery that says so. Differs from
 * Kratos, where opening signs in.
 */
export async function openedLink(link: RecoveryFlow, token: string, request: FlowRequest, deps: Pick<EngineDeps, "keys">): Promise<RecoveryFlow> {
  if (request.session !== null) throw alreadyAvailable(request, link.returnTo);
  const byAdmin = link.internal.recovery?.byAdmin;
  const base = newFlowBase("recovery", "choose_method", request, link);
  if (byAdmin === undefined || (await linkSecret(link.id, byAdmin, token, request, deps)) === null || isExpired(link, request.now)) {
    return { ...base, identityId: null, nodes: askNodes(), messages: [say.recoveryTokenWrong()], internal: { recovery: { skipSettings: false } } };
  }
  return {
    ...base, state: "sent_email", active: "link", identityId: null, expiresAt: link.expiresAt, nodes: linkNodes(token),
    internal: { recovery: { skipSettings: false, byAdmin: { ...byAdmin, of: link.id } } },
  };
}

/** The stored secret of a link when `token` is it and nobody has used it yet. Compared in constant time. */
export async function linkSecret(
  of: FlowId, byAdmin: ByAdmin, token: string, request: Pick<FlowRequest, "handle" | "project" | "now">, deps: Pick<EngineDeps, "keys">,
): Promise<OneTimeCode | null> {
  if (byAdmin.by !== "link" || !token.startsWith(LINK_PREFIX)) return null;
  const live = await request.handle.findLiveCode(of, request.now);
  const matches = isCodeOf(deps.keys, placeOf(of, byAdmin.identityId, request), live?.mac ?? "", token);
  return live !== null && matches && isVouched(live, byAdmin) ? live : null;
}

/** The secret is the one that an admin made for this very person, not a code that was mailed. */
export function isVouched(live: OneTimeCode, byAdmin: ByAdmin): boolean {
  return live.purpose === "recovery" && live.identityId === byAdmin.identityId && live.value === byAdmin.identityId && live.addressId === null;
}

/** No such person: null. Somebody switched off gets nothing. */
export async function recoverable(id: IdentityId, handle: Pick<ProjectReads, "findIdentity">): Promise<boolean> {
  const identity = await handle.findIdentity(id);
  if (identity === null) return false;
  if (identity.state !== "active") throw new DomainError("bad_request", { reason: "This identity is inactive. Activate it first." });
  return true;
}

function placeOf(flowId: FlowId, identityId: IdentityId, { project }: Pick<FlowRequest, "project">): CodePlace {
  return { projectId: project.row.id, flowId, purpose: "recovery", via: "email", value: identityId };
}

function linkOf(flowId: FlowId, token: string, { project }: FlowRequest): string {
  const url = new URL(startUrl(project, "recovery").replace(/\/browser$/, ""));
  url.searchParams.set("flow", flowId);
  url.searchParams.set("token", token);
  return url.href;
}

/** No button that mails another one: there may be no address. */
function codeNodes(): readonly Node[] {
  return [
    inputNode("code", "code", "text", { pattern: "[0-9]+", maxlength: ONE_TIME_CODE_DIGITS, required: true, label: say.recoveryCodeLabel() }),
    methodNode("code", say.continue()),
  ];
}

function linkNodes(token: string): readonly Node[] {
  return [hiddenNode("link", "token", token), submitNode("link", "method", "link", say.continue())];
}

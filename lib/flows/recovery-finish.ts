import { randomId } from "../crypto/token";
import type { AccountSnapshot, OneTimeCode, ProjectDb } from "../db/handles";
import { REGISTRY } from "../factors/registry";
import type { AuthenticationMethod } from "../model/assurance";
import type { ContinueWith, RecoveryFlow, SettingsFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { IdentityId, SessionId } from "../model/ids";
import { sameAddress } from "../model/owned-address";
import type { Session } from "../model/session";
import { addMs, SECOND_MS } from "../model/time";
import { sessionAal } from "../policy/aal";
import { revokeOtherSessions } from "../sessions/revoke";
import { subjectFacts } from "../sessions/subject";
import { say } from "../wire/message";
import { grantNew, lostTheRace, settle } from "./grant";
import { askAfter, hooksAfter, tellAfter } from "./hooks";
import type { HookFacts } from "./hooks";
import { mayBegin } from "./begin";
import { nextState } from "./machine";
import { tellOwner } from "./notices";
import { isVouched } from "./recovery-by-admin";
import type { ByAdmin } from "./recovery-by-admin";
import { entryOf } from "./recovery-or-verification";
import { isUnproved, reclaim, withoutBound } from "./reclaim";
import { rejectFlow } from "./reject";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { withSettingsNodes } from "./settings";
import { newFlowBase } from "./stored";
import { afterUrl, returnToOr, uiUrl } from "./urls";

/**
 * The code was right: one transaction spends it, passes the flow, verifies the address, begins a session with the recovery marker
 * (aal1; a second factor is still asked for before anything changes, ruling J14), ends the others (J19), tells every address (N27)
 * and stores the settings flow the person goes on in. Differs from Kratos: the other sessions end without a hook. Throws a lost
 * race when the code was spent or the person changed meanwhile.
 */
export async function recover(
  flow: RecoveryFlow, live: OneTimeCode, identityId: IdentityId, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const { project, handle, now } = request;
  const account = await handle.findAccount(identityId) ?? lostTheRace();
  const byAdmin = flow.internal.recovery?.byAdmin;
  const by = byAdmin?.by ?? "code";
  if (!mayRecover(account, live, byAdmin)) lostTheRace();
  const state = nextState("recovery", flow.state, "challenge_passed") ?? lostTheRace();
  const method: AuthenticationMethod = {
    method: by === "link" ? "link_recovery" : "code_recovery", aal: "aal1", completedAt: now, ...(live.addressId === null ? {} : { addressId: live.addressId }),
  };
  const session = prospective(account, method, request);
  const facts: HookFacts = { flow, method: by, identity: account.identity, session };
  const verdict = await askAfter(facts, request, deps);
  if (verdict.kind === "interrupt") {
    const fields = verdict.messages.map(({ field, message }) => ({ field: field ?? "", message }));
    return rejectFlow(flow, { messages: [], fields }, payload, request, entryOf("rejected", flow, request, account.identity), by);
  }
  // An admin's word proves no mailbox: nothing is verified by it, and nothing taken away.
  const unproved = byAdmin === undefined && await isUnproved(account, handle);
  const settings = await settingsAfter(flow, unproved ? withoutBound(account) : account, session, request, deps);
  await mayBegin(settings, request, deps, { identity: account.identity, session });
  const endOthers = project.config.revokeOthersOnCredentialChange || hooksAfter(project, "recovery", by).includes("revoke_active_sessions");

  const granted = await handle.transaction(async (tx) => {
    if (!(await tx.consumeOneTimeCode(live.id, now))) lostTheRace();
    // Written while it is open: a flow that is over is never changed.
    if (!(await tx.updateFlow(flow.id, { nodes: [], messages: [], active: by, at: now }))) lostTheRace();
    if (!(await tx.completeFlow(flow.id, state, now))) lostTheRace();
    await provedAgain(tx, identityId, live, unproved, byAdmin, request);
    const made = await grantNew(tx, request, flow.type, identityId, method, session.id);
    if (endOthers) await revokeOtherSessions(tx, identityId, made.session.id, now);
    await tx.insertFlow(settings);
    await tellAfter(tx, { ...facts, session: made.session }, request, deps);
    await tellOwner(tx, { template: "recovery_used", identity: account.identity, everyAddress: true, dedupe: `recovery_used:${made.session.id}` }, request, deps);
    if (unproved) await reclaim(tx, account, made.session.id, entryOf("completed", flow, request, account.identity), request, deps);
    await tx.appendAudit({ ...entryOf("completed", flow, request, account.identity), result: "ok", sessionId: made.session.id }, now);
    return made;
  });

  const { issued, identity, next } = await settle(granted, request);
  const skips = flow.internal.recovery?.skipSettings === true;
  const target = skips
    ? returnToOr(project, flow.returnTo, afterUrl(project, "recovery", by, project.config.defaultReturnUrl))
    : uiUrl(project, "settings", settings.id);
  return {
    kind: "completed", issued, identity, next, returnTo: target, continueAt: target,
    flow: { ...flow, state, completedAt: now, updatedAt: now, active: by, nodes: [], messages: [] },
    continueWith: continueWith(flow, skips ? null : settings, target, issued.token),
  };
}

/** Active, and the address still recovers this account, or an admin vouched for whoever holds the secret. */
function mayRecover({ identity }: AccountSnapshot, live: OneTimeCode, byAdmin: ByAdmin | undefined): boolean {
  if (byAdmin !== undefined) return identity.state === "active" && identity.id === byAdmin.identityId && isVouched(live, byAdmin);
  return identity.state === "active" && identity.recoveryAddresses.some((address) => sameAddress(address, live));
}

/** The same inside the transaction; whoever read the code there has proved the address. */
async function provedAgain(tx: ProjectDb, identityId: IdentityId, live: OneTimeCode, unproved: boolean, byAdmin: ByAdmin | undefined, request: FlowRequest): Promise<void> {
  const account = await tx.findAccount(identityId) ?? lostTheRace();
  if (!mayRecover(account, live, byAdmin) || (unproved && !(await isUnproved(account, tx)))) lostTheRace();
  const row = account.identity.verifiableAddresses.find((address) => sameAddress(address, live));
  if (row !== undefined && !row.verified) await tx.markVerified(identityId, row.id, row.value, request.now);
}

/** The settings of the new session, with the time in which a password can be set. */
function settingsAfter(flow: RecoveryFlow, account: AccountSnapshot, session: Session, request: FlowRequest, deps: EngineDeps): Promise<SettingsFlow> {
  const { project, now } = request;
  const { identity, credentials } = account;
  const subject = subjectFacts(credentials, project.config.methods, REGISTRY, identity);
  const until = addMs(now, project.config.policy.privilegedMaxAgeSeconds * SECOND_MS);
  const draft: SettingsFlow = {
    ...newFlowBase("settings", "show_form", request, flow), identityId: identity.id, sessionId: session.id, messages: [say.recovered(until)],
  };
  return withSettingsNodes(draft, { session, identity, credentials, subject, currentRevision: project.config.revision }, request, deps);
}

/** The session before it is stored: its form and its hooks know it already. */
function prospective({ identity }: AccountSnapshot, method: AuthenticationMethod, request: FlowRequest): Session {
  const { now, project, device, transport } = request;
  const id = randomId() as SessionId;
  return {
    id, identityId: identity.id, kind: transport, tokenHash: "", methods: [method], aal: sessionAal([method]), authenticatedAt: now, issuedAt: now,
    expiresAt: addMs(now, project.config.session.lifespanMs), revokedAt: null, devices: [{ id, ...device, location: null, createdAt: now }],
  };
}

/** Contract 4.11 and 5.16: an app gets its token and the settings; a page gets the settings, which older clients reach by navigation alone. */
function continueWith(flow: RecoveryFlow, settings: SettingsFlow | null, target: string, token: string): readonly ContinueWith[] {
  const native = flow.type === "api";
  return [
    ...(native ? [{ action: "set_ory_session_token", ory_session_token: token } as const] : []),
    ...(settings === null ? [] : [{ action: "show_settings_ui", flow: { id: settings.id, ...(native ? {} : { url: target }) } } as const]),
    ...(settings === null && !native ? [{ action: "redirect_browser_to", redirect_browser_to: target } as const] : []),
  ];
}

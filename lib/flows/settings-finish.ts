import type { SettingsOutcome } from "../factors/factor";
import { REGISTRY } from "../factors/registry";
import type { ProjectDb } from "../db/handles";
import type { AuditEntry } from "../model/audit";
import { DomainError } from "../model/errors";
import type { FlowInternal, SettingsFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { Area } from "../model/policy";
import type { Session } from "../model/session";
import { isLive } from "../sessions/read";
import type { SessionView } from "../sessions/read";
import { revokeOtherSessions } from "../sessions/revoke";
import { subjectFacts } from "../sessions/subject";
import { say } from "../wire/message";
import { decideArea } from "./decide";
import { grantUpgrade, isComplete, isLostRace, lostTheRace } from "./grant";
import type { Granted } from "./grant";
import { hooksAfter } from "./hooks";
import { nextState } from "./machine";
import { rejectFlow } from "./reject";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { withSettingsNodes } from "./settings";
import { afterUrl, returnToOr, uiUrl } from "./urls";

type Changed = Extract<SettingsOutcome, { kind: "changed" }>;
type Shown = Extract<SettingsOutcome, { kind: "shown" }>;

/** One change under way: whose, by what, and behind which guard. */
export interface Change {
  readonly flow: SettingsFlow;
  readonly view: SessionView;
  readonly method: string;
  readonly area: Area;
}

/**
 * The guard once more, inside the transaction, on a locked session and fresh credentials: whatever was revoked, rotated,
 * enrolled or removed since the request was read counts. Answers the flow's memory as it is now; the race is lost otherwise.
 */
async function stillAllowed(tx: ProjectDb, { flow, view, area }: Change, request: FlowRequest): Promise<FlowInternal> {
  const session = await tx.lockSession(view.session.id);
  if (!session || session.tokenHash !== view.session.tokenHash || !isLive(session, request.now)) lostTheRace();
  const account = await tx.findAccount(view.identity.id);
  if (account?.identity.state !== "active") lostTheRace();
  const subject = subjectFacts(account.credentials, request.project.config.methods, REGISTRY);
  if (decideArea(session, subject, area, request.project, request.now).kind !== "allow") lostTheRace();
  const current = await tx.findFlow("settings", flow.id);
  return current?.internal ?? lostTheRace();
}

/** Shows what a factor reveals or proposes; nothing of the account changes. */
export async function show(change: Change, outcome: Shown, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const { flow, view, method } = change;
  const draft = { ...flow, internal: { ...flow.internal, ...outcome.prepared.internal }, active: method, state: "show_form" as const };
  const next = await withSettingsNodes(draft, view, request, deps, { factorId: method, nodes: outcome.prepared.nodes }, []);
  return unlessLost(change, payload, request, async () => {
    const internal = await request.handle.transaction(async (tx) => {
      const merged = { ...(await stillAllowed(tx, change, request)), ...outcome.prepared.internal };
      await tx.updateFlow(flow.id, { nodes: next.nodes, messages: [], internal: merged, active: method, state: "show_form", at: request.now });
      if (outcome.action) await tx.appendAudit(settingsEntry(outcome.action, "ok", flow, view, method, request), request.now);
      return merged;
    });
    return { kind: "form", flow: { ...next, internal }, rejected: false };
  });
}

/** One transaction for the change, the session it may raise, the sessions it ends and the audit link. */
export async function finish(change: Change, outcome: Changed, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const { flow, view, method } = change;
  const { project, now } = request;
  const state = nextState("settings", flow.state, "saved") ?? flow.state;
  const endOthers = (outcome.revokesOthers && project.config.revokeOthersOnCredentialChange)
    || hooksAfter(project, "settings", method).includes("revoke_active_sessions");
  const spent = outcome.forget ?? [];
  return unlessLost(change, payload, request, async () => {
    const done = await request.handle.transaction(async (tx) => {
      const current = await stillAllowed(tx, change, request);
      // What the outcome was made from must still be waiting: of two confirmations of one proposal the second finds it gone.
      if (spent.some((key) => flow.internal[key] !== undefined && current[key] === undefined)) lostTheRace();
      if (!(await outcome.commit(tx))) lostTheRace();
      const raised = outcome.completed ? await grantUpgrade(tx, request, outcome.completed, "enrolled") : null;
      if (endOthers) await revokeOtherSessions(tx, view.identity.id, view.session.id, now);
      const internal = without(current, spent);
      await tx.updateFlow(flow.id, { state, internal, at: now });
      await tx.appendAudit(settingsEntry(outcome.action, "ok", flow, view, method, request), now);
      return { raised, internal };
    });
    return saved({ ...flow, state, internal: done.internal, active: method }, change, done.raised, request, deps);
  });
}

async function unlessLost(change: Change, payload: JsonObject, request: FlowRequest, run: () => Promise<FlowResult>): Promise<FlowResult> {
  try {
    return await run();
  } catch (error) {
    if (!isLostRace(error)) throw error;
    const { flow, view, method } = change;
    const entry = settingsEntry("settings.rejected", "rejected", flow, view, method, request);
    return rejectFlow(flow, { messages: [say.generic("changed_meanwhile")] }, payload, request, entry, method);
  }
}

/** The page as it is after the change, with "saved" on top; written when everything visible is done. */
async function saved(flow: SettingsFlow, { view, method }: Change, granted: Granted | null, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const { project, handle, now } = request;
  const account = await handle.findAccount(view.identity.id);
  if (!account) throw new DomainError("unauthorized");
  const session: Session = granted?.session ?? view.session;
  const subject = subjectFacts(account.credentials, project.config.methods, REGISTRY);
  const fresh: SessionView = { ...view, session, identity: account.identity, credentials: account.credentials, subject };
  const next = await withSettingsNodes(flow, fresh, request, deps, undefined, [say.changesSaved()]);
  await handle.transaction(async (tx) => {
    await tx.lockSession(session.id);
    const row = await tx.findFlow("settings", flow.id);
    // A later submission of the same form has written its own page meanwhile.
    if (row?.updatedAt.getTime() !== now.getTime()) return;
    await tx.updateFlow(flow.id, { nodes: next.nodes, messages: next.messages, internal: next.internal, active: flow.active, at: now });
  });
  const returnTo = returnToOr(project, flow.returnTo, afterUrl(project, "settings", method, uiUrl(project, "settings", flow.id)));
  return {
    kind: "completed", flow: next, identity: account.identity, returnTo, continueAt: null,
    issued: {
      session, identity: account.identity, token: granted?.token ?? request.sessionToken ?? "", rotateCsrf: false,
      knownDevice: isComplete(session, subject),
    },
    next: decideArea(session, subject, { kind: "session" }, project, now),
    continueWith: flow.type === "browser" ? [{ action: "redirect_browser_to", redirect_browser_to: returnTo }] : [],
  };
}

function without(internal: FlowInternal, keys: readonly (keyof FlowInternal)[]): FlowInternal {
  return Object.fromEntries(Object.entries(internal).filter(([key]) => !(keys as readonly string[]).includes(key)));
}

export function settingsEntry(
  action: string, result: "ok" | "rejected", flow: SettingsFlow, view: SessionView, method: string, request: FlowRequest,
  details: Readonly<Record<string, unknown>> = {},
): AuditEntry {
  return {
    action, result, actor: { kind: "person", identityId: view.identity.id }, identityId: view.identity.id, sessionId: view.session.id,
    ipAddress: request.device.ipAddress, details: { method, flow: flow.id, ...details },
  };
}

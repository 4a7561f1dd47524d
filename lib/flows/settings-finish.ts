import type { CourierTemplate } from "../courier/outbox";
import type { SettingsOutcome } from "../factors/factor";
import { REGISTRY } from "../factors/registry";
import type { ProjectDb } from "../db/handles";
import { factsOf } from "../identities/traits";
import type { AuditEntry } from "../model/audit";
import { DomainError } from "../model/errors";
import type { ContinueWith, FlowInternal, SettingsFlow } from "../model/flow";
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
import { askAfter, hooksAfter, tellAfter } from "./hooks";
import type { HookFacts } from "./hooks";
import { addressesOfPatch, patchProblems, patchStored } from "./hooks-patch";
import { nextState } from "./machine";
import { tellOwner } from "./notices";
import { rejectFlow } from "./reject";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { withSettingsNodes } from "./settings";
import { afterUrl, returnToOr, uiUrl } from "./urls";
import { planVerification, startVerification } from "./verify-address";

type Changed = Extract<SettingsOutcome, { kind: "changed" }>;
type Shown = Extract<SettingsOutcome, { kind: "shown" }>;

/** Which change is told in which letter; a new name of a key or a profile text is nobody's alarm. */
const NOTICES: Readonly<Record<string, CourierTemplate>> = {
  "factor.added": "factor_added", "factor.removed": "factor_removed", "password.changed": "password_changed", "address.changed": "address_changed",
  "account.linked": "account_linked", "account.unlinked": "account_unlinked",
};

/** One change under way: whose, by what, and behind which guard. */
export interface Change {
  readonly flow: SettingsFlow;
  readonly view: SessionView;
  readonly method: string;
  readonly area: Area;
  /** A profile's traits as they would be. */
  readonly proposed?: JsonObject;
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
  const subject = subjectFacts(account.credentials, request.project.config.methods, REGISTRY, account.identity);
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
      const merged = { ...(await stillAllowed(tx, change, request)), ...changedIn(next.internal, flow.internal) };
      await tx.updateFlow(flow.id, { nodes: next.nodes, messages: [], internal: merged, active: method, state: "show_form", at: request.now });
      if (outcome.action) await tx.appendAudit(settingsEntry(outcome.action, "ok", flow, view, method, request), request.now);
      return merged;
    });
    return { kind: "form", flow: { ...next, internal }, rejected: false };
  });
}

/** What a new rendering has to remember that the stored flow does not: what a factor proposed, and fresh challenges of the others. */
function changedIn(next: FlowInternal, before: FlowInternal): Partial<FlowInternal> {
  const known = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(Object.entries(next).filter(([key, value]) => known.get(key) !== value));
}

/** One transaction for the change, the session it may raise, the sessions it ends and the audit link. */
export async function finish(change: Change, outcome: Changed, payload: JsonObject, request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const { flow, view, method } = change;
  const { project, now } = request;
  const state = nextState("settings", flow.state, "saved") ?? flow.state;
  const endOthers = (outcome.revokesOthers && project.config.revokeOthersOnCredentialChange)
    || hooksAfter(project, "settings", method).includes("revoke_active_sessions");
  const spent = outcome.forget ?? [];
  const facts: HookFacts = { flow, method, identity: { ...view.identity, traits: change.proposed ?? view.identity.traits }, session: view.session };
  const verdict = await askAfter(facts, request, deps);
  if (verdict.kind === "interrupt") {
    const fields = verdict.messages.map(({ field, message }) => ({ field: field ?? "", message }));
    return rejectFlow(flow, { messages: [], fields }, payload, request, settingsEntry("settings.rejected", "rejected", flow, view, method, request), method);
  }
  const problems = patchProblems(view.identity.schemaId, verdict.patch, request);
  if (problems.length > 0) {
    return rejectFlow(flow, { messages: [], fields: problems }, payload, request, settingsEntry("settings.rejected", "rejected", flow, view, method, request), method);
  }
  const proposed = change.proposed === undefined ? [] : factsOf(project, { ...view.identity, traits: change.proposed }).verifiable;
  const brought = addressesOfPatch(view.identity, verdict.patch, proposed, request);
  const plan = await planVerification(flow, method, brought.fresh, request, deps);
  return unlessLost(change, payload, request, async () => {
    const done = await request.handle.transaction(async (tx) => {
      const current = await stillAllowed(tx, change, request);
      // What the outcome was made from must still be waiting: of two confirmations of one proposal the second finds it gone.
      if (spent.some((key) => flow.internal[key] !== undefined && current[key] === undefined)) lostTheRace();
      if (!(await outcome.commit(tx))) lostTheRace();
      const raised = outcome.completed ? await grantUpgrade(tx, request, outcome.completed, "enrolled") : null;
      const seen = { version: view.identity.version, changedHere: change.proposed !== undefined };
      if (!(await patchStored(tx, view.identity.id, verdict.patch, seen, request))) lostTheRace();
      if (endOthers) await revokeOtherSessions(tx, view.identity.id, view.session.id, now);
      const internal = without(current, spent);
      await tx.updateFlow(flow.id, { state, internal, at: now });
      await tellAfter(tx, facts, request, deps);
      await tellOfChange(tx, change, outcome, request, deps);
      // What a hook changed of the addresses is told and verified like what the person changes.
      if (brought.changed && outcome.action !== "address.changed") await tellOfChange(tx, change, { ...outcome, action: "address.changed" }, request, deps);
      const shown = await startVerification(tx, plan, view.identity.id, request, deps);
      await tx.appendAudit(settingsEntry(outcome.action, "ok", flow, view, method, request), now);
      return { raised, internal, shown };
    });
    return saved({ ...flow, state, internal: done.internal, active: method }, change, done.raised, done.shown, request, deps);
  });
}

/** The owner hears of every credential and address that changed, at the old and the new addresses (N21, T76). */
async function tellOfChange(tx: ProjectDb, { flow, view, method }: Change, outcome: Changed, request: FlowRequest, deps: EngineDeps): Promise<void> {
  const template = NOTICES[outcome.action];
  if (template === undefined) return;
  const after = template === "address_changed" ? (await tx.findAccount(view.identity.id))?.identity : undefined;
  await tellOwner(tx, {
    template, identity: view.identity, method, ...(after === undefined ? {} : { after }), ...(outcome.label === undefined ? {} : { label: outcome.label }),
    dedupe: `${template}:${flow.id}:${request.now.getTime()}`,
  }, request, deps);
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
async function saved(flow: SettingsFlow, { view, method }: Change, granted: Granted | null, shown: readonly ContinueWith[], request: FlowRequest, deps: EngineDeps): Promise<FlowResult> {
  const { project, handle, now } = request;
  const account = await handle.findAccount(view.identity.id);
  if (!account) throw new DomainError("unauthorized");
  const session: Session = granted?.session ?? view.session;
  const subject = subjectFacts(account.credentials, project.config.methods, REGISTRY, account.identity);
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
    continueWith: flow.type === "browser" ? [...shown, { action: "redirect_browser_to", redirect_browser_to: returnTo }] : shown,
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

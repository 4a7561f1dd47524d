import { randomId } from "../crypto/token";
import type { AccountSnapshot, ProjectDb } from "../db/handles";
import type { LoginOutcome } from "../factors/factor";
import { REGISTRY } from "../factors/registry";
import type { FactorId } from "../model/assurance";
import { isDuplicateIdentifier } from "../model/errors";
import type { ContinueWith, LoginFlow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import type { SessionId } from "../model/ids";
import type { AccessDecision } from "../model/policy";
import type { Session } from "../model/session";
import { addMs } from "../model/time";
import { sessionAal } from "../policy/aal";
import { revokeOtherSessions } from "../sessions/revoke";
import { subjectFacts } from "../sessions/subject";
import { say } from "../wire/message";
import { continueUrl, decideArea } from "./decide";
import { grantNew, grantUpgrade, isComplete, lostTheRace, settle } from "./grant";
import type { Granted } from "./grant";
import { askAfter, hooksAfter, tellAfter } from "./hooks";
import type { HookFacts } from "./hooks";
import { hasPendingLink, isLinkForAnother, linkPending } from "./linking";
import { loginEntry } from "./login-entry";
import { nextState } from "./machine";
import { tellOwner } from "./notices";
import { isUnproved, reclaim } from "./reclaim";
import { rejectFlow } from "./reject";
import type { EngineDeps, FlowRequest } from "./request";
import type { FlowResult } from "./result";
import { afterUrl, returnToOr } from "./urls";
import { planVerification, startVerification } from "./verify-address";
import { requireVerified } from "./verify-address-hooks";

type Authenticated = Extract<LoginOutcome, { kind: "authenticated" }>;
type Grant = "new" | "first_again" | "second";
interface Done {
  readonly granted: Granted;
  /** Verification flows that a hook wants the person to see. */
  readonly shown: readonly ContinueWith[];
  readonly linkWaits: boolean;
}

/**
 * Steps 6 to 9 of a sign-in whose factor said yes: the hooks that may interrupt, one transaction, the decision. A race that was
 * lost throws (lib/flows/grant.ts); nothing is granted then.
 */
export async function completeLogin(
  flow: LoginFlow, method: FactorId, level: "first" | "second", outcome: Authenticated, payload: JsonObject, request: FlowRequest, deps: EngineDeps,
): Promise<FlowResult> {
  const state = nextState("login", flow.state, "challenge_passed") ?? lostTheRace();
  const account = await request.handle.findAccount(outcome.identityId) ?? lostTheRace();
  const refused = loginEntry("login.rejected", flow, method, request, account.identity.id);
  if (account.identity.state !== "active") return rejectFlow(flow, { messages: [say.identityDisabled()] }, payload, request, refused, method);

  if (isLinkForAnother(flow, account.identity.id, request, deps)) return rejectFlow(flow, { messages: [say.linkMismatch()] }, payload, request, refused, method);
  const unverified = await requireVerified({ flow, identity: account.identity, method: outcome.method, audit: refused }, request, deps);
  if (unverified) return rejectFlow(flow, { messages: [unverified] }, payload, request, refused, method);

  const grant: Grant = level === "second" ? "second" : flow.refresh && request.session?.identity.id === outcome.identityId ? "first_again" : "new";
  const sessionId = randomId() as SessionId;
  const facts: HookFacts = { flow, method, identity: account.identity, session: prospective(grant, sessionId, outcome, request) };
  const verdict = await askAfter(facts, request, deps);
  if (verdict.kind === "interrupt") {
    const fields = verdict.messages.map(({ field, message }) => ({ field: field ?? "", message }));
    return rejectFlow(flow, { messages: [], fields }, payload, request, refused, method);
  }

  const plan = await planVerification(flow, method, account.identity.verifiableAddresses.filter(({ verified }) => !verified), request, deps);
  const grantAndWrite = (): Promise<Done> => request.handle.transaction(async (tx): Promise<Done> => {
    const before = grant === "new" && outcome.method.method === "code" ? await tx.findAccount(outcome.identityId) : null;
    const unproved = before !== null && await isUnproved(before, tx) ? before : null;
    if (outcome.commit && !(await outcome.commit(tx))) lostTheRace();
    if (!(await tx.completeFlow(flow.id, state, request.now))) lostTheRace();
    const made = grant === "new"
      ? await grantNew(tx, request, flow.type, outcome.identityId, outcome.method, sessionId)
      : await grantUpgrade(tx, request, outcome.method, grant);
    if (hooksAfter(request.project, "login", method).includes("revoke_active_sessions")) {
      await revokeOtherSessions(tx, outcome.identityId, made.session.id, request.now);
    }
    if (unproved) await reclaim(tx, unproved, made.session.id, refused, request, deps);
    await tellAfter(tx, { ...facts, session: made.session }, request, deps);
    await notices(tx, flow, method, made, account, request, deps);
    const shown = await startVerification(tx, plan, account.identity.id, request, deps);
    const linkWaits = await link(tx, flow, made.session, request, deps);
    await tx.appendAudit({ ...refused, action: "login.completed", result: "ok", sessionId: made.session.id }, request.now);
    return { granted: made, shown, linkWaits };
  });
  // Somebody linked the same account upstream in this moment: the sign-in goes on, and finds that there is nothing left to link.
  const done = await grantAndWrite().catch((error: unknown) => {
    if (!isDuplicateIdentifier(error)) throw error;
    return grantAndWrite();
  });
  return answer(flow, method, done, request);
}

/** The session as a hook may know it: in memory, before it is stored (contract/admin.md 5.2). */
function prospective(grant: Grant, id: SessionId, outcome: Authenticated, request: FlowRequest): Session {
  const { now, project, device } = request;
  const current = grant === "new" ? null : request.session?.session ?? null;
  const methods = [...(current?.methods ?? []), outcome.method];
  return {
    id: current?.id ?? id, identityId: outcome.identityId, kind: current?.kind ?? request.transport, tokenHash: "", methods, aal: sessionAal(methods),
    authenticatedAt: now, issuedAt: current?.issuedAt ?? now, expiresAt: current?.expiresAt ?? addMs(now, project.config.session.lifespanMs),
    revokedAt: null, devices: current?.devices ?? [{ id, ...device, location: null, createdAt: now }],
  };
}

/** Links what a provider left waiting, where this session may change factors. True: it waits for the second factor. */
async function link(tx: ProjectDb, flow: LoginFlow, session: Session, request: FlowRequest, deps: EngineDeps): Promise<boolean> {
  const { project, now } = request;
  if (!project.config.methods.oidc.enabled) return false;
  const current = await tx.findAccount(session.identityId) ?? lostTheRace();
  const subject = subjectFacts(current.credentials, project.config.methods, REGISTRY, current.identity);
  const decision = decideArea(session, subject, { kind: "factor_change" }, project, now);
  await linkPending(tx, { flow, identity: current.identity, session, allowed: decision.kind === "allow" }, request, deps);
  return hasPendingLink(flow) && decision.kind === "step_up";
}

/** What the owner hears of a sign-in: a recovery code was spent, or a browser that was never seen came all the way in. */
async function notices(
  tx: ProjectDb, flow: LoginFlow, method: FactorId, granted: Granted, account: AccountSnapshot, request: FlowRequest, deps: EngineDeps,
): Promise<void> {
  const { identity } = account;
  if (method === "lookup_secret") {
    await tellOwner(tx, { template: "recovery_code_used", identity, method, dedupe: `recovery_code_used:${flow.id}` }, request, deps);
  }
  const subject = subjectFacts(account.credentials, request.project.config.methods, REGISTRY, identity);
  if (flow.refresh || request.isKnownDevice(identity.id) || !isComplete(granted.session, subject)) return;
  await tellOwner(tx, { template: "new_device", identity, method, dedupe: `new_device:${granted.session.id}` }, request, deps);
}

async function answer(flow: LoginFlow, method: FactorId, { granted, shown, linkWaits }: Done, request: FlowRequest): Promise<FlowResult> {
  const { project } = request;
  const { issued, identity, next: decided } = await settle(granted, request);
  // A link that waits for the second factor leads there, also where the session alone would do (J15).
  const next: AccessDecision = linkWaits && decided.kind === "allow" ? { kind: "step_up", to: "aal2", reason: "aal_too_low" } : decided;
  const returnTo = returnToOr(project, flow.returnTo, afterUrl(project, "login", method, project.config.defaultReturnUrl));
  return {
    kind: "completed", flow: { ...flow, state: "passed_challenge", completedAt: request.now, active: method }, issued, identity, next, returnTo,
    continueAt: continueUrl(next, project, flow.returnTo),
    continueWith: flow.type === "browser" ? [...shown, { action: "redirect_browser_to", redirect_browser_to: returnTo }] : shown,
  };
}

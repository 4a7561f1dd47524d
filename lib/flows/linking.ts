import type { KeyRing } from "../crypto/keys";
import { hashToken } from "../crypto/token";
import type { ProjectDb } from "../db/handles";
import type { LoginFlow } from "../model/flow";
import type { Identity } from "../model/identity";
import type { FlowId, IdentityId, SessionId } from "../model/ids";
import type { Session } from "../model/session";
import { addMs, MINUTE_MS } from "../model/time";
import { linkDocument, pendingLinkBinding, upstreamIdentifier } from "../model/upstream";
import type { PendingLink } from "../model/upstream";
import { atLeast } from "../policy/aal";
import { tellOwner } from "./notices";
import type { EngineDeps, FlowRequest } from "./request";

/** How long a link waits for the second factor of the session that proved the first (as long as a parked change, contract 4.8). */
const WAITS_FOR_MS = 15 * MINUTE_MS;

/** The sign-in under way, once its session exists. */
export interface Linking {
  readonly flow: LoginFlow;
  readonly identity: Identity;
  readonly session: Pick<Session, "id" | "aal">;
  /** The area of factor changes allows this session now: the second factor too, where the person has one (J15). */
  readonly allowed: boolean;
}

/**
 * Links the upstream account that waits for this person, in the transaction of their sign-in (T29).
 *
 * Order: 1 what waits in this flow, or was left with this session by its first step · 2 only for the person whose address the
 * provider vouched for · 3 not allowed yet: it is left, sealed, with the session, for its second step · 4 nobody has the account
 * meanwhile, and this person none of the provider · 5 linked, and the owner is told. Answers the linked provider's id, or null: a sign-in never fails because of it.
 */
export async function linkPending(tx: ProjectDb, linking: Linking, request: FlowRequest, deps: EngineDeps): Promise<string | null> {
  const { flow, identity, session, allowed } = linking;
  const pending = pendingLinkOf(flow, request, deps.keys) ?? await leftWith(tx, flow, identity.id, request, deps.keys);
  if (pending === null || pending.identityId !== identity.id) return null;
  if (!allowed) {
    await leave(tx, pending, session.id, request, deps.keys);
    return null;
  }
  const provider = request.project.config.methods.oidc.providers.find(({ id }) => id === pending.person.provider);
  const identifier = upstreamIdentifier(pending.person);
  if (provider === undefined || await tx.findAccountByIdentifier("oidc", identifier) !== null) return null;
  if ((await tx.listCredentials(identity.id)).some((other) => other.type === "oidc" && other.document["provider"] === provider.id)) return null;
  await tx.insertCredential(identity.id, {
    type: "oidc", slot: hashToken(identifier), identifiers: [identifier], document: linkDocument(pending.person),
    enrolledAal: atLeast(session.aal, "aal2") ? "aal2" : "aal1", at: request.now,
  });
  await tellOwner(tx, { template: "account_linked", identity, method: "oidc", label: provider.label, dedupe: `account_linked:${flow.id}` }, request, deps);
  return provider.id;
}

/** True when somebody else than the person the link waits for is about to sign in with this flow (message 4010009). */
export function isLinkForAnother(flow: LoginFlow, identityId: IdentityId, request: FlowRequest, deps: Pick<EngineDeps, "keys">): boolean {
  const pending = pendingLinkOf(flow, request, deps.keys);
  return pending !== null && pending.identityId !== identityId;
}

/** True when a link waits in this flow: where a second step is missing for it, the sign-in goes on there under Lax too. */
export function hasPendingLink(flow: LoginFlow): boolean {
  return flow.internal.oidc?.pendingLink !== undefined;
}

function pendingLinkOf(flow: LoginFlow, request: FlowRequest, keys: KeyRing): PendingLink | null {
  const sealed = flow.internal.oidc?.pendingLink;
  return sealed === undefined ? null : JSON.parse(keys.open("oidc", sealed, pendingLinkBinding(request.project.row.id, flow.id))) as PendingLink;
}

/*
 * Between the two steps of one sign-in the link lies among the parked changes, under the id of the session: that id stays when the
 * token is rotated, and nobody else's session can name it.
 */
const sessionBinding = (sessionId: SessionId, identityId: IdentityId): readonly string[] => ["parked-link", sessionId, identityId];
const placeOf = (sessionId: SessionId): FlowId => sessionId as string as FlowId;

async function leave(tx: ProjectDb, pending: PendingLink, sessionId: SessionId, request: FlowRequest, keys: KeyRing): Promise<void> {
  const sealed = keys.seal("oidc", JSON.stringify(pending), sessionBinding(sessionId, pending.identityId));
  await tx.parkChange({
    flowId: placeOf(sessionId), identityId: pending.identityId, sealed, expiresAt: addMs(request.now, WAITS_FOR_MS), at: request.now,
  });
}

/** Taken once; when the area still does not allow, `linkPending` leaves it again. */
async function leftWith(tx: ProjectDb, flow: LoginFlow, identityId: IdentityId, request: FlowRequest, keys: KeyRing): Promise<PendingLink | null> {
  if (flow.sessionId === null || flow.sessionId !== request.session?.session.id) return null;
  const sealed = await tx.consumeParkedChange(placeOf(flow.sessionId), identityId, request.now);
  return sealed === null ? null : JSON.parse(keys.open("oidc", sealed, sessionBinding(flow.sessionId, identityId))) as PendingLink;
}

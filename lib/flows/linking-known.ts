import type { KeyRing } from "../crypto/keys";
import { hashToken } from "../crypto/token";
import type { Flow, RegistrationFlow } from "../model/flow";
import { handoverBinding, upstreamIdentifier } from "../model/upstream";
import type { UpstreamPerson } from "../model/upstream";
import { normaliseAddress, normaliseIdentifier } from "../wire/identity-schema";
import type { Engine } from "./engine";
import type { FlowRequest } from "./request";
import { startUrl } from "./urls";

/** A sign-in that took a registration's place, and the token that finds the provider's answer there. */
export interface MovedDance {
  readonly flow: Flow;
  readonly token: string;
}

/**
 * Somebody pressed "sign up" with an account that is known here, or whose vouched address is: a sign-in begins in its place, with
 * its target and the provider's answer, and goes on as if it had been begun there. Null for somebody really new.
 *
 * The handover is taken and given to the new flow under another token; the binding stays, so it is still this browser's alone. Where that
 * was done before, and the sign-in had to wait, it goes on with the same flow.
 */
export async function signInInstead(
  flow: RegistrationFlow, token: string, request: FlowRequest, services: { readonly keys: KeyRing; readonly engine: Pick<Engine, "start"> },
): Promise<MovedDance | null> {
  const { handle, now, project } = request;
  const moved = movedToken(token);
  const before = await handle.findHandover(hashToken(moved), now);
  const waiting = before === null ? null : await handle.findFlow("login", before.flowId);
  if (waiting !== null) return { flow: waiting, token: moved };
  const handover = await handle.findHandover(hashToken(token), now);
  const { oidc } = flow.internal;
  if (handover === null || handover.flowId !== flow.id || handover.provider !== oidc?.provider) return null;
  const person = JSON.parse(services.keys.open("oidc", handover.sealed, handoverBinding(project.row.id, flow.id, handover.provider))) as UpstreamPerson;
  if (!(await isKnown(person, request))) return null;
  const url = new URL(startUrl(project, "login", { return_to: flow.returnTo }));
  const login = await services.engine.start("login", { ...request, url, session: null, sessionToken: null });
  const done = await handle.transaction(async (tx) => {
    if (!(await tx.consumeHandover(handover.id, now))) return false;
    await tx.updateFlow(login.id, { internal: { ...login.internal, oidc }, at: now });
    await tx.insertHandover({
      flowId: login.id, provider: handover.provider, tokenHash: hashToken(moved), expiresAt: handover.expiresAt, at: now,
      sealed: services.keys.seal("oidc", JSON.stringify(person), handoverBinding(project.row.id, login.id, handover.provider)),
    });
    return true;
  });
  return done ? { flow: login, token: moved } : null;
}

/** The token that finds a handover after it was given to another flow. */
export function movedToken(token: string): string {
  return hashToken(`moved:${token}`);
}

async function isKnown(person: UpstreamPerson, { handle }: FlowRequest): Promise<boolean> {
  if (await handle.findAccountByIdentifier("oidc", upstreamIdentifier(person)) !== null) return true;
  if (person.email?.verified !== true) return false;
  const name = normaliseIdentifier(person.email.value);
  const address = normaliseAddress(person.email.value, "email");
  if (name === "" || address === null) return false;
  return await handle.findAccountByIdentifier("password", name) !== null || await handle.findAccountByIdentifier("code", name) !== null
    || await handle.findAccountByAddress("verifiable", "email", address) !== null;
}

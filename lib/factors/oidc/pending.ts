import type { Flow } from "../../model/flow";
import { pendingLinkBinding } from "../../model/upstream";
import type { PendingLink, UpstreamPerson } from "../../model/upstream";
import type { FactorContext } from "../factor";

/** Who wants to register: said by the provider, remembered until every trait is there. */
export interface PendingRegistration {
  readonly person: UpstreamPerson;
  /** Taken with the person, at the latest. */
  readonly handoverId: string;
  /** Epoch ms: the proof is of then, however long the form was open. */
  readonly arrivedAt: number;
}

export function sealPendingLink(flow: Pick<Flow, "id">, pending: PendingLink, ctx: Pick<FactorContext, "keys" | "project">): string {
  return ctx.keys.seal("oidc", JSON.stringify(pending), pendingLinkBinding(ctx.project.row.id, flow.id));
}

/** Null when nothing waits. */
export function openPendingLink(flow: Pick<Flow, "id" | "internal">, ctx: Pick<FactorContext, "keys" | "project">): PendingLink | null {
  const sealed = flow.internal.oidc?.pendingLink;
  return sealed === undefined ? null : JSON.parse(ctx.keys.open("oidc", sealed, pendingLinkBinding(ctx.project.row.id, flow.id))) as PendingLink;
}

const registrationBinding = (ctx: Pick<FactorContext, "project">, provider: string): readonly string[] => ["pending-registration", ctx.project.row.id, provider];

export function sealPendingRegistration(person: UpstreamPerson, handoverId: string, ctx: FactorContext): string {
  const pending: PendingRegistration = { person, handoverId, arrivedAt: ctx.now.getTime() };
  return ctx.keys.seal("oidc", JSON.stringify(pending), registrationBinding(ctx, person.provider));
}

/** Null for what was never sealed here, or for another provider. */
export function openPendingRegistration(sealed: string, provider: string, ctx: FactorContext): PendingRegistration | null {
  try {
    return JSON.parse(ctx.keys.open("oidc", sealed, registrationBinding(ctx, provider))) as PendingRegistration;
  } catch {
    return null;
  }
}

/** What waits in this flow for its traits, of this provider; null when nothing does. Nobody ever waits in an app's flow. */
export function waitingRegistration(flow: Pick<Flow, "internal" | "type">, provider: string): string | null {
  const { pendingRegistration, provider: underWay } = flow.internal.oidc ?? {};
  return flow.type === "browser" && underWay === provider ? pendingRegistration ?? null : null;
}

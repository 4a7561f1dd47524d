import type { Flow } from "../../model/flow";
import { pendingLinkBinding } from "../../model/upstream";
import type { PendingLink, UpstreamPerson } from "../../model/upstream";
import type { FactorContext } from "../factor";
import type { Arrived } from "./handover";

/** Who wants to register: said by the provider, remembered until every trait is there. */
export interface PendingRegistration {
  readonly person: UpstreamPerson;
  readonly handoverId: string;
  /** Epoch ms; until then the handover must still be there to be taken. */
  readonly handoverUntil: number;
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

export function sealPendingRegistration({ person, handoverId, expiresAt }: Pick<Arrived, "person" | "handoverId" | "expiresAt">, ctx: FactorContext): string {
  const pending: PendingRegistration = { person, handoverId, handoverUntil: expiresAt.getTime() };
  return ctx.keys.seal("oidc", JSON.stringify(pending), registrationBinding(ctx, person.provider));
}

export function openPendingRegistration(flow: Pick<Flow, "internal">, provider: string, ctx: FactorContext): PendingRegistration | null {
  const { pendingRegistration, provider: underWay } = flow.internal.oidc ?? {};
  if (pendingRegistration === undefined || underWay !== provider) return null;
  return JSON.parse(ctx.keys.open("oidc", pendingRegistration, registrationBinding(ctx, provider))) as PendingRegistration;
}

import "server-only";
import { redirect } from "next/navigation";
import { safeReturnTo, startUrl } from "../../flows/urls";
import { isDomainError } from "../../model/errors";
import type { DomainError } from "../../model/errors";
import type { Flow, FlowKind } from "../../model/flow";
import type { LastUsed } from "../../model/last-used";
import type { Message } from "../../model/message";
import type { Node } from "../../model/node";
import { toWireError } from "../../wire/error";
import { flowRequest } from "../exchange";
import type { Exchange } from "../exchange";
import { readLastUsed } from "../last-used";
import { summaryOf } from "../person";
import type { SessionSummary } from "../person";
import { csrfTokenOf, renderFlow } from "../respond";
import { stepUpReason } from "../step-up-reason";
import type { StepUpReason } from "../step-up-reason";
import { personOf } from "./guard";
import type { PersonState } from "./guard";
import { openPage } from "./page";

export { readError } from "./read-error";
export type { StepUpReason } from "../step-up-reason";
type SearchParams = Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;

/** An address of the person in front of the page. */
export interface PageAddress {
  readonly id: string;
  readonly value: string;
  readonly via: string;
  readonly verified: boolean;
}

/** A flow exactly as a foreign client would read it (contract 5.1). */
export interface WireFlow {
  readonly id: string;
  readonly type: "browser" | "api";
  readonly state: string;
  readonly request_url: string;
  readonly issued_at: string;
  readonly expires_at: string;
  readonly return_to?: string;
  readonly active?: string;
  readonly requested_aal?: "aal1" | "aal2";
  readonly refresh?: boolean;
  /** The person of a settings flow, as everybody may see them (contract 7.2). */
  readonly identity?: { readonly verifiable_addresses?: readonly PageAddress[] };
  readonly ui: { readonly action: string; readonly method: string; readonly nodes: readonly Node[]; readonly messages?: readonly Message[] };
}

export type PageFlow =
  | {
      readonly kind: "flow"; readonly flow: WireFlow; readonly csrfToken: string; readonly person: PersonState;
      readonly reason: StepUpReason | null; readonly otherSessions: readonly SessionSummary[];
      /** Ways that the project leaves open. */
      readonly offers: { readonly registration: boolean; readonly recovery: boolean; readonly verification: boolean };
      /** Verifiable addresses of whoever is signed in: what they need not type again. */
      readonly ownAddresses: readonly PageAddress[];
      /** What last worked in this browser, whoever it was. */
      readonly lastUsed: LastUsed;
    }
  | { readonly kind: "expired"; readonly restartAt: string }
  | { readonly kind: "problem"; readonly status: number; readonly id: string | null; readonly restartAt: string; readonly requestId: string | null };

/** Parameters of the page that belong to the flow it starts. */
const CARRIED = ["return_to", "aal", "refresh", "operation"] as const;

/**
 * The flow that a page's address names. Without one the browser is sent to start one; a finished one leads on to where it was
 * for; what cannot be shown is a value with a way to begin again.
 */
export async function pageFlow(kind: FlowKind, searchParams: SearchParams): Promise<PageFlow> {
  const query = await searchParams;
  const one = (name: string): string | null => (typeof query[name] === "string" && query[name] !== "" ? query[name] : null);
  const start = startPath(kind, one);
  const id = one("flow");
  if (id === null) redirect(start);
  const exchange = await openPage();
  if (exchange === null) return { kind: "problem", status: 503, id: null, restartAt: start, requestId: null };
  const read = await exchange.services.engine.read(kind, id, flowRequest(exchange, "browser")).catch((error: unknown) => {
    if (isDomainError(error)) return error;
    throw error;
  });
  if (isDomainError(read)) return unreadable(read, start, exchange);
  const done = wayOnFromDone(read, exchange);
  if (done !== null) redirect(done);
  return {
    kind: "flow", flow: renderFlow(exchange, read) as unknown as WireFlow, csrfToken: csrfTokenOf(exchange), person: personOf(exchange),
    reason: stepUpReason(read, exchange),
    otherSessions: read.kind === "settings" ? await otherSessions(exchange) : [],
    offers: offersOf(exchange), ownAddresses: ownAddresses(exchange),
    lastUsed: readLastUsed(exchange.cookies.get(exchange.project.config.lastUsedCookieName) ?? null),
  };
}

function unreadable(error: DomainError, start: string, exchange: Exchange): PageFlow {
  const { redirectTo } = error.details;
  const restartAt = typeof redirectTo === "string" ? redirectTo : start;
  switch (error.code) {
    case "unauthorized":
    case "session_inactive":
    case "session_aal2_required":
    case "session_refresh_required":
      return redirect(restartAt);
    case "self_service_flow_expired":
      return { kind: "expired", restartAt };
    default: {
      const wire = toWireError(error);
      const content = wire.body["error"] as { readonly id?: string } | undefined;
      return { kind: "problem", status: wire.status, id: content?.id ?? null, restartAt, requestId: exchange.requestId };
    }
  }
}

/** Getting back in and confirming an address both go by a code. */
function offersOf({ project: { config: { flows, methods } } }: Exchange): { readonly registration: boolean; readonly recovery: boolean; readonly verification: boolean } {
  const codes = methods.code.enabled;
  return { registration: flows.registration.enabled, recovery: flows.recovery.enabled && codes, verification: flows.verification.enabled && codes };
}

/** Only for somebody who stands where the session area wants them: half signed in, one learns no address. */
function ownAddresses(exchange: Exchange): readonly PageAddress[] {
  const { session } = exchange;
  if (personOf(exchange).kind !== "signed_in") return [];
  return (session?.identity.verifiableAddresses ?? []).map(({ id, value, via, verified }) => ({ id, value, via, verified }));
}

/** "Back" onto a form that has done its work goes on instead of failing. */
function wayOnFromDone(flow: Flow, { project, session }: Exchange): string | null {
  if (flow.completedAt === null || flow.kind === "settings" || flow.kind === "verification") return null;
  // A recovery also ends when its tries are used up; its page says so.
  if (flow.kind === "recovery" && flow.state !== "passed_challenge") return null;
  if (flow.kind === "recovery" && session !== null) return startUrl(project, "settings", { return_to: flow.returnTo });
  if (session === null) return startUrl(project, "login", { return_to: flow.returnTo });
  return safeReturnTo(project, flow.returnTo, project.config.defaultReturnUrl);
}

async function otherSessions(exchange: Exchange): Promise<readonly SessionSummary[]> {
  const { handle, session, now } = exchange;
  if (session === null) return [];
  const { sessions } = await handle.listSessions(session.identity.id, now, { offset: 0, limit: 100, exclude: session.session.id });
  return sessions.map(summaryOf);
}

function startPath(kind: FlowKind, one: (name: string) => string | null): string {
  const params = new URLSearchParams();
  for (const name of CARRIED) {
    const value = one(name);
    if (value !== null) params.set(name, value);
  }
  const query = params.toString();
  return `/self-service/${kind}/browser${query === "" ? "" : `?${query}`}`;
}

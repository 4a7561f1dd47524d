import type { Flow, LoginFlow } from "../model/flow";
import { lastProvedAt } from "../policy/aal";
import { areaOfPath } from "../policy/areas";
import { requirementFor } from "../policy/requirements";
import type { Exchange } from "./exchange";
import { judge } from "./judge";

/** Why a flow asks somebody who is signed in already to prove or to add a factor; words for a screen, never a decision. */
export interface StepUpReason {
  readonly returnTo: string | null;
  readonly operation: string | null;
  readonly requiredAal: "aal1" | "aal2";
  readonly refresh: boolean;
  /** Null at an ordinary sign-in, also at its second step. */
  readonly area: "settings" | "payment" | "orders" | "console" | null;
  readonly maxAgeSeconds: number | null;
  readonly lastProvedAt: Date | null;
}

export function stepUpReason(flow: Flow, exchange: Exchange): StepUpReason | null {
  if (exchange.session === null) return null;
  if (flow.kind === "login") return flow.refresh || flow.requestedAal === "aal2" ? challengeReason(flow, exchange) : null;
  if (flow.kind !== "settings" || flow.returnTo === null) return null;
  const area = areaOf(null, pathOf(flow.returnTo, exchange.project.config.baseUrl));
  return { returnTo: flow.returnTo, operation: null, requiredAal: "aal2", refresh: false, area, maxAgeSeconds: null, lastProvedAt: null };
}

function challengeReason(flow: LoginFlow, exchange: Exchange): StepUpReason {
  const { session, project, now } = exchange;
  const operation = flow.internal.operation ?? null;
  const pathname = pathOf(flow.returnTo, project.config.baseUrl);
  const { policy } = project.config;
  const area = judge(exchange, { kind: "session" }).kind === "allow" ? areaOf(operation, pathname) : null;
  const rule = operation !== null && Object.hasOwn(policy.operations, operation)
    ? policy.operations[operation] ?? null
    : pathname === null ? null : requirementFor(areaOfPath(pathname, project.config), policy, now);
  const provedAt = lastProvedAt(session?.session.methods ?? [], flow.requestedAal, rule?.methods);
  return {
    returnTo: flow.returnTo, operation, requiredAal: flow.requestedAal, refresh: flow.refresh, area,
    maxAgeSeconds: rule?.maxAgeSeconds ?? (area === "settings" ? policy.privilegedMaxAgeSeconds : null),
    lastProvedAt: Number.isFinite(provedAt) ? new Date(provedAt) : null,
  };
}

function areaOf(operation: string | null, pathname: string | null): StepUpReason["area"] {
  const word = operation?.split(".")[0] ?? pathname?.replace(/^\/self-service\/settings(\/.*)?$/, "/settings").split("/")[1];
  return word === "settings" || word === "payment" || word === "orders" || word === "console" ? word : null;
}

function pathOf(url: string | null, baseUrl: string): string | null {
  return url !== null && URL.canParse(url, baseUrl) ? new URL(url, baseUrl).pathname : null;
}

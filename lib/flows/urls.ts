import { DomainError } from "../model/errors";
import type { Flow, FlowKind } from "../model/flow";
import type { Project } from "../model/project";
import { resolveReturnTo } from "../policy/return-to";

/** Absolute URL of the create endpoint of a flow, with the parameters that have a value. */
export function startUrl(project: Project, kind: FlowKind, params: Readonly<Record<string, string | null | undefined>> = {}): string {
  const url = new URL(`${trimmed(project.config.baseUrl)}/self-service/${kind}/browser`);
  for (const [name, value] of Object.entries(params)) if (value) url.searchParams.set(name, value);
  return url.href;
}

/** The wire's submit endpoint of a flow. */
export function actionUrl(project: Project, kind: FlowKind, flowId: string): string {
  return `${trimmed(project.config.baseUrl)}/self-service/${kind}?flow=${flowId}`;
}

/** The page that renders a flow. */
export function uiUrl(project: Project, kind: FlowKind, flowId: string): string {
  const url = new URL(project.config.flows[kind].uiUrl);
  url.searchParams.set("flow", flowId);
  return url.href;
}

/** Where a started-over flow begins, with everything the person asked for. */
export function restartUrl(project: Project, flow: Flow): string {
  const params: Record<string, string | null> = { return_to: flow.returnTo };
  if (flow.kind === "login") {
    params["refresh"] = flow.refresh ? "true" : null;
    params["aal"] = flow.requestedAal === "aal2" ? "aal2" : null;
  }
  return startUrl(project, flow.kind, params);
}

/**
 * The allowed target for a candidate (contract 2.6), or `fallback` when there is no candidate.
 * Throws `self_service_flow_return_to_forbidden` for a target outside the allow-list.
 */
export function safeReturnTo(project: Project, candidate: string | null, fallback: string): string {
  if (candidate === null || candidate === "") return fallback;
  const { config } = project;
  const result = resolveReturnTo(candidate, {
    allowed: config.allowedReturnUrls, defaultUrl: config.defaultReturnUrl, baseUrl: config.baseUrl,
  });
  if (!result.ok) throw new DomainError("self_service_flow_return_to_forbidden", { returnTo: candidate });
  return result.url;
}

/** The same after the fact: a candidate that the allow-list lost meanwhile gives way to the fallback; nothing fails any more. */
export function returnToOr(project: Project, candidate: string | null, fallback: string): string {
  const { config } = project;
  const result = resolveReturnTo(candidate, { allowed: config.allowedReturnUrls, defaultUrl: fallback, baseUrl: config.baseUrl });
  return candidate && result.ok ? result.url : fallback;
}

/** After-URL of a flow by precedence: per method, per flow, `otherwise`. */
export function afterUrl(project: Project, kind: FlowKind, method: string, otherwise: string): string {
  const flow = project.config.flows[kind];
  const byMethod: Readonly<Record<string, string | undefined>> = flow.afterReturnUrlByMethod;
  return byMethod[method] ?? flow.afterReturnUrl ?? otherwise;
}

function trimmed(base: string): string {
  return base.endsWith("/") ? base.slice(0, -1) : base;
}

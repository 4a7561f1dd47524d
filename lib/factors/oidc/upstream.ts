import type { AuthenticationMethod } from "../../model/assurance";
import type { Flow, FlowInternal } from "../../model/flow";
import type { OidcProviderConfig } from "../../model/project";
import { addMs, SECOND_MS } from "../../model/time";
import type { UpstreamPerson } from "../../model/upstream";
import type { FactorContext, GoUpstream } from "../factor";

/** Clocks of two machines. */
const SKEW_SECONDS = 30;

/** To the start of the dance, which alone may set this browser's cookies. Whatever waits in the flow stays in it. */
export function goUpstream(flow: Pick<Flow, "id" | "internal">, provider: OidcProviderConfig, ctx: FactorContext): GoUpstream {
  const to = new URL(`${ctx.project.config.baseUrl.replace(/\/$/, "")}/self-service/methods/oidc/start`);
  to.searchParams.set("flow", flow.id);
  return { kind: "go_upstream", to, internal: underWay(flow.internal, provider.id) };
}

/** Only this provider's answer is accepted from now on, and no binding of an earlier round trip. */
function underWay(internal: FlowInternal, provider: string): Partial<FlowInternal> {
  const { bindingHash: _binding, returnHash: _return, startedAt: _started, ...kept } = internal.oidc ?? {};
  return { oidc: { ...kept, provider } };
}

/**
 * What this round trip is worth. The level is aal2 only for an `acr` or one `amr` that the project lists, compared exactly; absent
 * or odd values are aal1 (T32). Where the provider says when it asked the person, that is when this was completed.
 * Differs from Kratos: a silent round trip makes no session fresh (J16, U5).
 */
export function methodOf(person: UpstreamPerson, provider: OidcProviderConfig, now: Date): AuthenticationMethod {
  const listed = (person.acr !== null && provider.aal2AcrValues.includes(person.acr)) || person.amr.some((value) => provider.aal2AmrValues.includes(value));
  return {
    method: "oidc", aal: listed ? "aal2" : "aal1", provider: provider.id, completedAt: askedAt(person, now),
    ...(person.acr === null ? {} : { upstreamAcr: person.acr }),
    ...(person.amr.length === 0 ? {} : { upstreamAmr: person.amr }),
  };
}

function askedAt(person: UpstreamPerson, now: Date): Date {
  const ms = (person.authTime ?? Number.NaN) * SECOND_MS;
  return ms > 0 && ms < now.getTime() ? new Date(ms) : now;
}

/**
 * Did the provider ask the person after this browser was sent there? It was told to (`prompt=login`, `max_age=0`); a missing
 * `auth_time` and one from the future are no proof (N33, U6).
 */
export function isProvedNow(person: UpstreamPerson, startedAt: number | undefined, now: Date): boolean {
  if (startedAt === undefined || person.authTime === null) return false;
  const ms = person.authTime * SECOND_MS;
  return ms >= startedAt - SKEW_SECONDS * SECOND_MS && ms <= addMs(now, SKEW_SECONDS * SECOND_MS).getTime();
}

import { constantTimeEqual, hashToken, newToken } from "../crypto/token";
import { expiredAtFetch, isExpired } from "../flows/stored";
import { uiUrl } from "../flows/urls";
import { DomainError } from "../model/errors";
import type { LoginFlow, RegistrationFlow, SettingsFlow } from "../model/flow";
import { isUuid } from "../model/ids";
import type { FlowId } from "../model/ids";
import type { OidcProviderConfig } from "../model/project";
import { redirectAnswer } from "./answer";
import { danceCookie, danceCookieName } from "./cookies";
import { flowRequest } from "./exchange";
import type { Exchange } from "./exchange";
import { flowIdOf } from "./self-service";

/** A flow that may be left for an identity provider and come back. */
export type DancingFlow = LoginFlow | RegistrationFlow | SettingsFlow;
const KINDS = ["login", "registration", "settings"] as const;
type Kind = (typeof KINDS)[number];

/** A round trip of this browser: its flow, the provider under way, and the secret that only this browser holds. */
export interface Underway {
  readonly flow: DancingFlow;
  readonly provider: OidcProviderConfig;
  readonly secret: string;
}

/**
 * Binds a round trip to this browser, in a cookie of its own that nothing else shares (T31). Answers where to go instead when there
 * is none to begin: the flow's page.
 *
 * Order: 1 the flow of the URL · 2 begun in this browser (an app's flow: in none) · 3 neither over nor too old · 4 a provider was chosen.
 */
export async function beginDance(exchange: Exchange): Promise<{ readonly kind: "begin"; readonly dance: Underway } | { readonly kind: "elsewhere"; readonly answer: Response }> {
  const { project, handle, now } = exchange;
  const flow = await findFlow(exchange, flowIdOf(exchange.url));
  if (flow === null) throw new DomainError("flow_not_found");
  const request = flowRequest(exchange, flow.type);
  if (flow.type === "browser" && flow.csrfHash !== request.csrfHash) {
    throw new DomainError("security_csrf_violation", { hint: "This flow was begun in another browser, or its cookie is gone." });
  }
  if (isExpired(flow, now)) throw expiredAtFetch(flow, request);
  const provider = project.config.methods.oidc.providers.find(({ id }) => id === flow.internal.oidc?.provider);
  if (flow.completedAt !== null || provider === undefined || !project.config.methods.oidc.enabled) {
    return { kind: "elsewhere", answer: redirectAnswer(exchange, uiUrl(project, flow.kind, flow.id)) };
  }
  const secret = newToken("rung_ob_");
  const bound = await handle.transaction(async (tx) => {
    const current = await tx.findFlow(flow.kind, flow.id);
    if (current?.internal.oidc?.provider !== provider.id) return null;
    const internal = { ...current.internal, oidc: { ...current.internal.oidc, bindingHash: hashToken(secret), startedAt: now.getTime() } };
    await tx.updateFlow(flow.id, { internal, at: now });
    return internal;
  });
  if (bound === null) return { kind: "elsewhere", answer: redirectAnswer(exchange, uiUrl(project, flow.kind, flow.id)) };
  exchange.setCookies.push(danceCookie(project, `${flow.kind}.${flow.id}.${secret}`));
  return { kind: "begin", dance: { flow: { ...flow, internal: bound }, provider, secret } };
}

/** The round trip that this browser's cookie names, when the flow still expects it; null otherwise. */
export async function danceUnderway(exchange: Exchange): Promise<Underway | null> {
  const { project } = exchange;
  const [kind, id = "", secret = ""] = (exchange.cookies.get(danceCookieName(project)) ?? "").split(".");
  if (!isKind(kind) || !isUuid(id)) return null;
  const flow = await exchange.handle.findFlow(kind, id as FlowId);
  const { provider: wanted, bindingHash } = flow?.internal.oidc ?? {};
  if (flow === null || bindingHash === undefined || !constantTimeEqual(hashToken(secret), bindingHash)) return null;
  const provider = project.config.methods.oidc.providers.find((known) => known.id === wanted);
  return provider === undefined ? null : { flow, provider, secret };
}

/** Queues the end of the cookie: a round trip ends once, well or badly. */
export function endDance(exchange: Exchange): void {
  exchange.setCookies.push(danceCookie(exchange.project, null));
}

/** A flow by its id alone. */
export async function findFlow(exchange: Exchange, id: string | null): Promise<DancingFlow | null> {
  if (id === null || !isUuid(id)) throw new DomainError("flow_id_missing");
  for (const kind of KINDS) {
    const flow = await exchange.handle.findFlow(kind, id as FlowId);
    if (flow !== null) return flow;
  }
  return null;
}

function isKind(kind: string | undefined): kind is Kind {
  return KINDS.some((known) => known === kind);
}

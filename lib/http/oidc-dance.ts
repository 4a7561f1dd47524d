import { constantTimeEqual, hashToken, newToken } from "../crypto/token";
import { refuseWhileWaiting } from "../flows/budget";
import { expiredAtFetch, isExpired, isOwnBrowser } from "../flows/stored";
import { uiUrl } from "../flows/urls";
import { DomainError } from "../model/errors";
import type { LoginFlow, RegistrationFlow, SettingsFlow } from "../model/flow";
import { isUuid } from "../model/ids";
import type { FlowId } from "../model/ids";
import type { OidcProviderConfig } from "../model/project";
import { redirectAnswer } from "./answer";
import { danceCookie, dancePrefix } from "./cookies";
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

/** Both ends of a round trip make us ask somebody else's server: charged to the source like a submission. Throws `too_many_requests`. */
export async function chargeDance({ services, handle, device, now }: Exchange): Promise<void> {
  refuseWhileWaiting(await services.limitsFor(handle).chargeSource(device.ipAddress, now));
}

export type Begun =
  | { readonly kind: "begin"; readonly dance: Underway }
  /** An app's flow: its link alone sends nobody away. */
  | { readonly kind: "ask"; readonly flow: DancingFlow; readonly provider: OidcProviderConfig }
  | { readonly kind: "elsewhere"; readonly answer: Response };

/**
 * Binds a round trip to this browser; `bindDance` gives the browser its half. Answers where to go instead when there is none to
 * begin: the flow's page.
 *
 * Order: 1 the flow of the URL · 2 begun in this browser (an app's flow: in none) · 3 neither over nor too old · 4 a provider was
 *        chosen · 5 an app's flow: whoever sits here said yes (`agreed`).
 */
export async function beginDance(exchange: Exchange, agreed: boolean): Promise<Begun> {
  const { project, handle, now } = exchange;
  const flow = await findFlow(exchange, flowIdOf(exchange.url));
  if (flow === null) throw new DomainError("flow_not_found");
  const request = flowRequest(exchange, flow.type);
  if (!isOwnBrowser(flow, request)) {
    throw new DomainError("security_csrf_violation", { hint: "This flow was begun in another browser, or its cookie is gone." });
  }
  if (isExpired(flow, now)) throw expiredAtFetch(flow, request);
  const provider = project.config.methods.oidc.providers.find(({ id }) => id === flow.internal.oidc?.provider);
  if (flow.completedAt !== null || provider === undefined || !project.config.methods.oidc.enabled) {
    return { kind: "elsewhere", answer: redirectAnswer(exchange, uiUrl(project, flow.kind, flow.id)) };
  }
  if (flow.type === "api" && !agreed) return { kind: "ask", flow, provider };
  const secret = newToken("rung_ob_");
  const bound = await handle.transaction(async (tx) => {
    const current = await tx.findFlow(flow.kind, flow.id);
    if (current?.internal.oidc?.provider !== provider.id) return null;
    const { returnHash: _return, ...oidc } = current.internal.oidc;
    const internal = { ...current.internal, oidc: { ...oidc, bindingHash: hashToken(secret), startedAt: now.getTime() } };
    await tx.updateFlow(flow.id, { internal, at: now });
    return internal;
  });
  if (bound === null) return { kind: "elsewhere", answer: redirectAnswer(exchange, uiUrl(project, flow.kind, flow.id)) };
  return { kind: "begin", dance: { flow: { ...flow, internal: bound }, provider, secret } };
}

/** Gives the browser its half, in a cookie of its own (T31) that knows the state its answer must bring. */
export function bindDance(exchange: Exchange, { flow, secret }: Underway, to: string): void {
  const state = new URL(to).searchParams.get("state") ?? "";
  exchange.setCookies.push(danceCookie(exchange.project, flow.id, `${flow.kind}.${secret}.${hashToken(state)}`));
}

/** Whose answer this is: of the round trip whose state it brings, or of one that is to be told to begin again. */
export type Answering = { readonly kind: "ours" | "stray"; readonly dance: Underway } | null;

/**
 * The round trip that an answer belongs to. Anybody can make this browser bring an answer; only one with the state of a round trip
 * ends it. Any other is a stray, if one round trip to this provider is under way, and takes nothing from it.
 */
export async function danceAnswered(exchange: Exchange, provider: string, state: string | null): Promise<Answering> {
  const halves = halvesOf(exchange);
  const wanted = state === null || state === "" ? null : hashToken(state);
  const ours = wanted === null ? undefined : halves.find(({ stateHash }) => constantTimeEqual(stateHash, wanted));
  if (ours !== undefined) {
    const dance = await bound(exchange, ours, "bindingHash");
    if (dance !== null) return { kind: "ours", dance };
  }
  const others = await Promise.all(halves.map((half) => bound(exchange, half, "bindingHash")));
  const [dance, ...more] = others.filter((one) => one !== null).filter((one) => one.provider.id === provider);
  return dance === undefined || more.length > 0 ? null : { kind: "stray", dance };
}

/** The round trip of this flow whose answer came, in this browser; null otherwise. */
export async function danceReturned(exchange: Exchange, flowId: string): Promise<Underway | null> {
  const half = halvesOf(exchange).find((one) => one.flowId === flowId);
  return half === undefined ? null : bound(exchange, half, "returnHash");
}

/** Ends the binding: no second answer is taken for it, whatever becomes of this one. False: another request was first. */
export async function claimDance({ handle, now }: Exchange, { flow, secret }: Underway): Promise<boolean> {
  return handle.transaction(async (tx) => {
    const current = await tx.findFlow(flow.kind, flow.id);
    const { bindingHash, ...oidc } = current?.internal.oidc ?? {};
    if (current === null || bindingHash === undefined || !constantTimeEqual(hashToken(secret), bindingHash)) return false;
    await tx.updateFlow(flow.id, { internal: { ...current.internal, oidc: { ...oidc, returnHash: bindingHash } }, at: now });
    return true;
  });
}

/** Queues the end of the cookie: a round trip ends once, well or badly. */
export function endDance(exchange: Exchange, flowId: FlowId): void {
  exchange.setCookies.push(danceCookie(exchange.project, flowId, null));
}

/** What the browser holds of one round trip. */
interface Half {
  readonly kind: Kind;
  readonly flowId: FlowId;
  readonly secret: string;
  readonly stateHash: string;
}

/** A browser sends as many cookies as it likes; nobody is at this many providers at once. */
const MOST_DANCES = 8;

function halvesOf({ cookies, project }: Exchange): readonly Half[] {
  const prefix = dancePrefix(project);
  return [...cookies].flatMap(([name, value]) => {
    const flowId = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    const [kind, secret = "", stateHash = ""] = value.split(".");
    return isUuid(flowId) && isKind(kind) ? [{ kind, flowId: flowId as FlowId, secret, stateHash }] : [];
  }).slice(0, MOST_DANCES);
}

async function bound(exchange: Exchange, { kind, flowId, secret }: Half, half: "bindingHash" | "returnHash"): Promise<Underway | null> {
  const flow = await exchange.handle.findFlow(kind, flowId);
  const { provider: wanted, [half]: hash } = flow?.internal.oidc ?? {};
  if (flow === null || hash === undefined || !constantTimeEqual(hashToken(secret), hash)) return null;
  const provider = exchange.project.config.methods.oidc.providers.find((known) => known.id === wanted);
  return provider === undefined ? null : { flow, provider, secret };
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

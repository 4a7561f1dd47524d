import type { Flow } from "../model/flow";
import type { Identity, JsonObject, JsonValue } from "../model/identity";
import type { Node } from "../model/node";
import type { ProjectConfig } from "../model/project";
import type { Session } from "../model/session";
import { flowAction, flowToWire } from "../wire/flow";
import { identityToWire, schemaUrl } from "../wire/identity";
import { sessionToWire } from "../wire/session";
import type { HookContext } from "./call";

/** What a step knows, and the request it came with. A person who does not exist yet has an id, a schema and traits. */
export interface HookOccasion {
  readonly when: "before" | "after";
  readonly flow: Flow;
  readonly identity: Identity | { readonly id: string; readonly schemaId: string; readonly traits: JsonObject } | null;
  readonly session: Session | null;
  readonly config: Pick<ProjectConfig, "baseUrl" | "session" | "csrfCookieName" | "deviceCookieName" | "webHooks">;
  readonly origin: {
    readonly method: string;
    readonly headers: Readonly<Record<string, readonly string[]>>;
    readonly cookies: Readonly<Record<string, string>>;
  };
  readonly url: URL;
  readonly now: Date;
}

/** Whoever holds one of these is signed in, or could finish somebody else's flow. */
const SECRET_PARAMETERS: readonly string[] = [
  "code", "csrf_token", "handover", "id_token", "init_code", "password", "return_to_code", "session_token", "state", "token",
];
const SECRET_HEADERS: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization", "x-session-token", "x-csrf-token"]);
const OUR_COOKIES = /^(__host-|__secure-|next-auth|ory_|csrf_token_|rung_)/i;

/**
 * The `ctx` of contract/admin.md 5.3. No credential is in it: no admin metadata, no cookie or header that signs in, no value of a
 * form field but traits, no code or token of an address. Differs from Kratos, which hands out the whole form.
 */
export function hookContext(occasion: HookOccasion): HookContext {
  const { flow, config, origin } = occasion;
  return {
    flow: tellableFlow(flow, config.baseUrl),
    identity: tellsIdentity(occasion) ? identityOf(occasion) : null,
    session: occasion.session !== null && tellsSession(occasion) ? sessionOf(occasion, occasion.session) : null,
    request_method: origin.method,
    request_url: withoutSecrets(occasion.url.href),
    request_headers: allowedHeaders(origin.headers, config.webHooks.headerAllowlist),
    request_cookies: allowedCookies(origin.cookies, config),
  };
}

/** The context as the plain value that templates read: members without a value are left out, as in Ory's. */
export function contextValue(context: HookContext): JsonObject {
  const entries = Object.entries(context).filter(([, value]) => value !== null) as [string, JsonValue][];
  return Object.fromEntries(entries);
}

function tellsIdentity({ when, flow }: HookOccasion): boolean {
  return when === "after" || flow.kind === "settings";
}

/** Only after a login, and before and after settings. */
function tellsSession({ when, flow }: HookOccasion): boolean {
  return flow.kind === "settings" || (flow.kind === "login" && when === "after");
}

function tellableFlow(flow: Flow, baseUrl: string): JsonObject {
  const nodes = flow.nodes.filter((node) => node.attributes.node_type === "input").map(withoutValue);
  const told = { ...flow, nodes, requestUrl: withoutSecrets(flow.requestUrl) };
  return flowToWire(told, { action: flowAction(flow, baseUrl), csrfToken: null, baseUrl });
}

function withoutValue(node: Node): Node {
  if (node.attributes.node_type !== "input" || node.attributes.name.startsWith("traits.")) return node;
  const { value: _value, ...attributes } = node.attributes;
  return { ...node, attributes };
}

function identityOf({ identity, config }: HookOccasion): JsonObject | null {
  if (identity === null) return null;
  if ("version" in identity) return identityToWire(identity, config);
  return {
    id: identity.id, schema_id: identity.schemaId, schema_url: schemaUrl(config.baseUrl, identity.schemaId), state: "active",
    traits: identity.traits, metadata_public: null, organization_id: null,
  };
}

function sessionOf({ identity, config, now }: HookOccasion, session: Session): JsonObject {
  return sessionToWire(session, identity !== null && "version" in identity ? identity : null, { baseUrl: config.baseUrl, now });
}

function allowedHeaders(headers: HookOccasion["origin"]["headers"], allowlist: readonly string[]): HookContext["request_headers"] {
  const allowed = new Map(allowlist.map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(Object.entries(headers).flatMap(([name, values]) => {
    const lower = name.toLowerCase();
    const told = SECRET_HEADERS.has(lower) ? undefined : allowed.get(lower);
    return told === undefined ? [] : [[canonical(told), values] as const];
  }));
}

/** `user-agent` → `User-Agent`, as templates made for Ory look it up. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function allowedCookies(cookies: Readonly<Record<string, string>>, config: HookOccasion["config"]): Readonly<Record<string, string>> {
  const ours = new Set([config.session.cookieName, config.csrfCookieName, config.deviceCookieName]);
  return Object.fromEntries(Object.entries(cookies).filter(([name]) => !ours.has(name) && !OUR_COOKIES.test(name)));
}

function withoutSecrets(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  for (const name of SECRET_PARAMETERS) url.searchParams.delete(name);
  return url.href;
}

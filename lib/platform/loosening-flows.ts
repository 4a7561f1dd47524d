import type { LooseningKind } from "../model/loosening";
import type { ProjectConfig, WebHookConfig } from "../model/project";
import { resolveReturnTo } from "../policy/return-to";
import { added, when } from "./loosening-policy";
import type { Check } from "./loosening-policy";

type FlowName = keyof ProjectConfig["flows"];
const FLOWS: readonly FlowName[] = ["login", "registration", "settings", "recovery", "verification"];
/** Hooks that protect by being there; `require_verified_address` has a sentence of its own. */
const PROTECTIVE: readonly string[] = ["revoke_active_sessions", "verify_new_address", "notify_previous_addresses"];
const SAME_SITE = ["Strict", "Lax", "None"] as const;

/** What the screens ask for, where they are, and where they lead. */
export const FLOW_CHECKS = {
  registration_on: (before, after) => turnedOn("registration", before, after),
  recovery_on: (before, after) => turnedOn("recovery", before, after),
  verification_off: (before, after) => turnedOn("verification", after, before),
  verified_address: (before, after) => when(keysOf("login", before, after).some((key) =>
    namesAt(before, "login", key).includes("require_verified_address") && !namesAt(after, "login", key).includes("require_verified_address"))),
  hook_gone: (before, after) => FLOWS.filter((flow) =>
    added(stopping(after.flows[flow].beforeWebHooks), stopping(before.flows[flow].beforeWebHooks)).length > 0
    || keysOf(flow, before, after).some((key) => lost(flow, key, before, after))),
  flow_lifespan: (before, after) => [
    ...FLOWS.filter((flow) => after.flows[flow].lifespanMs > before.flows[flow].lifespanMs),
    ...when(after.methods.passkey.timeoutMs > before.methods.passkey.timeoutMs, "passkey"),
  ],
  screen: (before, after) => [
    ...FLOWS.filter((flow) => movedAway(before.flows[flow].uiUrl, after.flows[flow].uiUrl, after)), ...when(movedAway(before.errorUiUrl, after.errorUiUrl, after), "error"),
  ],
  return_url: (before, after) => after.allowedReturnUrls.filter((url) => !before.allowedReturnUrls.includes(url)
    && !resolveReturnTo(url, { allowed: before.allowedReturnUrls, defaultUrl: before.defaultReturnUrl, baseUrl: before.baseUrl }).ok),
  cookie: ({ session: was }, { session: will }) => [
    ...when(will.cookieDomain !== null && will.cookieDomain !== was.cookieDomain, "Domain"),
    ...when(will.cookiePath !== was.cookiePath && was.cookiePath.startsWith(will.cookiePath), "Path"),
    ...when(SAME_SITE.indexOf(will.cookieSameSite) > SAME_SITE.indexOf(was.cookieSameSite), "SameSite"),
    ...when(was.cookieSecure && !will.cookieSecure, "Secure"),
    ...when(!was.cookiePersistent && will.cookiePersistent, "Max-Age"),
    ...when(was.cookieName.startsWith("__Host-") && !will.cookieName.startsWith("__Host-"), "__Host-"),
  ],
  enumeration: (before, after) => when(before.mitigateEnumeration && !after.mitigateEnumeration),
} as const satisfies Partial<Record<LooseningKind, Check>>;

function turnedOn(flow: FlowName, before: ProjectConfig, after: ProjectConfig): readonly string[] {
  return when(!before.flows[flow].enabled && after.flows[flow].enabled);
}

/** The methods with hooks of their own, and `""` for all others. */
function keysOf(flow: FlowName, before: ProjectConfig, after: ProjectConfig): readonly string[] {
  return [...new Set(["", ...Object.keys(before.flows[flow].afterHooks), ...Object.keys(after.flows[flow].afterHooks)])];
}

function namesAt({ flows }: ProjectConfig, flow: FlowName, key: string): readonly string[] {
  return flows[flow].afterHooks[key] ?? flows[flow].afterHooks[""] ?? [];
}

function lost(flow: FlowName, key: string, before: ProjectConfig, after: ProjectConfig): boolean {
  const web = ({ flows }: ProjectConfig): readonly string[] => stopping(flows[flow].afterWebHooks[key] ?? flows[flow].afterWebHooks[""] ?? []);
  const names = added(namesAt(after, flow, key), namesAt(before, flow, key));
  return names.some((name) => PROTECTIVE.includes(name)) || added(web(after), web(before)).length > 0;
}

/** Where those web hooks are that may stop a flow or change the person. */
function stopping(hooks: readonly WebHookConfig[]): readonly string[] {
  return hooks.filter(({ parse, canInterrupt }) => parse || canInterrupt).map(({ request }) => request.url);
}

/** Another host than before shows the screen, and so is typed into. Back to the project's own is no loss. */
function movedAway(was: string, will: string, { baseUrl }: ProjectConfig): boolean {
  const origin = (url: string): string => new URL(url).origin;
  return origin(will) !== origin(was) && origin(will) !== origin(baseUrl);
}

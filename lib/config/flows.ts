import type { FactorId } from "../model/assurance";
import type { FlowConfig, ProjectConfig, WebHookConfig } from "../model/project";
import { hookNames, webHooks } from "./hooks";
import type { Reader } from "./reader";
import { urlAt } from "./urls";

type FlowName = keyof ProjectConfig["flows"];
type FlowsConfig = Pick<
  ProjectConfig,
  "flows" | "loginStyle" | "registrationStyle" | "logoutReturnUrl" | "clearBrowserDataAtLogout" | "errorUiUrl" | "addressBackUrl"
>;

const HOUR_MS = 3_600_000;
/** Which flows are on when nobody says so (contract 8.2). */
const ON: Readonly<Record<FlowName, boolean>> = { login: true, registration: true, settings: true, recovery: false, verification: false };
/** Methods that may have their own `after` block, over all flows. */
const AFTER_METHODS: readonly (FactorId | "profile")[] = ["password", "oidc", "totp", "webauthn", "passkey", "lookup_secret", "code", "profile"];

/** `selfservice.flows`. A flow without `ui_url` is shown on our own page: `<base>/login` and so on. */
export function flowsConfig(reader: Reader, baseUrl: string): FlowsConfig {
  const flow = (name: FlowName): FlowConfig => flowConfig(reader, name, baseUrl);
  const legacyOneStep = reader.flag("selfservice.flows.registration.enable_legacy_one_step", false);
  const style = reader.text("selfservice.flows.registration.style") ?? (legacyOneStep ? "unified" : "profile_first");
  return {
    flows: {
      login: flow("login"), registration: flow("registration"), settings: flow("settings"), recovery: flow("recovery"),
      verification: flow("verification"),
    },
    loginStyle: reader.text("selfservice.flows.login.style") === "identifier_first" ? "identifier_first" : "unified",
    registrationStyle: style === "unified" ? "unified" : "profile_first",
    logoutReturnUrl: urlAt(reader, "selfservice.flows.logout.after.default_browser_return_url", baseUrl, "return"),
    clearBrowserDataAtLogout: reader.flag("selfservice.flows.logout.clear_browser_data", false),
    errorUiUrl: urlAt(reader, "selfservice.flows.error.ui_url", baseUrl, "page") ?? `${baseUrl}/error`,
    addressBackUrl: `${baseUrl}/address-back`,
  };
}

function flowConfig(reader: Reader, name: FlowName, baseUrl: string): FlowConfig {
  const at = `selfservice.flows.${name}`;
  if (reader.text(`${at}.use`) === "link") {
    reader.refuse(`${at}.use`, "must be \"code\": Rung sends codes, which a mail scanner cannot use up by opening a link.", ["code"]);
  }
  const afterReturnUrlByMethod: Partial<Record<FactorId | "profile", string>> = {};
  const afterHooks: Record<string, readonly string[]> = {};
  const afterWebHooks: Record<string, readonly WebHookConfig[]> = {};
  const global = hookNames(reader, `${at}.after.hooks`);
  if (global.length > 0) {
    afterHooks[""] = global;
    afterWebHooks[""] = webHooks(reader, `${at}.after.hooks`);
  }
  for (const method of AFTER_METHODS) {
    const url = urlAt(reader, `${at}.after.${method}.default_browser_return_url`, baseUrl, "return");
    if (url !== null) afterReturnUrlByMethod[method] = url;
    // A list of its own replaces the global one, even an empty list (contract 4.12).
    if (reader.at(`${at}.after.${method}.hooks`) !== undefined) {
      afterHooks[method] = hookNames(reader, `${at}.after.${method}.hooks`);
      afterWebHooks[method] = webHooks(reader, `${at}.after.${method}.hooks`);
    }
  }
  return {
    lifespanMs: reader.durationMs(`${at}.lifespan`, HOUR_MS),
    uiUrl: urlAt(reader, `${at}.ui_url`, baseUrl, "page") ?? `${baseUrl}/${name}`,
    enabled: reader.flag(`${at}.enabled`, ON[name]),
    afterReturnUrl: urlAt(reader, `${at}.after.default_browser_return_url`, baseUrl, "return"),
    afterReturnUrlByMethod,
    afterHooks,
    afterWebHooks,
    beforeWebHooks: webHooks(reader, `${at}.before.hooks`),
  };
}

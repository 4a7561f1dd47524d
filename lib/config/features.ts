import type { ProjectConfig } from "../model/project";
import type { Reader } from "./reader";

/** What a web hook may be told of a request (contract/admin.md 5.3). `Cookie` and `Authorization` are never told. */
export const HEADER_ALLOWLIST: readonly string[] = [
  "Accept", "Accept-Encoding", "Accept-Language", "Content-Length", "Content-Type", "Origin", "Priority", "Referer", "Sec-Ch-Ua",
  "Sec-Ch-Ua-Mobile", "Sec-Ch-Ua-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User", "True-Client-Ip",
  "User-Agent", "X-Forwarded-Host", "Ory-Base-Url-Rewrite", "Ory-Base-Url-Rewrite-Token", "X-Ory-Original-Host",
  "Ory-No-Custom-Domain-Redirect", "Cf-Ipcountry",
];
const NEVER_TOLD: readonly string[] = ["authorization", "cookie", "proxy-authorization", "x-session-token"];

/** `feature_flags`, `security`, and the switches of single flows. */
export function featureConfig(
  reader: Reader, sessionLifespanMs: number,
): Pick<ProjectConfig, "features" | "mitigateEnumeration" | "notifyUnknown" | "earliestExtendMs"> {
  const on = (name: string): boolean => reader.flag(`feature_flags.${name}`, false);
  const notify = (flow: string): boolean => reader.flag(`selfservice.flows.${flow}.notify_unknown_recipients`, false);
  const cacheMs = reader.durationMs("feature_flags.cacheable_sessions_max_age", sessionLifespanMs);
  const extend = "session.earliest_possible_extend";
  return {
    // Differs from Kratos: on unless switched off (J9).
    mitigateEnumeration: reader.flag("security.account_enumeration.mitigate", true),
    notifyUnknown: { recovery: notify("recovery"), verification: notify("verification") },
    earliestExtendMs: reader.at(extend) === undefined || reader.text(extend) === "lifespan" ? null : reader.durationMs(extend, sessionLifespanMs),
    features: {
      useContinueWithTransitions: on("use_continue_with_transitions"),
      chooseRecoveryAddress: on("choose_recovery_address"),
      legacyRequireVerifiedLoginError: on("legacy_require_verified_login_error"),
      refreshLoginChooseAddress: on("refresh_login_choose_address"),
      passwordProfileGroup: reader.text("feature_flags.password_profile_registration_node_group") === "password" ? "password" : "default",
      fasterSessionExtend: on("faster_session_extend"),
      cacheableSessionsSeconds: on("cacheable_sessions") ? Math.floor(cacheMs / 1_000) : null,
    },
  };
}

/** `clients`. Differs from Kratos: private address ranges are refused until a configuration allows them (T69). */
export function networkConfig(reader: Reader): ProjectConfig["webHooks"] {
  const list = (path: string): readonly string[] => reader.list(path).filter((value) => typeof value === "string");
  const allowlist = "clients.web_hook.header_allowlist";
  for (const [index, name] of list(allowlist).entries()) {
    if (NEVER_TOLD.includes(name.toLowerCase())) reader.refuse(`${allowlist}.${index}`, "is never told to a hook: whoever holds it is signed in.");
  }
  const exceptions = "clients.http.private_ip_exception_urls";
  for (const [index, glob] of list(exceptions).entries()) {
    if (!/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/.test(glob)) {
      reader.refuse(`${exceptions}.${index}`, "must be a URL without query, such as \"http://10.0.0.5:8080/hooks/**\".");
    }
  }
  return {
    headerAllowlist: reader.at(allowlist) === undefined ? HEADER_ALLOWLIST : list(allowlist),
    allowPrivateRanges: !reader.flag("clients.http.disallow_private_ip_ranges", true),
    privateExceptionUrls: list(exceptions),
  };
}

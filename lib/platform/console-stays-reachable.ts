import type { ConfigProblem } from "../config/schema";
import { DomainError } from "../model/errors";
import type { ProjectConfig } from "../model/project";

/**
 * The console's own pages must keep its cookie and its screens: a cookie below another path never reaches them, and a form
 * elsewhere signs nobody in here. Throws `config_invalid`. Who could still sign in is asked in admins-kept-in.ts.
 */
export function requireReachable(config: ProjectConfig): void {
  const problems: ConfigProblem[] = [];
  const refuse = (path: string, message: string): void => {
    problems.push({ path, message });
  };
  if (config.session.cookiePath !== "/") refuse("/session/cookie/path", "must be \"/\" in the console: its pages would never see the cookie, and every admin would be shut out.");
  for (const flow of ["login", "settings"] as const) {
    if (new URL(config.flows[flow].uiUrl).origin !== new URL(config.baseUrl).origin) {
      refuse(`/selfservice/flows/${flow}/ui_url`, "must be a page of the console itself: every admin would be shut out.");
    }
  }
  if (!config.flows.login.enabled) refuse("/selfservice/flows/login", "must stay on in the console: every admin would be shut out.");
  if (problems.length > 0) throw new DomainError("config_invalid", { problems });
}

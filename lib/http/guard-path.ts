import { continueUrl } from "../flows/decide";
import type { ProjectConfig } from "../model/project";
import { areaOfPath } from "../policy/areas";
import { requirementFor } from "../policy/requirements";
import type { Services } from "../services";
import { credentialOf, findSession, handleOf, publicUrl } from "./exchange";
import { judgePath } from "./judge";
import { parseCookies } from "./cookies";

/**
 * Turns people round early: where `target` (path and query) is behind a rule of the project that refuses this session, the URL
 * to go to instead; null to let the request pass. It is a courtesy and not the lock: pages, actions and handlers ask again.
 * Throws what the store throws.
 */
export async function guardPath(headers: Headers, target: string, services: Services): Promise<string | null> {
  const found = await services.resolver.byHost(headers.get("host") ?? "");
  if (found === null) return null;
  const now = services.clock.now();
  if (!isGuarded(target, found.config, now)) return null;
  const token = credentialOf(headers, parseCookies(headers.get("cookie")), found.config.session.cookieName)?.token ?? null;
  const { project, session } = await findSession(services, handleOf(services, found), found, token, now);
  // Of the configuration in force, which the session's row may have brought with it.
  const decision = judgePath({ project, session, now }, publicUrl(project.config, target).pathname);
  if (decision.kind === "allow") return null;
  return continueUrl(decision, project, returnHere(project.config, target));
}

/** Does a rule of the project cover `target` (path and query)? */
export function isGuarded(target: string, config: ProjectConfig, now: Date): boolean {
  return requirementFor(areaOfPath(publicUrl(config, target).pathname, config), config.policy, now) !== null;
}

/** This very page on the public base, without what the framework added for itself. */
export function returnHere(config: ProjectConfig, target: string): string {
  const url = publicUrl(config, target);
  url.searchParams.delete("_rsc");
  return url.href;
}

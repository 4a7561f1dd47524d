import type { Area } from "../model/policy";
import type { ProjectConfig } from "../model/project";
import { isAt } from "./paths";

/** Where a project's own screens are. */
export type Screens = Pick<ProjectConfig, "baseUrl" | "flows" | "errorUiUrl">;

/**
 * Which area a path of the project belongs to. Guard, simulator, explanation and preview all ask here, so that they cannot differ.
 *
 * The settings screen and what is below it are guarded as settings are, whatever rule of a path covers them. The screens on which
 * people sign in, register, recover, verify or read an error are ways in: a rule over them would send people round for ever.
 * Everything else is judged by the rules of `rung.protected_paths`. A screen on another origin is no path of ours.
 */
export function areaOfPath(pathname: string, screens: Screens): Area {
  const { flows, errorUiUrl, baseUrl } = screens;
  const here = (url: string, extent: "exact" | "below"): boolean => {
    const place = new URL(url, baseUrl);
    return place.origin === new URL(baseUrl).origin && isAt(place.pathname, pathname, extent);
  };
  if (here(flows.settings.uiUrl, "below")) return { kind: "settings" };
  const waysIn = [flows.login.uiUrl, flows.registration.uiUrl, flows.recovery.uiUrl, flows.verification.uiUrl, errorUiUrl];
  return waysIn.some((url) => here(url, "exact")) ? { kind: "path", pathname, wayIn: true } : { kind: "path", pathname };
}

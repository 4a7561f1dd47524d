import type { Area, ProjectPolicy } from "../model/policy";
import type { ProjectConfig } from "../model/project";
import { isAt, longestMatch } from "./paths";

/** Where a project's own screens are, and which paths it protects. */
export interface Screens extends Pick<ProjectConfig, "baseUrl" | "errorUiUrl" | "addressBackUrl"> {
  readonly flows: Readonly<Record<keyof ProjectConfig["flows"], { readonly uiUrl: string }>>;
  readonly policy: Pick<ProjectPolicy, "protectedPaths">;
}

/**
 * Which area a path of the project belongs to. Guard, simulator, explanation and preview all ask here, so that they cannot differ.
 *
 * The settings screen is guarded as settings are, whatever rule covers it, and so is what lies below it, unless a rule was made for a
 * place below the screen: that one holds there. The screens on which people sign in, register, recover, verify, take a change of
 * address back or read an error are ways in: a rule over them would send people round for ever, and whoever lost an account cannot sign in first. Everything else is judged by the rules of `rung.protected_paths`. A
 * screen on another origin is no path of ours.
 */
export function areaOfPath(pathname: string, screens: Screens): Area {
  const { flows: { settings, ...others }, errorUiUrl, addressBackUrl, baseUrl, policy } = screens;
  const own = (url: string): string | null => {
    const place = new URL(url, baseUrl);
    return place.origin === new URL(baseUrl).origin ? place.pathname : null;
  };
  const isSettings = (path: string, extent: "exact" | "below"): boolean => {
    const place = own(settings.uiUrl);
    return place !== null && isAt(place, path, extent);
  };
  if (isSettings(pathname, "exact")) return { kind: "settings" };
  const waysIn = [...Object.values(others).map(({ uiUrl }) => uiUrl), errorUiUrl, addressBackUrl].map(own);
  if (waysIn.some((place) => place !== null && isAt(place, pathname, "exact"))) return { kind: "path", pathname, wayIn: true };
  if (!isSettings(pathname, "below")) return { kind: "path", pathname };
  const prefix = longestMatch(pathname, policy.protectedPaths)?.prefix;
  const holdsBelow = prefix !== undefined && isSettings(prefix, "below") && !isSettings(prefix, "exact");
  return holdsBelow ? { kind: "path", pathname } : { kind: "settings" };
}

import type { PlatformDb } from "../db/handles";
import type { Clock } from "../model/time";
import type { ControlCommands } from "./control";
import { makeSetupLink } from "./setup-link";

/** What a command says: lines for a terminal. Every control command answers this. */
export interface Said {
  readonly lines: readonly string[];
}

/** The commands this room can serve by itself; the composition root adds its own (`seed`) beside them. */
export function platformCommands(deps: {
  readonly platform: PlatformDb; readonly hosts: { readonly consoleUrl: URL }; readonly clock: Clock;
}): ControlCommands {
  return {
    "setup-link": async (): Promise<Said> => ({ lines: await setupLinkLines(deps.platform, deps.hosts, deps.clock.now()) }),
  };
}

/** A new set-up link, in words. */
export async function setupLinkLines(platform: PlatformDb, hosts: { readonly consoleUrl: URL }, now: Date): Promise<readonly string[]> {
  const { url } = await makeSetupLink(platform, hosts, now);
  return ["Become the admin of this installation (good once, for an hour):", `  ${url}`];
}

/** The lines of an answer that came over the socket; null when it has another shape. */
export function linesOf(result: unknown): readonly string[] | null {
  const lines: unknown = typeof result === "object" && result !== null ? Reflect.get(result, "lines") : undefined;
  return Array.isArray(lines) && lines.every((line): line is string => typeof line === "string") ? lines : null;
}

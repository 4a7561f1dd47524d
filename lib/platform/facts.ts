import type { InstallationState, PlatformDb } from "../db/handles";
import type { JsonObject } from "../model/identity";
import { addMs, MINUTE_MS } from "../model/time";
import type { Clock } from "../model/time";
import { configFileStatus } from "./config-file-status";

/** Mail that waits longer has met something: a dead server, or none. */
const OVERDUE_MS = 10 * MINUTE_MS;

/** What an installation says of itself, as it travels over the control socket. Nothing secret, nobody's data. */
export interface InstallationFacts extends Omit<InstallationState, "now"> {
  /** ISO 8601, by the database's clock. */
  readonly now: string;
  readonly configFile: { readonly state: string; readonly problems: readonly { readonly key: string; readonly reason: string }[] } | null;
}

export async function installationFacts({ db, clock }: { readonly db: { readonly platform: PlatformDb }; readonly clock: Clock }): Promise<InstallationFacts> {
  const state = await db.platform.describeInstallation(addMs(clock.now(), -OVERDUE_MS));
  const file = await configFileStatus();
  const configFile = file === null ? null : { state: file.state, problems: file.problems.map(({ key, reason }) => ({ key, reason })) };
  return { ...state, now: state.now.toISOString(), configFile };
}

/** The same out of the text that came over the socket; null when it is something else. */
export function readFacts(text: string): InstallationFacts | null {
  const value = JSON.parse(text) as JsonObject | null;
  return typeof value === "object" && value !== null && Array.isArray(value["migrations"]) ? value as unknown as InstallationFacts : null;
}

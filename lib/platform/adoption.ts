import { secondFactors } from "../config/methods";
import type { PlatformDb } from "../db/handles";
import type { Project } from "../model/project";

/** Who feels a flip of Strict and Lax. Counts of people and of live sessions, as of now. */
export interface Adoption {
  readonly people: number;
  readonly withSecondFactor: number;
  readonly liveSessions: number;
  /** Live sessions below aal2 whose person owns a second factor: under Strict they are asked at their next request. */
  readonly liveSessionsToAsk: number;
}

/** Only methods the project has switched on count: a second factor that cannot be used is none. */
export function adoptionOf(platform: PlatformDb, project: Project, now: Date): Promise<Adoption> {
  return platform.countAdoption(project.row.id, secondFactors(project.config.methods), now);
}

import { secondFactors } from "../config/methods";
import type { PlatformDb } from "../db/handles";
import type { FactorId } from "../model/assurance";
import type { AdoptionCount } from "../model/console";
import type { Project } from "../model/project";
import { keptCounts } from "./kept-counts";
import type { KeptCounts } from "./kept-counts";

/** Who feels a flip of Strict and Lax. Counts of people and of live sessions. */
export interface Adoption extends AdoptionCount {
  /** As of when; of a large project not now, see kept-counts.ts. */
  readonly at: Date;
}

/** How many active people have a credential of each type. */
export interface Owners {
  readonly at: Date;
  readonly counts: ReadonlyMap<string, number>;
}

type Counts = Omit<Adoption, "at">;
interface Kept { readonly adoption: KeptCounts<Counts>; readonly owners: KeptCounts<Owners["counts"]> }
const KEPT = new WeakMap<PlatformDb, Kept>();
/** From so many people on, active or not. */
export const LARGE = 20_000;

function keptOf(platform: PlatformDb): Kept {
  const known = KEPT.get(platform) ?? { adoption: keptCounts<Counts>(), owners: keptCounts<Owners["counts"]>() };
  KEPT.set(platform, known);
  return known;
}

/** Only methods the project has switched on count: a second factor that cannot be used is none. */
export async function adoptionOf(platform: PlatformDb, project: Project, now: Date): Promise<Adoption> {
  const types = secondFactors(project.config.methods);
  const counted = await keptOf(platform).adoption.read({
    key: `${project.row.id} ${types.join()}`, now, large: LARGE, count: (progress) => platform.countAdoption(project.row.id, types, now, progress),
  });
  if (counted.kind === "counting") throw new Error("a count that was waited for is not over");
  return { ...counted.value, at: counted.at };
}

export async function ownersOf(platform: PlatformDb, project: Project, types: readonly FactorId[], now: Date): Promise<Owners> {
  const counted = await keptOf(platform).owners.read({
    key: `${project.row.id} ${types.join()}`, now, large: LARGE, count: (progress) => platform.countOwners(project.row.id, types, progress),
  });
  if (counted.kind === "counting") throw new Error("a count that was waited for is not over");
  return { at: counted.at, counts: counted.value };
}

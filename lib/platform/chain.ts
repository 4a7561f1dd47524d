import type { PlatformDb } from "../db/handles";
import type { ProjectId } from "../model/ids";

/** The chain for what concerns the installation: the console project's. */
export async function consoleChain(platform: Pick<PlatformDb, "findConsoleProject">): Promise<ProjectId> {
  const row = await platform.findConsoleProject();
  if (row === null) throw new Error("the console project is missing");
  return row.id;
}

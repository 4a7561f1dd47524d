import { projectTemplate } from "../config/defaults";
import type { PlatformDb } from "../db/handles";
import type { WorkspaceId } from "../model/ids";
import type { ProjectRow } from "../model/project";
import type { Hosts } from "./place";
import { createProject } from "./projects";

/** The same on every node, so that two first starts on one server collide on it and one of them simply reads. */
export const DEFAULT_WORKSPACE_ID = "0a8f5c1e-7c1d-4d0b-9b61-5e2f3a4c6d01" as WorkspaceId;

export interface FirstBoot {
  readonly defaultProject: ProjectRow;
  readonly consoleProject: ProjectRow;
  /** True when this call made at least one of them. */
  readonly created: boolean;
}

/**
 * An empty database gets a workspace, the project "default" (Strict in both areas) and the built-in console. Does nothing
 * where they exist. Several nodes may call it at once: whoever loses a step reads what the winner wrote.
 */
export async function ensureFirstBoot(platform: PlatformDb, hosts: Hosts, now: Date): Promise<FirstBoot> {
  const found = await existing(platform);
  if (found !== null) return { ...found, created: false };
  const author = { kind: "system", id: null, label: "first start" } as const;
  const base = { platform, hosts, workspaceId: DEFAULT_WORKSPACE_ID, author, now } as const;

  await ensure(
    async () => (await platform.listWorkspaces()).some((workspace) => workspace.id === DEFAULT_WORKSPACE_ID),
    () => platform.insertWorkspace({ id: DEFAULT_WORKSPACE_ID, name: "default", at: now }),
  );
  await ensure(
    async () => (await platform.findDefaultProject()) !== null,
    () => createProject({ ...base, slug: "default", name: "Default", isDefault: true, document: projectTemplate("app") }),
  );
  await ensure(
    async () => (await platform.findConsoleProject()) !== null,
    () => createProject({ ...base, slug: "console", name: "Rung console", kind: "console", document: projectTemplate("console") }),
  );
  const made = await existing(platform);
  if (made === null) throw new Error("the built-in projects are missing right after they were made");
  return { ...made, created: true };
}

async function existing(platform: PlatformDb): Promise<Omit<FirstBoot, "created"> | null> {
  const defaultProject = await platform.findDefaultProject();
  const consoleProject = await platform.findConsoleProject();
  return defaultProject === null || consoleProject === null ? null : { defaultProject, consoleProject };
}

/** Runs `make` unless it is there; a failure counts only when it is still not there afterwards. */
async function ensure(isThere: () => Promise<boolean>, make: () => Promise<unknown>): Promise<void> {
  if (await isThere()) return;
  try {
    await make();
  } catch (error) {
    if (!(await isThere())) throw error;
  }
}

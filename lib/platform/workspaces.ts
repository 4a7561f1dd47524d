import { randomId } from "../crypto/token";
import type { PlatformDb, WorkspaceRow } from "../db/handles";
import { DomainError } from "../model/errors";
import type { WorkspaceId } from "../model/ids";
import type { By } from "./api-keys";
import { consoleChain } from "./chain";
import { requireName } from "./names";

export type { WorkspaceRow } from "../db/handles";

/** Kept and shown; every admin of the installation administers every workspace whichever it says. */
export const ACCESS_POLICIES = ["CHECK_ACCESS_PERMISSION", "CHECK_ORGANIZATION_AND_WORKSPACE_MEMBERSHIP"] as const;

/** In the order of their making. */
export function listWorkspaces(platform: PlatformDb, page: { readonly limit: number; readonly after?: WorkspaceId }): Promise<readonly WorkspaceRow[]> {
  return platform.pageWorkspaces(page);
}

/** Throws `bad_request` for a name that is none. */
export async function createWorkspace(platform: PlatformDb, workspace: { readonly name: unknown }, by: By, now: Date): Promise<WorkspaceRow> {
  const name = requireName(workspace.name, "workspace");
  const id = randomId() as WorkspaceId;
  return platform.createWorkspace({ id, name, at: now }, await record(platform, "workspace.created", { id, name }, by));
}

/** Throws `not_found`, or `bad_request` for a name or policy that is none. */
export async function updateWorkspace(
  platform: PlatformDb, id: WorkspaceId, change: { readonly name: unknown; readonly accessPolicy?: unknown }, by: By, now: Date,
): Promise<WorkspaceRow> {
  const name = requireName(change.name, "workspace");
  const accessPolicy = change.accessPolicy === undefined ? undefined : ACCESS_POLICIES.find((policy) => policy === change.accessPolicy);
  if (change.accessPolicy !== undefined && accessPolicy === undefined) {
    throw new DomainError("bad_request", { reason: `access_policy must be one of ${ACCESS_POLICIES.join(", ")}.` });
  }
  const told = { name, ...(accessPolicy !== undefined && { accessPolicy }) };
  const row = await platform.updateWorkspace(id, { ...told, at: now }, await record(platform, "workspace.updated", { id, ...told }, by));
  if (row === null) throw new DomainError("not_found");
  return row;
}

async function record(platform: PlatformDb, action: string, details: Readonly<Record<string, unknown>>, by: By) {
  return { projectId: await consoleChain(platform), entry: { action, actor: by.actor, result: "ok" as const, ipAddress: by.ipAddress ?? null, details } };
}

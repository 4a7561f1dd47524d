import { hashToken, newToken } from "../crypto/token";
import type { PlatformDb } from "../db/handles";
import type { ProjectId, WorkspaceId } from "../model/ids";
import type { ProjectRow } from "../model/project";

/** Project keys and personal keys of a workspace look alike; what each opens is in its row. */
const PREFIX = "ory_pat_";
const TOKEN = /^ory_pat_[A-Za-z0-9]{32}$/;
const NAME_MAX = 100;

export type ApiKeyScope = { readonly projectId: ProjectId } | { readonly workspaceId: WorkspaceId };

export interface NewApiKey {
  readonly id: string;
  /** Shown once; stored only as its SHA-256. */
  readonly token: string;
}

/** Makes a key for one project, or for every project of a workspace. */
export async function createApiKey(
  platform: PlatformDb, scope: ApiKeyScope, key: { readonly name: string; readonly expiresAt: Date | null }, now: Date,
): Promise<NewApiKey> {
  const token = newToken(PREFIX);
  const id = await platform.insertApiKey({
    projectId: "projectId" in scope ? scope.projectId : null, workspaceId: "workspaceId" in scope ? scope.workspaceId : null,
    name: key.name.slice(0, NAME_MAX), tokenHash: hashToken(token), hint: `${PREFIX}…${token.slice(-4)}`, expiresAt: key.expiresAt, at: now,
  });
  return { id, token };
}

/** The key behind a token, when it is one, lives at `now` and opens this project; null otherwise, whatever the reason. */
export async function findApiKey(
  platform: PlatformDb, token: string, project: Pick<ProjectRow, "id" | "workspaceId">, now: Date,
): Promise<{ readonly id: string; readonly name: string } | null> {
  if (!TOKEN.test(token)) return null;
  const found = await platform.findApiKey(hashToken(token), now);
  if (found === null) return null;
  const opens = found.projectId === project.id || (found.projectId === null && found.workspaceId === project.workspaceId);
  return opens ? { id: found.id, name: found.name } : null;
}

/** False when there was none. */
export function revokeApiKey(platform: PlatformDb, id: string): Promise<boolean> {
  return platform.deleteApiKey(id);
}

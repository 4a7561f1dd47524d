import type { ConsoleProject } from "../model/console";
import type { KeyLife, KeyLine, KeyScopeName } from "../model/console-people";
import { isDomainError } from "../model/errors";
import type { DomainError } from "../model/errors";
import { isUuid } from "../model/ids";
import { addMs, DAY_MS } from "../model/time";
import { deleteApiKey, issueApiKey, listApiKeys } from "../platform/api-keys";
import type { ApiKeyOwner } from "../platform/api-keys";
import { actorOf, deskOf, deskToChange } from "./admin-door";
import type { Desk } from "./admin-door";
import type { Admin } from "./console";
import type { Exchange } from "./exchange";
import { storable } from "./odd-bytes";

export interface KeysPage {
  readonly project: ConsoleProject;
  readonly workspace: { readonly name: string };
  readonly projectKeys: readonly KeyLine[];
  readonly workspaceKeys: readonly KeyLine[];
}
/** How long a new key lives; null: until it is deleted. */
export const KEY_LIVES: Readonly<Record<KeyLife, number | null>> = { month: 30, quarter: 90, year: 365, never: null };

/** The keys of a project and of its workspace. Null: no such project. */
export async function readKeys(exchange: Exchange, slug: string): Promise<KeysPage | null> {
  const desk = await deskOf(exchange, slug);
  if (desk === null) return null;
  const { platform } = exchange.services.db;
  const [projectKeys, workspaceKeys, workspace] = await Promise.all([
    listApiKeys(platform, ownerOf(desk, "project")), listApiKeys(platform, ownerOf(desk, "workspace")), platform.findWorkspace(desk.project.row.workspaceId),
  ]);
  const lines = (rows: typeof projectKeys): readonly KeyLine[] => rows.map(({ id, name, hint, createdBy, createdAt, expiresAt, lastUsedAt }) => ({
    id, name, hint, createdBy, createdAt, expiresAt, lastUsedAt, over: expiresAt !== null && expiresAt <= exchange.now,
  }));
  return {
    project: { slug: desk.project.row.slug, name: desk.project.row.name }, workspace: { name: workspace?.name ?? "" },
    projectKeys: lines(projectKeys), workspaceKeys: lines(workspaceKeys),
  };
}

export type KeyMade = { readonly kind: "made"; readonly name: string; readonly token: string; readonly expiresAt: Date | null } | { readonly kind: "refused"; readonly reason: string };

/** Makes a key; its token is in the answer and nowhere else in clear. */
export async function makeKey(exchange: Exchange, admin: Admin, slug: string, scope: KeyScopeName, wanted: { readonly name: string; readonly life: KeyLife }): Promise<KeyMade> {
  const desk = await deskToChange(exchange, admin, slug);
  const { services, now, device } = exchange;
  const days = KEY_LIVES[wanted.life];
  const expiresAt = days === null ? null : addMs(now, days * DAY_MS);
  try {
    const { key, token } = await issueApiKey(services.db.platform, ownerOf(desk, scope), { name: storable(wanted.name).trim(), expiresAt }, { actor: actorOf(admin), ipAddress: device.ipAddress }, now);
    return { kind: "made", name: key.name, token, expiresAt: key.expiresAt };
  } catch (error) {
    if (!isDomainError(error) || error.code !== "bad_request") throw error;
    return { kind: "refused", reason: reasonIn(error) };
  }
}

/** Ends a key at once. False: this project and its workspace have no such key. */
export async function dropKey(exchange: Exchange, admin: Admin, slug: string, scope: KeyScopeName, id: string): Promise<boolean> {
  const desk = await deskToChange(exchange, admin, slug);
  if (!isUuid(id)) return false;
  return deleteApiKey(exchange.services.db.platform, ownerOf(desk, scope), id, { actor: actorOf(admin), ipAddress: exchange.device.ipAddress }, exchange.now);
}

function ownerOf({ project }: Desk, scope: KeyScopeName): ApiKeyOwner {
  return scope === "project" ? { projectId: project.row.id } : { workspaceId: project.row.workspaceId };
}

function reasonIn(error: DomainError): string {
  const { reason } = error.details;
  return typeof reason === "string" ? reason : error.message;
}

import { hashToken, newToken } from "../crypto/token";
import type { ApiKeyRow, AuditedIn, KeyScope, PlatformDb } from "../db/handles";
import type { AuditActor } from "../model/audit";
import { DomainError } from "../model/errors";
import type { ProjectId, WorkspaceId } from "../model/ids";
import type { ProjectRow } from "../model/project";
import { consoleChain } from "./chain";
import { requireName } from "./names";

export type { ApiKeyRow, KeyScope } from "../db/handles";

/** Labels, as Ory's (contract/admin.md 2.1): what a key opens is in its row. */
const PROJECT_PREFIX = "ory_pat_";
const WORKSPACE_PREFIX = "ory_wak_";
const TOKEN = /^ory_(?:pat|wak)_[A-Za-z0-9]{32}$/;
const NAME_MAX = 100;
const MAX_KEYS = 100;

/** What a key is for: the people of one project, or the projects of one workspace. */
export type ApiKeyScope = { readonly projectId: ProjectId } | { readonly workspaceId: WorkspaceId };
/** `installation`: every workspace, and the console project. */
export type ApiKeyOwner = ApiKeyScope | { readonly installation: true };

export interface NewApiKey {
  readonly id: string;
  /** Shown once; stored only as its SHA-256. */
  readonly token: string;
}

/** Who acts, and from where: for the record. */
export interface By {
  readonly actor: AuditActor;
  readonly ipAddress?: string | null;
}

/** Makes a key without a record of it: for callers that record it themselves. */
export async function createApiKey(
  platform: PlatformDb, scope: ApiKeyScope, key: { readonly name: string; readonly expiresAt: Date | null }, now: Date,
): Promise<NewApiKey> {
  const made = newKey(scope, key.name.slice(0, NAME_MAX));
  const id = await platform.insertApiKey({ ...made.columns, expiresAt: key.expiresAt, at: now });
  return { id, token: made.token };
}

/**
 * Makes a key and records it (`api_key.created`), in the project's chain or the console's. Throws `bad_request` for a name that is
 * none, an end that is past, and the hundred-and-first key.
 */
export async function issueApiKey(
  platform: PlatformDb, owner: ApiKeyOwner, key: { readonly name: string; readonly expiresAt: Date | null }, by: By, now: Date,
): Promise<{ readonly key: ApiKeyRow; readonly token: string }> {
  const name = requireName(key.name, "key");
  if (key.expiresAt !== null && key.expiresAt <= now) throw new DomainError("bad_request", { reason: "The key would be over already: expires_at lies in the past." });
  if ((await platform.listApiKeys(scopeOf(owner))).length >= MAX_KEYS) throw new DomainError("bad_request", { reason: `There are ${MAX_KEYS} keys already. Delete one first.` });
  const { columns, token } = newKey(owner, name);
  const createdBy = by.actor.label ?? by.actor.kind;
  const details = { name, hint: columns.hint, scope: wordOf(owner), expiresAt: key.expiresAt?.toISOString() ?? null };
  const audit = await auditedIn(platform, owner, "api_key.created", details, by);
  return { key: await platform.createApiKey({ ...columns, createdBy, expiresAt: key.expiresAt, at: now }, audit), token };
}

/** Newest first; over ones too. */
export function listApiKeys(platform: PlatformDb, owner: ApiKeyOwner): Promise<readonly ApiKeyRow[]> {
  return platform.listApiKeys(scopeOf(owner));
}

/** Ends a key at once and records it (`api_key.deleted`). False when this owner has no such key. */
export async function deleteApiKey(platform: PlatformDb, owner: ApiKeyOwner, id: string, by: By, now: Date): Promise<boolean> {
  const { projectId, entry } = await auditedIn(platform, owner, "api_key.deleted", {}, by);
  return platform.removeApiKey(scopeOf(owner), id, ({ name, hint }) => ({ projectId, entry: { ...entry, details: { name, hint, scope: wordOf(owner) } } }), now);
}

/**
 * The project key behind a token, when it lives at `now` and opens this project; null for what is none, is over, or opens the
 * console API only. Throws `not_found` for a live key of another project: for its holder this one does not exist.
 */
export async function findApiKey(
  platform: PlatformDb, token: string, project: Pick<ProjectRow, "id" | "workspaceId">, now: Date,
): Promise<{ readonly id: string; readonly name: string } | null> {
  const found = await liveKey(platform, token, now);
  if (found === null || found.projectId === null) return null;
  if (found.projectId !== project.id) throw new DomainError("not_found");
  return { id: found.id, name: found.name };
}

/** The key behind a token of the console API, whatever it is for; null when it is none or over. */
export function findConsoleKey(platform: PlatformDb, token: string, now: Date): Promise<(KeyScope & { readonly id: string; readonly name: string }) | null> {
  return liveKey(platform, token, now);
}

/** False when there was none. Leaves no record: for callers that do. */
export function revokeApiKey(platform: PlatformDb, id: string): Promise<boolean> {
  return platform.deleteApiKey(id);
}

function liveKey(platform: PlatformDb, token: string, now: Date): ReturnType<PlatformDb["findApiKey"]> {
  return TOKEN.test(token) ? platform.findApiKey(hashToken(token), now) : Promise.resolve(null);
}

function newKey(owner: ApiKeyOwner, name: string) {
  const prefix = "projectId" in owner ? PROJECT_PREFIX : WORKSPACE_PREFIX;
  const token = newToken(prefix);
  return { token, columns: { ...scopeOf(owner), name, tokenHash: hashToken(token), hint: `${prefix}…${token.slice(-4)}` } };
}

function scopeOf(owner: ApiKeyOwner): KeyScope {
  return { projectId: "projectId" in owner ? owner.projectId : null, workspaceId: "workspaceId" in owner ? owner.workspaceId : null };
}

function wordOf(owner: ApiKeyOwner): string {
  return "projectId" in owner ? "project" : "workspaceId" in owner ? `workspace ${owner.workspaceId}` : "installation";
}

async function auditedIn(platform: PlatformDb, owner: ApiKeyOwner, action: string, details: Readonly<Record<string, unknown>>, by: By): Promise<AuditedIn> {
  const projectId = "projectId" in owner ? owner.projectId : await consoleChain(platform);
  return { projectId, entry: { action, actor: by.actor, result: "ok", ipAddress: by.ipAddress ?? null, details } };
}

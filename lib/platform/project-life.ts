import { originFault } from "../config/cors";
import type { NewRevision, PlatformDb, ProjectChange } from "../db/handles";
import { DomainError } from "../model/errors";
import type { WorkspaceId } from "../model/ids";
import type { CorsRule, ProjectRow } from "../model/project";
import type { By } from "./api-keys";
import { consoleChain } from "./chain";
import { requireName } from "./names";
import { customHostFault, normalisedHost } from "./place";
import type { Hosts } from "./place";
import { createProject } from "./projects";
import { newSlug } from "./slug";

export type { ProjectChange } from "../db/handles";

/* A project from its making to its end, for the console's pages, its API and the command line. */

export const ENVIRONMENTS = ["prod", "stage", "dev"] as const;
/** Kept and shown: an installation stands where it stands. */
export const HOME_REGIONS = ["eu-central", "asia-northeast", "us-east", "us-west", "eu", "asia", "us", "global"] as const;
const MAX_HOSTS = 20;
const MAX_ORIGINS = 100;

export interface ProjectWanted {
  readonly platform: PlatformDb;
  readonly hosts: Hosts;
  readonly workspaceId: WorkspaceId;
  readonly name: unknown;
  readonly environment?: unknown;
  readonly homeRegion?: unknown;
  readonly author: NewRevision["author"];
  readonly by: By;
  readonly now: Date;
}

/** A new project with a short name of its own (`calm-river-x4k9wq2mzt`), Strict in both areas. Throws `bad_request`, or `not_found` for the workspace. */
export async function startProject(wanted: ProjectWanted): Promise<ProjectRow> {
  const { platform, hosts, workspaceId, author, by, now } = wanted;
  const name = requireName(wanted.name, "project");
  const environment = oneOf(ENVIRONMENTS, wanted.environment ?? "dev", "environment");
  const homeRegion = oneOf(HOME_REGIONS, wanted.homeRegion ?? "eu-central", "home_region");
  if ((await platform.findWorkspace(workspaceId)) === null) throw new DomainError("not_found");
  const slug = newSlug();
  const entry = { action: "project.created", actor: by.actor, result: "ok" as const, ipAddress: by.ipAddress ?? null, details: { name, slug, environment, workspaceId } };
  return createProject({ platform, hosts, workspaceId, slug, name, environment, homeRegion, author, now, audit: { projectId: await consoleChain(platform), entry } });
}

/**
 * Ends a project for good: people, sessions, keys, configuration and audit. Nothing of it can be had back. Other processes forget
 * it within two seconds. Throws `forbidden` for the two that the installation stands on, `not_found` when it is gone already.
 */
export async function purgeProject(platform: PlatformDb, row: ProjectRow, by: By, now: Date): Promise<void> {
  requireOrdinary(row, "be purged");
  const entry = {
    action: "project.purged", actor: by.actor, result: "ok" as const, ipAddress: by.ipAddress ?? null,
    details: { id: row.id, slug: row.slug, name: row.name, revision: row.currentRevision },
  };
  if (!(await platform.purgeProject(row.id, { projectId: await consoleChain(platform), entry }, now))) throw new DomainError("not_found");
}

/** Attributes as a caller wrote them; what is left out stays. */
export interface AttributesWanted {
  readonly name?: unknown;
  readonly state?: unknown;
  readonly corsPublic?: unknown;
  readonly corsAdmin?: unknown;
  readonly hosts?: unknown;
}

/** The attributes that differ from what the project has, checked. Null when none does. Throws `bad_request`, `forbidden`. */
export function projectChange(row: ProjectRow, current: { readonly hosts: readonly string[] }, wanted: AttributesWanted, hosts: Hosts): ProjectChange | null {
  const change: ProjectChange = {
    ...(wanted.name !== undefined && { name: requireName(wanted.name, "project") }),
    ...(wanted.state !== undefined && { state: oneOf(["running", "halted"] as const, wanted.state, "state") }),
    ...(wanted.corsPublic !== undefined && { corsPublic: corsRule(wanted.corsPublic, "cors_public") }),
    ...(wanted.corsAdmin !== undefined && { corsAdmin: corsRule(wanted.corsAdmin, "cors_admin") }),
    ...(wanted.hosts !== undefined && { hosts: ownHosts(wanted.hosts, hosts) }),
  };
  const had: Readonly<Record<string, unknown>> = { ...row, hosts: current.hosts };
  const different = Object.entries(change).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(had[key]));
  if (different.length === 0) return null;
  const result = Object.fromEntries(different) as ProjectChange;
  if (result.state !== undefined) requireOrdinary(row, "be halted");
  if (result.hosts !== undefined) requireOrdinary(row, "have hosts of its own: RUNG_PUBLIC_URL and RUNG_CONSOLE_URL name them");
  return result;
}

/** Hosts that a project answers on beside the one below the public host. */
export async function hostsOfProject(platform: PlatformDb, row: ProjectRow): Promise<readonly string[]> {
  return (await platform.hostsOf([row.id])).get(row.id) ?? [];
}

function requireOrdinary(row: ProjectRow, what: string): void {
  if (row.kind === "app" && !row.isDefault) return;
  throw new DomainError("forbidden", { reason: `The ${row.kind === "console" ? "console" : "default"} project cannot ${what}.` });
}

function corsRule(value: unknown, name: string): CorsRule {
  const rule: Readonly<Record<string, unknown>> = typeof value === "object" && value !== null ? { ...value } : {};
  const { enabled = false, origins = [] } = rule;
  if (typeof value !== "object" || value === null || typeof enabled !== "boolean" || !Array.isArray(origins) || origins.length > MAX_ORIGINS) {
    throw new DomainError("bad_request", { reason: `${name} must be { enabled, origins }, with at most ${MAX_ORIGINS} origins.` });
  }
  const texts = origins.map((origin: unknown, index) => {
    const fault = typeof origin === "string" ? originFault(origin) : "must be text.";
    if (fault !== null) throw new DomainError("bad_request", { reason: `${name}.origins.${index} ${fault}` });
    return String(origin).toLowerCase();
  });
  return { enabled, origins: texts };
}

function ownHosts(value: unknown, hosts: Hosts): readonly string[] {
  if (!Array.isArray(value) || value.length > MAX_HOSTS) throw new DomainError("bad_request", { reason: `rung.hosts must be a list of at most ${MAX_HOSTS} hosts.` });
  const clean = value.map((host: unknown) => {
    const name = typeof host === "string" ? normalisedHost(host, hosts.publicUrl.protocol) : null;
    const fault = name === null ? "A host is a name like id.example.com, without a scheme or path." : customHostFault(name, hosts);
    if (name === null || fault !== null) throw new DomainError("bad_request", { reason: fault });
    return name;
  });
  return [...new Set(clean)].sort();
}

function oneOf<const T extends string>(allowed: readonly T[], value: unknown, name: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new DomainError("bad_request", { reason: `${name} must be one of ${allowed.join(", ")}.` });
  return found;
}

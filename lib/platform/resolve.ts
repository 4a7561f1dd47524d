import { parseProjectConfig } from "../config/parse";
import type { Database } from "../db/handles";
import { DomainError } from "../model/errors";
import type { ProjectId } from "../model/ids";
import type { Project, ProjectConfig, ProjectRow } from "../model/project";
import type { Clock } from "../model/time";
import { systemClock } from "../model/time";
import { hostMeaning, projectBaseUrl } from "./place";
import type { Hosts } from "./place";
import { isStorable } from "./text";

export interface Resolver {
  /**
   * The project a `Host` header names, or null: unknown hosts are nobody's. Which host is whose may be a second old; the
   * configuration of the answer is too, unless `current` is asked, or `configFor` with the revision a session row brought.
   */
  byHost(host: string): Promise<Project | null>;
  byId(id: ProjectId): Promise<Project | null>;
  bySlug(slug: string): Promise<Project | null>;
  consoleProject(): Promise<Project | null>;
  /** The same project with the configuration in force at this instant: one small read. */
  current(project: Project): Promise<Project>;
  /** A revision, parsed once per process; revisions never change. Throws when there is no such revision. */
  configFor(row: ProjectRow, revision: number): Promise<ProjectConfig>;
  baseUrlOf(row: ProjectRow): string;
  /** Drops what is remembered about hosts, e.g. after a project was created. */
  forgetHosts(): void;
}

/** How long the owner of a host is remembered. Never applies to a configuration. */
const HOST_TTL_MS = 1_000;
const MAX_HOSTS = 1_000;
const MAX_CONFIGS = 500;

/** `limit`: what the installation makes of a project's configuration, whatever that says (ceiling.ts). */
export function createResolver(db: Pick<Database, "platform">, hosts: Hosts, clock: Clock = systemClock, limit: (config: ProjectConfig) => ProjectConfig = (config) => config): Resolver {
  const rows = new Map<string, { readonly row: ProjectRow | null; readonly until: number }>();
  const configs = new Map<string, Promise<ProjectConfig>>();
  // A row found by its own host keeps that host as its base; the row object itself is the key.
  const customBase = new WeakMap<ProjectRow, string>();

  const baseUrlOf = (row: ProjectRow): string => customBase.get(row) ?? projectBaseUrl(row, hosts);

  const load = async (row: ProjectRow, revision: number, baseUrl: string): Promise<ProjectConfig> => {
    const found = await db.platform.findRevision(row.id, revision);
    if (found === null) throw new Error(`project ${row.slug} has no revision ${revision}`);
    return limit(parseProjectConfig(found.document, revision, { baseUrl, projectKey: row.key, name: row.name, stored: true }));
  };
  const config = (row: ProjectRow, revision: number, baseUrl: string): Promise<ProjectConfig> => {
    // The project's name is its brand until a document names another.
    const name = `${row.id}/${revision}/${baseUrl}/${row.name}`;
    const known = configs.get(name);
    if (known !== undefined) return known;
    const loading = load(row, revision, baseUrl);
    bound(configs, MAX_CONFIGS);
    configs.set(name, loading);
    // A failed read is tried again; it is never remembered as the project's configuration.
    loading.catch(() => configs.delete(name));
    return loading;
  };
  const withConfig = async (row: ProjectRow | null): Promise<Project | null> =>
    row === null ? null : { row, config: await config(row, row.currentRevision, baseUrlOf(row)) };

  const readRow = async (host: string): Promise<ProjectRow | null> => {
    const meaning = hostMeaning(host, hosts);
    switch (meaning?.kind) {
      case undefined: return null;
      case "default": return db.platform.findDefaultProject();
      case "console": return db.platform.findConsoleProject();
      case "slug": return ordinary(await db.platform.findProjectBySlug(meaning.slug));
      case "custom": {
        const row = await db.platform.findProjectByHost(meaning.host);
        if (row !== null) customBase.set(row, `${hosts.publicUrl.protocol}//${meaning.host}`);
        return row;
      }
    }
  };
  const rowOf = async (host: string): Promise<ProjectRow | null> => {
    const now = clock.now().getTime();
    const known = rows.get(host);
    if (known !== undefined && known.until > now && known.until <= now + HOST_TTL_MS) return known.row;
    const row = answering(await readRow(host));
    bound(rows, MAX_HOSTS);
    rows.set(host, { row, until: now + HOST_TTL_MS });
    return row;
  };

  return {
    baseUrlOf,
    byHost: async (host) => withConfig(await rowOf(host.toLowerCase())),
    byId: async (id) => withConfig(await db.platform.findProject(id)),
    // A name from a path: what no column can hold is nobody's.
    bySlug: async (slug) => (isStorable(slug) ? withConfig(await db.platform.findProjectBySlug(slug)) : null),
    consoleProject: async () => withConfig(await db.platform.findConsoleProject()),
    async current(project) {
      const row = answering(await db.platform.findProjectBySlug(project.row.slug));
      // Purged or halted a moment ago: this process may still remember its host.
      if (row === null || row.id !== project.row.id) throw new DomainError("unknown_host");
      if (row.currentRevision === project.config.revision && row.name === project.row.name) return project;
      if (customBase.has(project.row)) customBase.set(row, project.config.baseUrl);
      return { row, config: await config(row, row.currentRevision, project.config.baseUrl) };
    },
    configFor: (row, revision) => config(row, revision, baseUrlOf(row)),
    forgetHosts: () => rows.clear(),
  };
}

/** The default project answers on the public host and the console on its own: each has one origin, hence one cookie jar. */
function ordinary(row: ProjectRow | null): ProjectRow | null {
  return row === null || row.isDefault || row.kind === "console" ? null : row;
}

/** A halted project is kept and answers nobody. */
function answering(row: ProjectRow | null): ProjectRow | null {
  return row?.state === "halted" ? null : row;
}

/** Drops the oldest entry: strangers may send any host. */
function bound(map: Map<string, unknown>, max: number): void {
  const [oldest] = map.keys();
  if (map.size >= max && oldest !== undefined) map.delete(oldest);
}

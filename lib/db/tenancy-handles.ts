import type { AuditEntry } from "../model/audit";
import type { ProjectId, WorkspaceId } from "../model/ids";
import type { CorsRule, ProjectRow } from "../model/project";

/* Workspaces, projects, hosts and keys. Platform half. Implemented in tenancy.ts. */

export interface WorkspaceRow {
  readonly id: WorkspaceId;
  readonly name: string;
  readonly accessPolicy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A key as a list shows it: never the key, nor its hash. */
export interface ApiKeyRow {
  readonly id: string;
  readonly projectId: ProjectId | null;
  readonly workspaceId: WorkspaceId | null;
  readonly name: string;
  /** Its beginning and its last characters. */
  readonly hint: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** Whose keys: of one project, of one workspace, or (null, null) of the whole installation. */
export interface KeyScope {
  readonly projectId: ProjectId | null;
  readonly workspaceId: WorkspaceId | null;
}

/** Attributes of a project that are no configuration. What is left out stays. */
export interface ProjectChange {
  readonly name?: string;
  readonly state?: ProjectRow["state"];
  readonly corsPublic?: CorsRule;
  readonly corsAdmin?: CorsRule;
  /** The hosts of its own become exactly these. */
  readonly hosts?: readonly string[];
}

/** An entry and the chain it belongs to. */
export interface AuditedIn {
  readonly projectId: ProjectId;
  readonly entry: AuditEntry;
}

export interface TenancyDb {
  findProject(id: ProjectId): Promise<ProjectRow | null>;
  /** In the order of their making; `after`: the last one of the page before. Null workspace: all of them. */
  pageProjects(workspaceId: WorkspaceId | null, page: { readonly limit: number; readonly after?: ProjectId }): Promise<readonly ProjectRow[]>;
  hostsOf(projects: readonly ProjectId[]): Promise<ReadonlyMap<ProjectId, readonly string[]>>;
  findWorkspace(id: WorkspaceId): Promise<WorkspaceRow | null>;
  pageWorkspaces(page: { readonly limit: number; readonly after?: WorkspaceId }): Promise<readonly WorkspaceRow[]>;
  createWorkspace(workspace: { readonly id: WorkspaceId; readonly name: string; readonly accessPolicy?: string; readonly at: Date }, audit: AuditedIn): Promise<WorkspaceRow>;
  /** Null when there is none. */
  updateWorkspace(id: WorkspaceId, change: { readonly name?: string; readonly accessPolicy?: string; readonly at: Date }, audit: AuditedIn): Promise<WorkspaceRow | null>;
  /** False when the project is gone or its current revision is not `expected`: nothing is written. */
  updateProject(id: ProjectId, expected: number, change: ProjectChange, audit: AuditEntry, at: Date): Promise<boolean>;
  /** Everything that belongs to the project, for good: it answers nobody from the first moment on. False when it was gone already. */
  purgeProject(id: ProjectId, audit: AuditedIn, at: Date): Promise<boolean>;
  createApiKey(key: KeyScope & { readonly name: string; readonly tokenHash: string; readonly hint: string; readonly createdBy: string; readonly expiresAt: Date | null; readonly at: Date }, audit: AuditedIn): Promise<ApiKeyRow>;
  /** False when this scope has no such key. */
  removeApiKey(scope: KeyScope, id: string, audit: (key: ApiKeyRow) => AuditedIn, at: Date): Promise<boolean>;
  /** Newest first. */
  listApiKeys(scope: KeyScope): Promise<readonly ApiKeyRow[]>;
}

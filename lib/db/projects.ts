import type { ProjectId, ProjectKey, WorkspaceId } from "../model/ids";
import type { CorsRule, ProjectRow } from "../model/project";
import { appendAudit } from "./audit";
import type { Connection, Queries } from "./connection";
import type { Prisma, Project } from "./generated/client";
import type { PlatformDb } from "./handles";
import { insertRevision } from "./revisions";

export function toRow(row: Project): ProjectRow {
  return {
    id: row.id as ProjectId, workspaceId: row.workspaceId as WorkspaceId, slug: row.slug, name: row.name, key: row.key as ProjectKey,
    kind: row.kind === "console" ? "console" : "app", isDefault: row.isDefault, currentRevision: row.currentRevision, createdAt: row.createdAt, updatedAt: row.updatedAt,
    environment: row.environment === "prod" || row.environment === "stage" ? row.environment : "dev",
    state: row.state === "halted" ? "halted" : "running", homeRegion: row.homeRegion,
    corsPublic: corsOf(row.corsPublic), corsAdmin: corsOf(row.corsAdmin),
  };
}

function corsOf(value: Prisma.JsonValue): CorsRule {
  const rule = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  const origins = Array.isArray(rule["origins"]) ? rule["origins"].filter((origin) => typeof origin === "string") : [];
  return { enabled: rule["enabled"] === true, origins };
}

function orNull(row: Project | null): ProjectRow | null {
  return row === null ? null : toRow(row);
}

type Reads = Pick<PlatformDb, "findProjectBySlug" | "findDefaultProject" | "findConsoleProject" | "findProjectByHost" | "listProjects" | "listWorkspaces">;

export function projectReads({ prisma }: Queries): Reads {
  return {
    findProjectBySlug: async (slug) => orNull(await prisma.project.findUnique({ where: { slug } })),
    findDefaultProject: async () => orNull(await prisma.project.findFirst({ where: { isDefault: true }, orderBy: { createdAt: "asc" } })),
    findConsoleProject: async () => orNull(await prisma.project.findFirst({ where: { kind: "console" }, orderBy: { createdAt: "asc" } })),
    async findProjectByHost(host) {
      const row = await prisma.projectHost.findUnique({ where: { host }, include: { project: true } });
      return orNull(row?.project ?? null);
    },
    listProjects: async () => (await prisma.project.findMany({ orderBy: [{ createdAt: "asc" }, { slug: "asc" }] })).map(toRow),
    async listWorkspaces() {
      const rows = await prisma.workspace.findMany({ orderBy: { createdAt: "asc" } });
      return rows.map((row) => ({ id: row.id as WorkspaceId, name: row.name, createdAt: row.createdAt }));
    },
  };
}

type Writes = Pick<PlatformDb, "insertWorkspace" | "insertProject">;

export function projectWrites(connection: Connection): Writes {
  return {
    insertWorkspace: ({ id, name, at }) => connection.transaction(async ({ prisma }) => {
      await prisma.workspace.create({ data: { id, name, createdAt: at } });
    }),
    insertProject: (project, revision) => connection.transaction(async (queries) => {
      const row = await queries.prisma.project.create({
        data: {
          id: project.id, workspaceId: project.workspaceId, slug: project.slug, name: project.name, key: project.key, kind: project.kind,
          isDefault: project.isDefault, currentRevision: 1, createdAt: project.at, updatedAt: project.at,
          ...(project.environment && { environment: project.environment }), ...(project.homeRegion && { homeRegion: project.homeRegion }),
        },
      });
      if (project.hosts.length > 0) {
        await queries.prisma.projectHost.createMany({ data: project.hosts.map((host) => ({ host, projectId: project.id })) });
      }
      await insertRevision(queries, project.id, 1, revision);
      if (project.audit !== undefined) await appendAudit(queries, project.audit.projectId, project.audit.entry, project.at);
      return toRow(row);
    }),
  };
}

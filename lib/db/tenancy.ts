import { isUuid } from "../model/ids";
import type { ProjectId, WorkspaceId } from "../model/ids";
import { appendAudit } from "./audit";
import { type Connection, guarded, type Queries, type Statement } from "./connection";
import type { Workspace } from "./generated/client";
import { changeProject } from "./project-changes";
import { toRow } from "./projects";
import { keyTable } from "./tenancy-keys";
import type { TenancyDb, WorkspaceRow } from "./tenancy-handles";

export function tenancy(connection: Connection): TenancyDb {
  return { ...guarded(reads(connection.reads), connection.reads.around), ...writes(connection), ...keyTable(connection) };
}

function toWorkspace(row: Workspace): WorkspaceRow {
  return { id: row.id as WorkspaceId, name: row.name, accessPolicy: row.accessPolicy, createdAt: row.createdAt, updatedAt: row.updatedAt };
}

const OLDEST_FIRST = [{ createdAt: "asc" }, { id: "asc" }] as const;

type Reads = Pick<TenancyDb, "findProject" | "pageProjects" | "hostsOf" | "findWorkspace" | "pageWorkspaces">;

function reads({ prisma }: Queries): Reads {
  return {
    async findProject(id) {
      if (!isUuid(id)) return null;
      const row = await prisma.project.findUnique({ where: { id } });
      return row === null ? null : toRow(row);
    },
    async pageProjects(workspaceId, { limit, after }) {
      const rows = await prisma.project.findMany({
        where: workspaceId === null ? {} : { workspaceId }, orderBy: [...OLDEST_FIRST], take: limit,
        ...(after === undefined ? {} : { cursor: { id: after }, skip: 1 }),
      });
      return rows.map(toRow);
    },
    async hostsOf(projects) {
      const rows = await prisma.projectHost.findMany({ where: { projectId: { in: [...projects] } }, orderBy: { host: "asc" } });
      const found = new Map<ProjectId, readonly string[]>();
      for (const { host, projectId } of rows) found.set(projectId as ProjectId, [...(found.get(projectId as ProjectId) ?? []), host]);
      return found;
    },
    async findWorkspace(id) {
      if (!isUuid(id)) return null;
      const row = await prisma.workspace.findUnique({ where: { id } });
      return row === null ? null : toWorkspace(row);
    },
    async pageWorkspaces({ limit, after }) {
      const rows = await prisma.workspace.findMany({
        orderBy: [...OLDEST_FIRST], take: limit, ...(after === undefined ? {} : { cursor: { id: after }, skip: 1 }),
      });
      return rows.map(toWorkspace);
    },
  };
}

const BATCH = 2_000;
/** What a project may have much of; the rest goes with its row. $1 project, $2 how many. */
const PURGES: readonly Statement[] = ([["identity", "id"], ["flow", "id"], ["outbox_message", "id"], ["audit_entry", "sequence"]] as const).map(([table, key]) => ({
  name: `rung_purge_${table}`,
  text: `WITH gone AS (
    DELETE FROM ${table} WHERE project_id = $1::uuid AND ${key} IN (SELECT ${key} FROM ${table} WHERE project_id = $1::uuid LIMIT $2::int) RETURNING 1)
  SELECT count(*)::int AS count FROM gone`,
}));

async function purged({ writes }: Connection, statement: Statement, id: ProjectId): Promise<number> {
  const [row] = await writes.around(() => writes.rows<{ readonly count: number }>(statement, [id, BATCH]));
  return row?.count ?? 0;
}

type Writes = Pick<TenancyDb, "createWorkspace" | "updateWorkspace" | "updateProject" | "purgeProject">;

function writes(connection: Connection): Writes {
  return {
    createWorkspace: ({ id, name, accessPolicy, at }, audit) => connection.transaction(async (queries) => {
      const row = await queries.prisma.workspace.create({ data: { id, name, createdAt: at, updatedAt: at, ...(accessPolicy !== undefined && { accessPolicy }) } });
      await appendAudit(queries, audit.projectId, audit.entry, at);
      return toWorkspace(row);
    }),
    updateWorkspace: (id, { at, ...change }, audit) => connection.transaction(async (queries) => {
      const { count } = await queries.prisma.workspace.updateMany({ where: { id }, data: { ...change, updatedAt: at } });
      const row = count === 0 ? null : await queries.prisma.workspace.findUnique({ where: { id } });
      if (row === null) return null;
      await appendAudit(queries, audit.projectId, audit.entry, at);
      return toWorkspace(row);
    }),
    // The row is moved first: whoever saves a revision at the same time waits, and finds what the winner left.
    updateProject: (id, expected, change, audit, at) => connection.transaction(async (queries) => {
      const { count } = await queries.prisma.project.updateMany({ where: { id, currentRevision: expected }, data: { updatedAt: at } });
      if (count === 0) return false;
      await changeProject(queries, id, change, at);
      await appendAudit(queries, id, audit, at);
      return true;
    }),
    async purgeProject(id, audit, at) {
      // First it answers nobody, and that is on record; then its rows go a few at a time, so that nobody else waits. Cut off in
      // between, it is a project without people that can be purged again.
      const began = await connection.transaction(async (queries) => {
        const { count } = await queries.prisma.project.updateMany({ where: { id, kind: "app", isDefault: false }, data: { state: "halted", updatedAt: at } });
        if (count === 1) await appendAudit(queries, audit.projectId, audit.entry, at);
        return count === 1;
      });
      if (!began) return false;
      for (const statement of PURGES) while ((await purged(connection, statement, id)) === BATCH) continue;
      await connection.transaction(async ({ prisma }) => {
        await prisma.project.deleteMany({ where: { id } });
        await prisma.limitCounter.deleteMany({ where: { projectId: id } });
      });
      return true;
    },
  };
}

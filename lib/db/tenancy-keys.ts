import { randomUUID } from "node:crypto";
import type { ProjectId, WorkspaceId } from "../model/ids";
import { appendAudit } from "./audit";
import { type Connection, guarded } from "./connection";
import type { ApiKeyRow, TenancyDb } from "./tenancy-handles";

const SHOWN = {
  id: true, projectId: true, workspaceId: true, name: true, hint: true, createdBy: true, createdAt: true, expiresAt: true, lastUsedAt: true,
} as const;

interface Stored extends Omit<ApiKeyRow, "projectId" | "workspaceId"> {
  readonly projectId: string | null;
  readonly workspaceId: string | null;
}

function toKey(row: Stored): ApiKeyRow {
  return { ...row, projectId: row.projectId as ProjectId | null, workspaceId: row.workspaceId as WorkspaceId | null };
}

type KeyTable = Pick<TenancyDb, "createApiKey" | "removeApiKey" | "listApiKeys">;

export function keyTable(connection: Connection): KeyTable {
  const { reads } = connection;
  const alone: Pick<TenancyDb, "listApiKeys"> = {
    listApiKeys: async ({ projectId, workspaceId }) =>
      (await reads.prisma.apiKey.findMany({ where: { projectId, workspaceId }, orderBy: [{ createdAt: "desc" }, { id: "asc" }], select: SHOWN })).map(toKey),
  };
  return {
    ...guarded(alone, reads.around),
    createApiKey: ({ at, ...key }, audit) => connection.transaction(async (queries) => {
      const row = await queries.prisma.apiKey.create({ data: { ...key, id: randomUUID(), createdAt: at }, select: SHOWN });
      await appendAudit(queries, audit.projectId, audit.entry, at);
      return toKey(row);
    }),
    removeApiKey: ({ projectId, workspaceId }, id, audit, at) => connection.transaction(async (queries) => {
      const row = await queries.prisma.apiKey.findFirst({ where: { id, projectId, workspaceId }, select: SHOWN });
      if (row === null) return false;
      const { count } = await queries.prisma.apiKey.deleteMany({ where: { id, projectId, workspaceId } });
      if (count === 0) return false;
      const { projectId: chain, entry } = audit(toKey(row));
      await appendAudit(queries, chain, entry, at);
      return true;
    }),
  };
}

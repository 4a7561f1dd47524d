import { randomUUID } from "node:crypto";
import type { ProjectId, WorkspaceId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { PlatformDb } from "./handles";

/** $1 hash, $2 instant. The use is noted once a minute: a busy key does not rewrite its row with every request. */
const FIND: Statement = {
  name: "rung_find_api_key",
  text: `WITH found AS (
    SELECT id, project_id, workspace_id, name, last_used_at FROM api_key
    WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > $2::timestamptz)),
  noted AS (
    UPDATE api_key k SET last_used_at = $2::timestamptz FROM found
    WHERE k.id = found.id AND (found.last_used_at IS NULL OR found.last_used_at < $2::timestamptz - interval '1 minute'))
  SELECT id, project_id AS "projectId", workspace_id AS "workspaceId", name FROM found`,
};

interface Found {
  readonly id: string;
  readonly projectId: ProjectId | null;
  readonly workspaceId: WorkspaceId | null;
  readonly name: string;
}

export function apiKeys(queries: Queries): Pick<PlatformDb, "insertApiKey" | "findApiKey" | "deleteApiKey"> {
  const { apiKey } = queries.prisma;
  return {
    async insertApiKey({ at, ...key }) {
      const id = randomUUID();
      await apiKey.create({ data: { ...key, id, createdAt: at }, select: { id: true } });
      return id;
    },
    findApiKey: async (tokenHash, now) => (await queries.rows<Found>(FIND, [tokenHash, now.toISOString()]))[0] ?? null,
    deleteApiKey: async (id) => (await apiKey.deleteMany({ where: { id } })).count === 1,
  };
}

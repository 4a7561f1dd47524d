import { randomUUID } from "node:crypto";
import type { JsonObject } from "../model/identity";
import type { ProjectId } from "../model/ids";
import type { Queries } from "./connection";
import type { ProjectDb, ProjectReads } from "./handles";
import { plain } from "./json";

export function signingKeyReads(queries: Queries, projectId: ProjectId): Pick<ProjectReads, "listSigningKeys"> {
  return {
    async listSigningKeys(now) {
      const rows = await queries.prisma.signingKey.findMany({
        where: { projectId, OR: [{ retiresAt: null }, { retiresAt: { gte: now } }] }, orderBy: [{ createdAt: "desc" }, { kid: "desc" }],
      });
      return rows.map((row) => ({
        kid: row.kid, algorithm: row.algorithm, publicJwk: row.publicJwk as unknown as JsonObject, sealed: row.sealed,
        createdAt: row.createdAt, retiresAt: row.retiresAt,
      }));
    },
  };
}

export function signingKeyWrites(queries: Queries, projectId: ProjectId): Pick<ProjectDb, "insertSigningKey" | "retireSigningKey"> {
  const { signingKey } = queries.prisma;
  return {
    async insertSigningKey({ kid, algorithm, publicJwk, sealed, createdAt, retiresAt }) {
      await signingKey.create({
        data: { id: randomUUID(), projectId, kid, algorithm, publicJwk: plain(publicJwk), sealed, createdAt, retiresAt }, select: { id: true },
      });
    },
    async retireSigningKey(kid, at) {
      await signingKey.updateMany({ where: { projectId, kid }, data: { retiresAt: at } });
    },
  };
}

import type { JsonObject } from "../model/identity";
import type { IdentityId, ProjectId } from "../model/ids";
import { appendAudit } from "./audit";
import type { Connection, Queries } from "./connection";
import type { Revision } from "./generated/client";
import type { NewRevision, PlatformDb, RevisionRow } from "./handles";
import { plain } from "./json";
import { changeProject } from "./project-changes";

const AUTHORS = ["system", "admin", "cli", "file"] as const;

function toRow(row: Revision): RevisionRow {
  return {
    number: row.number, document: row.config as unknown as JsonObject,
    author: { kind: AUTHORS.find((kind) => kind === row.authorKind) ?? "system", id: row.authorId as IdentityId | null, label: row.authorLabel },
    comment: row.comment, summary: row.summary, at: row.createdAt, ...(row.fileDigest === null ? {} : { fileDigest: row.fileDigest }),
  };
}

export async function insertRevision(queries: Queries, projectId: ProjectId, number: number, revision: NewRevision): Promise<void> {
  await queries.prisma.revision.createMany({
    data: [{
      projectId, number, config: plain(revision.document), authorKind: revision.author.kind, authorId: revision.author.id,
      authorLabel: revision.author.label, comment: revision.comment, summary: revision.summary, fileDigest: revision.fileDigest ?? null,
      createdAt: revision.at,
    }],
  });
}

const MAX_NUMBER = 2_147_483_647;

type Reads = Pick<PlatformDb, "findRevision" | "listRevisions">;

export function revisionReads({ prisma }: Queries): Reads {
  return {
    async findRevision(projectId, number) {
      // Asked for by whatever number a form brought; the column holds 32 bits.
      if (!Number.isInteger(number) || Math.abs(number) > MAX_NUMBER) return null;
      const row = await prisma.revision.findUnique({ where: { projectId_number: { projectId, number } } });
      return row === null ? null : toRow(row);
    },
    async listRevisions(projectId, { limit, before }) {
      const rows = await prisma.revision.findMany({
        where: { projectId, ...(before === undefined ? {} : { number: { lt: before } }) },
        orderBy: { number: "desc" },
        take: limit,
      });
      return rows.map(toRow);
    },
  };
}

export function revisionWrites(connection: Connection): Pick<PlatformDb, "appendRevision"> {
  return {
    // The conditional move comes first: of two writers with the same `expected` the second waits, finds it moved, and writes nothing.
    appendRevision: (projectId, expected, revision, audit, also) => connection.transaction(async (queries) => {
      const number = expected + 1;
      const { count } = await queries.prisma.project.updateMany({
        where: { id: projectId, currentRevision: expected },
        data: { currentRevision: number, updatedAt: revision.at },
      });
      if (count === 0) return null;
      await insertRevision(queries, projectId, number, revision);
      if (also !== undefined) await changeProject(queries, projectId, also.change, revision.at);
      await appendAudit(queries, projectId, audit, revision.at);
      if (also !== undefined) await appendAudit(queries, projectId, also.audit, revision.at);
      return { ...revision, number };
    }),
  };
}

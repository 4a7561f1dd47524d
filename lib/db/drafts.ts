import { randomUUID } from "node:crypto";
import type { JsonObject } from "../model/identity";
import type { IdentityId, ProjectId } from "../model/ids";
import type { Connection } from "./connection";
import { guarded } from "./connection";
import type { ConfigDraft } from "./generated/client";
import { plain } from "./json";
import type { DraftRow, PolicyDb } from "./policy-handles";
import { policyPeople } from "./policy-people";
import { policyShapes } from "./policy-shapes";

function toDraft(row: ConfigDraft): DraftRow {
  return {
    projectId: row.projectId as ProjectId, authorId: row.authorId as IdentityId, base: row.base, document: row.document as unknown as JsonObject,
    comment: row.comment, createdAt: row.createdAt, updatedAt: row.updatedAt,
  };
}

export function policyDb(connection: Connection): PolicyDb {
  const { reads, writes } = connection;
  return {
    ...guarded({
      async findDraft(projectId: ProjectId, authorId: IdentityId) {
        const row = await reads.prisma.configDraft.findUnique({ where: { projectId_authorId: { projectId, authorId } } });
        return row === null ? null : toDraft(row);
      },
      ...policyShapes(reads), ...policyPeople(reads),
    }, reads.around),
    ...guarded({
      async dropDraft(projectId: ProjectId, authorId: IdentityId, updatedAt?: Date) {
        const where = { projectId, authorId, ...(updatedAt === undefined ? {} : { updatedAt }) };
        return (await writes.prisma.configDraft.deleteMany({ where })).count === 1;
      },
    }, writes.around),
    putDraft: ({ projectId, authorId, base, document, comment, at }) => connection.transaction(async ({ prisma }) => {
      const row = await prisma.configDraft.upsert({
        where: { projectId_authorId: { projectId, authorId } },
        create: { id: randomUUID(), projectId, authorId, base, document: plain(document), comment, createdAt: at, updatedAt: at },
        update: { base, document: plain(document), comment, updatedAt: at },
      });
      return toDraft(row);
    }),
  };
}

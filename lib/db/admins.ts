import type { IdentityId } from "../model/ids";
import type { Connection, Queries } from "./connection";
import type { PlatformDb } from "./handles";

type Reads = Pick<PlatformDb, "findSetupLink" | "findAdmin" | "countAdmins">;

export function adminReads({ prisma }: Queries): Reads {
  return {
    async findSetupLink(tokenHash) {
      return await prisma.setupLink.findUnique({ where: { tokenHash }, select: { expiresAt: true, usedAt: true } });
    },
    async findAdmin(identityId) {
      const row = await prisma.admin.findUnique({ where: { identityId } });
      if (row === null) return null;
      return { identityId: row.identityId as IdentityId, role: row.role === "owner" ? "owner" : "support", createdAt: row.createdAt };
    },
    countAdmins: () => prisma.admin.count(),
  };
}

type Writes = Pick<PlatformDb, "insertSetupLink" | "consumeSetupLink" | "insertAdmin">;

export function adminWrites(connection: Connection): Writes {
  return {
    insertSetupLink: ({ tokenHash, expiresAt, at }) => connection.transaction(async ({ prisma }) => {
      await prisma.setupLink.create({ data: { tokenHash, expiresAt, createdAt: at } });
    }),
    // Part of the console project's transaction that makes the person and records the new owner, when called inside of it.
    consumeSetupLink: (tokenHash, identityId, at) => connection.joining(async ({ prisma }) => {
      const { count } = await prisma.setupLink.updateMany({ where: { tokenHash, usedAt: null, expiresAt: { gt: at } }, data: { usedAt: at } });
      if (count === 0) return false;
      await prisma.admin.upsert({
        where: { identityId },
        create: { identityId, role: "owner", createdAt: at },
        update: { role: "owner" },
      });
      return true;
    }),
    insertAdmin: (identityId, role, at) => connection.transaction(async ({ prisma }) => {
      await prisma.admin.create({ data: { identityId, role, createdAt: at } });
    }),
  };
}

import type { JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { AdminDb, AdminListRow } from "./admin-handles";
import type { Connection, Queries, Statement } from "./connection";
import type { AdminRow, PlatformDb } from "./handles";

type Reads = Pick<PlatformDb, "findSetupLink" | "findAdmin" | "countAdmins" | "listAdmins">;

/** $1 at most. */
const LIST: Statement = {
  name: "rung_list_admins",
  text: `SELECT a.identity_id AS "identityId", a.role, a.created_at AS "createdAt", i.traits, i.state,
    coalesce((SELECT v.value FROM verifiable_address v WHERE v.identity_id = i.id ORDER BY v.created_at, v.value LIMIT 1),
      (SELECT r.value FROM recovery_address r WHERE r.identity_id = i.id ORDER BY r.created_at, r.value LIMIT 1)) AS address
  FROM admin a JOIN identity i ON i.id = a.identity_id ORDER BY a.created_at, a.identity_id LIMIT $1::int`,
};

interface Listed {
  readonly identityId: IdentityId;
  readonly role: string;
  readonly createdAt: Date | string;
  readonly traits: JsonObject;
  readonly state: AdminListRow["state"];
  readonly address: string | null;
}

const roleOf = (role: string): AdminRow["role"] => (role === "owner" ? "owner" : "support");

export function adminReads(queries: Queries): Reads {
  const { prisma } = queries;
  return {
    async findSetupLink(tokenHash) {
      return await prisma.setupLink.findUnique({ where: { tokenHash }, select: { expiresAt: true, usedAt: true } });
    },
    async findAdmin(identityId) {
      const row = await prisma.admin.findUnique({ where: { identityId } });
      return row === null ? null : { identityId: row.identityId as IdentityId, role: roleOf(row.role), createdAt: row.createdAt };
    },
    countAdmins: () => prisma.admin.count(),
    async listAdmins(limit) {
      const rows = await queries.rows<Listed>(LIST, [limit]);
      return rows.map((row) => ({ ...row, role: roleOf(row.role), createdAt: new Date(row.createdAt) }));
    },
  };
}

type Writes = Pick<PlatformDb, "insertSetupLink" | "consumeSetupLink" | "insertAdmin"> & Omit<AdminDb, "listAdmins">;

export function adminWrites(connection: Connection): Writes {
  return {
    insertSetupLink: ({ tokenHash, expiresAt, at }) => connection.joining(async ({ prisma }) => {
      await prisma.setupLink.create({ data: { tokenHash, expiresAt, createdAt: at } });
    }),
    // Part of the console project's transaction that makes the person and records the new admin, when called inside of it.
    consumeSetupLink: (tokenHash, identityId, at, role = "owner") => connection.joining(async ({ prisma }) => {
      const { count } = await prisma.setupLink.updateMany({ where: { tokenHash, usedAt: null, expiresAt: { gt: at } }, data: { usedAt: at } });
      if (count === 0) return false;
      await prisma.admin.upsert({
        where: { identityId },
        create: { identityId, role, createdAt: at },
        // An invitation to help takes nothing from an owner.
        update: role === "owner" ? { role } : {},
      });
      return true;
    }),
    insertAdmin: (identityId, role, at) => connection.transaction(async ({ prisma }) => {
      await prisma.admin.create({ data: { identityId, role, createdAt: at } });
    }),
    addAdmin: (identityId, role, at) => connection.joining(async ({ prisma }) => {
      const { count } = await prisma.admin.createMany({ data: [{ identityId, role, createdAt: at }], skipDuplicates: true });
      return count === 1;
    }),
    changeAdmin: (identityId, role) => connection.joining(async ({ prisma }) => {
      const where = { identityId };
      const { count } = role === null ? await prisma.admin.deleteMany({ where }) : await prisma.admin.updateMany({ where, data: { role } });
      return count === 1;
    }),
  };
}

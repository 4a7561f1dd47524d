import { Prisma } from "./generated/client";

/** What JSON keeps of a value: no undefined, no Date, no prototype. */
export function plain(value: unknown): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue;
}

/** For nullable JSON columns: null is the SQL NULL, not the JSON one. */
export function plainOrNull(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null || value === undefined ? Prisma.DbNull : plain(value);
}

import { defineConfig } from "prisma/config";

// Read by `prisma generate` (and, where the native engine can be fetched, by `prisma migrate deploy`).
export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env["DATABASE_URL"] ?? "" },
});

// What the framework is told. Security headers are not here: they need a nonce, and the project's own settings.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const manifest = readFileSync(new URL("./package.json", import.meta.url), "utf8");

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  // The same on every node that runs the same code, so a rolling restart serves both halves of a page (X13).
  generateBuildId: () => createHash("sha256").update(manifest).digest("hex").slice(0, 16),
  // They load native parts or WebAssembly by path and must stay on disk.
  serverExternalPackages: [
    "@electric-sql/pglite", "@node-rs/argon2", "@node-rs/bcrypt", "@prisma/adapter-pg", "@prisma/client", "@prisma/driver-adapter-utils",
    "@prisma/schema-engine-wasm", "ajv", "ajv-formats", "fast-json-patch", "fxa-common-password-list", "pg", "pglite-prisma-adapter", "pino",
    "prom-client", "qrcode", "yaml",
  ],
  images: { unoptimized: true, remotePatterns: [] },
  devIndicators: false,
  allowedDevOrigins: ["localhost", "*.localhost", "127.0.0.1"],
  // `npm test` checks types and lint for the whole repository, once.
  typescript: { ignoreBuildErrors: true },
  experimental: { serverActions: { bodySizeLimit: "64kb" } },
};

export default config;

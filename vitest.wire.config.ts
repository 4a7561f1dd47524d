import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Black-box tests over HTTP. They start the built server themselves; nothing of the implementation is imported. */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  test: {
    include: ["e2e/wire/**/*.test.ts", "e2e/races/**/*.test.ts", "e2e/process/**/*.test.ts"],
    environment: "node",
    globalSetup: ["e2e/kit/template.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Each file runs a server of its own; on two cores more than two would only wait for each other.
    maxWorkers: 2,
  },
});

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const INCLUDE = ["lib/**/*.test.ts", "cli/**/*.test.ts", "components/**/*.test.tsx"];

/** Test files that put something else in the place of a module: that must be the first thing their process loads. */
const REPLACING = ["lib", "cli", "components"].flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
  .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
  .filter((name) => /\.test\.tsx?$/.test(name) && /\bvi\.(mock|doMock)\(/.test(readFileSync(join(ROOT, name), "utf8"))));

export default defineConfig({
  resolve: {
    alias: {
      "@": ROOT,
      "server-only": join(ROOT, "e2e/kit/server-only.ts"),
    },
  },
  test: {
    environment: "node",
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The default leaves a core out, which on two cores is half of them.
    maxWorkers: "100%",
    // A process that keeps its modules from file to file is done in less than half the time; whoever replaces some gets one of their own.
    projects: [
      { extends: true, test: { name: "rooms", isolate: false, include: INCLUDE, exclude: REPLACING } },
      { extends: true, test: { name: "replacing", isolate: true, include: REPLACING } },
    ],
  },
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { METHODS } from "./handler";
import { isDataPath, routeOf, ROUTES } from "./routes";
import { fileOf, mountOf } from "./testing";
import { VERSION } from "./version";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The demo's own handler is an example of a customer's code, not a route of the product. */
const isDemo = (file: string): boolean => file.startsWith("app/(demo)/");

function routeFiles(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? routeFiles(path) : entry.name === "route.ts" ? [path] : [];
  });
}

test("the table lists exactly the handlers of app/", () => {
  const mounted = ROUTES.filter((row) => row.mount !== "server").map((row) => fileOf(row.path));
  expect(routeFiles("app").filter((file) => !isDemo(file)).sort()).toEqual([...mounted].sort());
  expect(new Set(mounted).size).toBe(mounted.length);
});

test.each(ROUTES.filter((row) => row.mount !== "server").map((row) => row.path))("%s answers every method itself", async (path) => {
  expect(existsSync(join(ROOT, fileOf(path)))).toBe(true);
  expect(Object.keys(await mountOf(path)).sort()).toEqual([...METHODS].sort());
});

test("a path is named by its pattern, never by the ids in it", () => {
  expect(routeOf("/self-service/login/browser")).toBe("/self-service/{kind}/browser");
  expect(routeOf("/self-service/logout")).toBe("/self-service/logout");
  expect(routeOf("/sessions/6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f")).toBe("/sessions/{id}");
  expect(routeOf("/api/auth/callback/google")).toBe("/api/auth/{nextauth}");
  expect(routeOf("/orders/17")).toBe("page");
  expect([isDataPath("/sessions"), isDataPath("/sessions-of-mine"), isDataPath("/login")]).toEqual([true, false, false]);
});

test("the version is the package's", () => {
  expect((JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string }).version).toBe(VERSION);
});

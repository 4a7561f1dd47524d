import { rmSync } from "node:fs";
import { join } from "node:path";
import { bundleMaker } from "./projects";
import { cloneDatabase, freePort, setupLinkIn, startServer, temporaryDirectory } from "./server";
import type { Template } from "./server";

/**
 * Runs once before all files: a first start with the demo projects, stopped again. Every server under test begins with a
 * copy of it, which takes a second instead of six.
 */
export default async function prepare(): Promise<() => void> {
  await bundleMaker();
  const home = temporaryDirectory();
  const dataDir = join(home, "data");
  const onServer = process.env["RUNG_TEST_DATABASE_URL"] !== undefined;
  const databaseUrl = onServer ? await cloneDatabase(null) : null;
  const env: Record<string, string> = { RUNG_SEED: "1", ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }) };
  const server = await startServer({ dataDir, port: await freePort(), env, readyWithinMs: 120_000 });
  const setupLink = await setupLinkOf(server.log);
  await server.stop();
  const template: Template = { dataDir, setupLink, database: databaseUrl === null ? null : new URL(databaseUrl).pathname.slice(1) };
  process.env["RUNG_E2E_TEMPLATE"] = JSON.stringify(template);
  return () => rmSync(home, { recursive: true, force: true });
}

async function setupLinkOf(log: () => string): Promise<string> {
  for (let round = 0; round < 100; round += 1) {
    const link = setupLinkIn(log());
    if (link !== null) return link;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the first start printed no set-up link:\n${log()}`);
}

import { platformCommands } from "../platform/commands";
import { controlPath, startControl } from "../platform/control";
import type { Services } from "../services";
import { newestCode } from "./outbox";

type Lines = (services: Services) => Promise<readonly string[]>;

/**
 * Commands beside a running server: with the embedded database only this process may touch the data, so it listens on a local
 * socket of mode 0600. A database server needs no such door, and null says so.
 */
export async function startCommands(services: Services, more: Readonly<Record<string, Lines>>): Promise<{ close(): Promise<void> } | null> {
  const { env, db, clock } = services;
  if (db.kind !== "embedded") return null;
  const own = platformCommands({ platform: db.platform, hosts: env, clock });
  const added = Object.entries(more).map(([name, run]) => [name, async () => ({ lines: await run(services) })] as const);
  const mailed = async ([address = ""]: readonly string[]) => ({ lines: await newestCode(services, address) });
  return startControl(controlPath(env.dataDir), { ...own, "mailed-code": mailed, ...Object.fromEntries(added) });
}

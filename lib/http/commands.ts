import { changeAdmin } from "../identities/owner-guard";
import { DomainError, isDomainError } from "../model/errors";
import { platformCommands } from "../platform/commands";
import { controlPath, startControl } from "../platform/control";
import type { ControlCommands, Tell } from "../platform/control";
import type { Services } from "../services";
import { newestCode } from "./outbox";

/** A command of the composition root: answers lines for a terminal. */
type Lines = (services: Services, args: readonly string[], tell: Tell) => Promise<readonly string[]>;

/**
 * Commands beside a running server: with the embedded database only this process may touch the data, so it listens on a local
 * socket of mode 0600. A database server needs no such door, and null says so.
 */
export async function startCommands(services: Services, more: Readonly<Record<string, Lines>>): Promise<{ close(): Promise<void> } | null> {
  const { env, db } = services;
  if (db.kind !== "embedded") return null;
  const added = Object.entries(more).map(([name, run]) => [name, async (args: readonly string[], tell: Tell) => ({ lines: await run(services, args, tell) })] as const);
  return startControl(controlPath(env.dataDir), inWords({ ...commandsOf(services), ...Object.fromEntries(added) }));
}

/** Every command that works on open services, beside a server or where no server runs. */
export function commandsOf(services: Services): ControlCommands {
  const { env, db, clock, resolver, keys, subjectOf } = services;
  const own = platformCommands({
    db, hosts: env, listen: { host: env.host, port: env.port }, clock, resolver, keys, keyFile: env.keyFile, subjectOf,
    changeAdmin: async (id, role, entry) => {
      const project = await resolver.consoleProject();
      if (project === null) throw new DomainError("not_found", { reason: "This installation has no console project." });
      return changeAdmin({ handle: db.forProject(project.row.id), project, platform: db.platform }, id, role, entry, clock.now());
    },
  });
  const mailed = async ([address = ""]: readonly string[]) => ({ lines: await newestCode(services, address) });
  return { ...own, "mailed-code": mailed };
}

/** A refusal carries a code and data; whoever sits at the terminal reads its reason. */
export function inWords(commands: ControlCommands): ControlCommands {
  return Object.fromEntries(Object.entries(commands).map(([name, run]) => [name, async (args: readonly string[], tell: Tell) => {
    try {
      return await run(args, tell);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      const reason = error.details["reason"];
      throw new Error(typeof reason === "string" ? reason : error.code.replaceAll("_", " "), { cause: error });
    }
  }]));
}

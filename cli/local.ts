import { existsSync } from "node:fs";
import { readEnv } from "../lib/env";
import type { Env } from "../lib/env";
import { isStartError } from "../lib/model/errors";
import { askControl, controlPath } from "../lib/platform/control";
import type { ControlCommands, Tell } from "../lib/platform/control";
import type { Services } from "../lib/services";
import { CliError } from "./errors";

/** The installation on this machine, as the environment names it. Throws `CliError` for an environment that cannot be read. */
export function localEnv(): Env {
  try {
    return readEnv();
  } catch (error) {
    throw inWords(error);
  }
}

/** Asks the server that runs here with the embedded database; null where none does. Throws `CliError` with its refusal. */
export async function askServer(command: string, args: readonly string[] = [], tell?: Tell): Promise<{ readonly result: unknown } | null> {
  const answer = await askControl(controlPath(localEnv().dataDir), command, args, tell);
  switch (answer.kind) {
    case "answered": return { result: answer.result };
    case "failed": throw new CliError(answer.message);
    case "nobody": return null;
  }
}

/**
 * Runs a command where the data is: in the running server when there is one, because the embedded database has one process; else
 * here, with the database opened for as long as it takes. `tell` hears lines about long work. Throws `CliError`.
 */
export async function besideServer(command: string, args: readonly string[] = [], tell: Tell = () => undefined): Promise<unknown> {
  // With a database server nobody listens, and what a socket of another installation says is not about this one.
  const answered = localEnv().databaseUrl === null ? await askServer(command, args, tell) : null;
  if (answered !== null) return answered.result;
  return withServices(async (commands) => {
    const run = commands[command];
    if (run === undefined) throw new CliError(`This command needs the running server. Start it with: npm start`);
    return run(args, tell);
  });
}

/**
 * Opens the database of this installation, and closes it again whatever happens. Makes none where there is none, and migrates none:
 * servers of another version may be at work on it. Throws `CliError`.
 */
export async function withServices<T>(work: (commands: ControlCommands, services: Services) => Promise<T>): Promise<T> {
  const { databaseUrl, dataDir } = localEnv();
  const { swapPending } = await import("../lib/db/backup");
  if (databaseUrl === null && await swapPending(dataDir)) throw new CliError(`A restore of ${dataDir} was cut off: start the server, or restore again, and it is finished.`);
  if (databaseUrl === null && !existsSync(dataDir)) {
    throw new CliError(`There is no installation in ${dataDir}.`, "Go to its folder, or name its data with RUNG_DATA_DIR or DATABASE_URL.");
  }
  try {
    // Loaded only when needed: asking a running server must not touch the database engine.
    const [{ bootServices }, { commandsOf, inWords: told }] = await Promise.all([import("../lib/services"), import("../lib/http/commands")]);
    // Standard output is the command's own.
    const services = await bootServices({ ...localEnv(), logLevel: "silent" }, { schema: "asIs" });
    try {
      return await work(told(commandsOf(services)), services);
    } finally {
      await services.close();
    }
  } catch (error) {
    throw inWords(error);
  }
}

function inWords(error: unknown): unknown {
  return isStartError(error) ? new CliError(error.message) : error;
}

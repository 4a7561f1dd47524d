import { readEnv } from "../../lib/env";
import { isStartError } from "../../lib/model/errors";
import { linesOf } from "../../lib/platform/commands";
import { askControl, controlPath } from "../../lib/platform/control";
import type { Services } from "../../lib/services";

/**
 * Runs a command where the data is: in the running server when there is one with the embedded database, because that has one
 * process; else here, with the database opened for as long as it takes. Prints its lines; exits with 1 and one line on failure.
 */
export async function besideServer(command: string, here: (services: Services) => Promise<readonly string[]>): Promise<void> {
  try {
    const { dataDir, databaseUrl } = readEnv();
    // With a database server nobody listens, and what a socket of another installation says is not about this one.
    const answer = databaseUrl === null ? await askControl(controlPath(dataDir), command) : { kind: "nobody" } as const;
    switch (answer.kind) {
      case "answered": return say(linesOf(answer.result) ?? []);
      case "failed": return fail(`The running server refused: ${answer.message}`);
      case "nobody": return say(await withServices(here));
    }
  } catch (error) {
    if (!isStartError(error)) throw error;
    fail(error.message, error.exitCode);
  }
}

async function withServices(here: (services: Services) => Promise<readonly string[]>): Promise<readonly string[]> {
  // Loaded only when needed: asking a running server must not touch the database engine.
  const { bootServices } = await import("../../lib/services");
  // A database that is there is not migrated: servers of another version may be at work on it.
  const services = await bootServices(readEnv(), { schema: "asIsOrNew" });
  try {
    return await here(services);
  } finally {
    await services.close();
  }
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

function fail(message: string, code: number = 1): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

import type { Command } from "commander";
import type { StoreFacts } from "../lib/db/backup";
import type { Env } from "../lib/env";
import { isStartError } from "../lib/model/errors";
import { linesOf } from "../lib/platform/commands";
import { readFacts } from "../lib/platform/facts";
import { group, leaf } from "./command";
import type { Context, House } from "./command";
import { CliError } from "./errors";
import { table } from "./format";
import { askServer, localEnv } from "./local";

type Migrations = StoreFacts["migrations"];

/** `rung migrate up` and `rung migrate status`. A start migrates by itself; this is for whoever wants it done, or known, before. */
export function register(program: Command, house: House): void {
  const migrate = group(program, "migrate", "Bring the database to this version, or see where it stands");
  leaf(migrate, house, {
    name: "status", summary: "List the migrations of this version and which of them the database has", scope: "none",
    examples: ["rung migrate status", "rung migrate status --format json    # exit code 1 while something is left to do"],
    run: async (ctx) => told(async () => {
      const { migrations, problem } = await stateOf(localEnv());
      show(ctx, migrations);
      if (problem !== null) throw new CliError(problem);
    }),
  });
  leaf(migrate, house, {
    name: "up", summary: "Apply what the database does not have yet, all or nothing", scope: "none",
    examples: ["rung backup && rung migrate up"],
    run: async (ctx) => told(async () => {
      const env = localEnv();
      if (env.databaseUrl === null && await running() !== null) {
        show(ctx, (await stateOf(env)).migrations);
        ctx.note("The server runs, and migrated the database when it started.");
        return;
      }
      const { openDatabase } = await import("../lib/db/open");
      const log = { info: () => undefined, warn: () => undefined };
      const db = await openDatabase(env.databaseUrl === null ? { kind: "embedded", dataDir: env.dataDir, log } : { kind: "server", url: env.databaseUrl, log });
      await db.close();
      show(ctx, (await stateOf(env)).migrations);
    }),
  });
}

/** Where the database stands. With the embedded one a running server is asked: it would not run on any other schema than its own. */
export async function stateOf(env: Env): Promise<{ readonly migrations: Migrations; readonly problem: string | null }> {
  const facts = env.databaseUrl === null ? await running() : null;
  if (facts !== null) return { migrations: facts.migrations.map((name) => ({ name, applied: true })), problem: null };
  const { behindBy, inspectServer, inspectStore } = await import("../lib/db/backup");
  const { migrations, standing } = env.databaseUrl === null ? await inspectStore(env.dataDir) : await inspectServer(env.databaseUrl);
  if (standing.kind === "broken") return { migrations, problem: `The schema cannot be used: ${standing.why}.` };
  return { migrations, problem: standing.kind === "behind" ? `The database is ${behindBy(standing.missing)}. A start migrates it, or: rung migrate up` : null };
}

/** What the running server says of itself; null where none runs. */
export async function running(): ReturnType<typeof parsed> {
  return parsed(await askServer("facts"));
}

async function parsed(answer: { readonly result: unknown } | null) {
  const [line] = answer === null ? [] : linesOf(answer.result) ?? [];
  return line === undefined ? null : readFacts(line);
}

function show(ctx: Context, migrations: Migrations): void {
  ctx.print(table(["MIGRATION", "STATE"], migrations.map(({ name, applied }) => ({ value: { name, applied }, cells: [name, applied ? "applied" : "pending"] }))));
}

async function told(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    throw isStartError(error) ? new CliError(error.message) : error;
  }
}

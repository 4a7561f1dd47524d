import { join, resolve } from "node:path";
import type { Command } from "commander";
import { readKeyFile } from "../lib/crypto/keys";
import type { StoreFacts } from "../lib/db/backup";
import type { Env } from "../lib/env";
import { isStartError } from "../lib/model/errors";
import { DUMP, exists, stamp } from "./backup";
import { confirm, leaf } from "./command";
import type { Context, House } from "./command";
import { CliError } from "./errors";
import { row } from "./format";
import { localEnv } from "./local";
import { runTool } from "./postgres-tools";

/** `rung restore FOLDER`: the backup is looked at first; what is there is kept beside, and nothing is touched when the backup is not whole. */
export function register(program: Command, house: House): void {
  leaf(program, house, {
    name: "restore", summary: "Put a backup in the place of the data; the server must be stopped", scope: "none",
    arguments: [["<folder>", "what rung backup made"]],
    options: [["--without-keys", "also when the key file does not hold the keys that sealed the backup"]],
    examples: ["rung restore rung-backup-2026-11-22T08-00-00", "rung restore /mnt/backups/monday --yes    # ask nothing"],
    run: async (ctx, [folder = ""], options) => {
      const env = localEnv();
      try {
        if (env.databaseUrl === null) await putBack(ctx, env, resolve(folder), options.flag("withoutKeys"));
        else await restoreServer(ctx, env.databaseUrl, resolve(folder));
      } catch (error) {
        throw isStartError(error) ? new CliError(error.message) : error;
      }
    },
  });
}

async function putBack(ctx: Context, env: Env, folder: string, withoutKeys: boolean): Promise<void> {
  const copy = join(folder, "data");
  if (!await exists(join(copy, "PG_VERSION"))) throw new CliError(`${folder} is no backup of an embedded database: it has no data/PG_VERSION.`);
  if (await exists(join(env.dataDir, "PG_VERSION"))) await confirm(ctx, `The data in ${env.dataDir} are replaced (and kept beside).`);
  const { restoreStore } = await import("../lib/db/backup");
  const { facts, kept } = await restoreStore(copy, env.dataDir, { mark: stamp(new Date()), accept: (found) => requireKeys(env, found, withoutKeys) });
  ctx.print(row({ data: env.dataDir, kept, projects: facts.projects, people: facts.people }, [
    ["DATA", env.dataDir], ["KEPT", kept], ["PROJECTS", String(facts.projects)], ["PEOPLE", String(facts.people)],
  ]));
  ctx.note(facts.standing.kind === "behind" ? "It was made by an older version: the next start migrates it." : "Start the server again.");
}

/** A backup without its keys is a backup of half the installation. */
function requireKeys(env: Env, { keyIds }: StoreFacts, withoutKeys: boolean): void {
  if (withoutKeys) return;
  const held = new Set((readKeyFile(env.keyFile, { production: false }) ?? []).map(({ id }) => id));
  const missing = keyIds.filter((id) => !held.has(id));
  if (missing.length === 0) return;
  throw new CliError(
    `The backup was sealed with ${missing.length === 1 ? "a key" : "keys"} that ${env.keyFile} does not hold: ${missing.join(", ")}.`,
    "Put the key file of that installation there first. Nothing was changed. (--without-keys restores all the same: second factors and stored secrets stay shut.)",
  );
}

async function restoreServer(ctx: Context, url: string, folder: string): Promise<void> {
  const file = join(folder, DUMP);
  if (!await exists(file)) throw new CliError(`${folder} is no backup of a database server: it has no ${DUMP}.`);
  const { hostname, pathname } = new URL(url);
  await confirm(ctx, `Everything in the database ${pathname.slice(1)} on ${hostname} is replaced. Every process of Rung must be stopped.`);
  await runTool("pg_restore", ["--clean", "--if-exists", "--no-owner", "--no-password", "--exit-on-error", "--single-transaction", `--dbname=${decodeURIComponent(pathname.slice(1))}`, file], url, [
    "pg_restore is not installed here. Install PostgreSQL's client programs, or run where they are:",
    `  pg_restore --clean --if-exists --no-owner --single-transaction --dbname="$DATABASE_URL" ${DUMP}`,
  ]);
  ctx.print(row({ database: pathname.slice(1), from: file }, [["DATABASE", pathname.slice(1)], ["FROM", file]]));
}


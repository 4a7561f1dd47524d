import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { Env } from "../lib/env";
import { isStartError } from "../lib/model/errors";
import { restoreServer } from "./backup-server";
import { confirm, leaf } from "./command";
import type { Context, House } from "./command";
import { CliError } from "./errors";
import { row } from "./format";
import { exists, stamp } from "./io-files";
import { localEnv } from "./local";
import { digestBelow, readManifest, requireKeys, requireSame } from "./manifest";

/** `rung restore FOLDER`: the backup is looked at first; what is there is kept beside, and nothing is touched when the backup is not whole. */
export function register(program: Command, house: House): void {
  leaf(program, house, {
    name: "restore", summary: "Put a backup in the place of the data; the server must be stopped", scope: "none",
    arguments: [["<folder>", "what rung backup made"]],
    options: [
      ["--without-keys", "also when the key file does not hold the keys that sealed the backup"],
      ["--replace", "of a PostgreSQL database that is not empty: drop what it holds"],
    ],
    examples: ["rung restore rung-backup-2026-11-22T08-00-00", "rung restore /mnt/backups/monday --yes    # ask nothing", "DATABASE_URL=postgresql://… rung restore monday    # into an empty database, by psql"],
    run: async (ctx, [folder = ""], options) => {
      const env = localEnv();
      try {
        if (env.databaseUrl === null) await putBack(ctx, env, resolve(folder), options.flag("withoutKeys"));
        else await restoreServer(ctx, env, env.databaseUrl, { folder: resolve(folder), withoutKeys: options.flag("withoutKeys"), replace: options.flag("replace") });
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
  const manifest = await readManifest(folder);
  // Before anything is copied where the manifest says it, and again by the data themselves.
  if (!withoutKeys) requireKeys(env.keyFile, (manifest?.keys ?? []).map(({ id }) => id), manifest);
  const accept = ({ keyIds }: { readonly keyIds: readonly string[] }): void => {
    if (!withoutKeys) requireKeys(env.keyFile, keyIds, manifest);
  };
  const unsigned = manifest === null ? "There is no backup.json beside the data" : "The backup has no checksum of its files, as those of older versions";
  if (manifest?.sha256 === undefined) ctx.note(`${unsigned}: whether they were changed since it was made is not known.`);
  const copied = async (files: string): Promise<void> => {
    if (manifest?.sha256 !== undefined) requireSame(copy, await digestBelow(files), manifest);
  };
  const { facts, kept, earlier } = await restoreStore(copy, env.dataDir, { mark: stamp(new Date()), copied, accept });
  if (earlier !== null) ctx.note(`${earlier}; then this backup took their place.`);
  ctx.print(row({ data: env.dataDir, kept, projects: facts.projects, people: facts.people }, [
    ["DATA", env.dataDir], ["KEPT", kept], ["PROJECTS", String(facts.projects)], ["PEOPLE", String(facts.people)],
  ]));
  ctx.note(facts.standing.kind === "behind" ? "It was made by an older version: the next start migrates it." : "Start the server again.");
}

import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import type { Env } from "../lib/env";
import { isStartError } from "../lib/model/errors";
import { dumpServer } from "./backup-server";
import { leaf } from "./command";
import type { Context, House } from "./command";
import { CliError } from "./errors";
import { row } from "./format";
import { exists, stamp } from "./io-files";
import { askServer, localEnv } from "./local";
import { digestBelow, MANIFEST, neededKeys } from "./manifest";
import type { Manifest } from "./manifest";

/** `rung backup`: a copy that opens, or an error and nothing. */
export function register(program: Command, house: House): void {
  leaf(program, house, {
    name: "backup", summary: "Copy all data of this installation while it runs", scope: "none",
    options: [["--to <folder>", "where the copy goes; must not exist yet"]],
    examples: [
      "rung backup                                 # into ./rung-backup-DATE",
      "rung backup --to /mnt/backups/monday        # the key file is not in it: keep a copy of that elsewhere",
      "DATABASE_URL=postgresql://… rung backup     # by pg_dump, which must be installed",
    ],
    run: async (ctx, _args, options) => {
      const env = localEnv();
      const target = resolve(options.text("to") ?? `rung-backup-${stamp(new Date())}`);
      if (await exists(target)) throw new CliError(`${target} exists already. Name a folder that does not.`);
      const partial = `${target}.partial`;
      // Perhaps of a backup that was cut off, perhaps somebody's own: not ours to delete.
      if (await exists(partial)) throw new CliError(`${partial} exists already. Remove it, or name another folder with --to.`);
      await mkdir(partial, { recursive: true, mode: 0o700 });
      try {
        const { keyIds, ...facts } = env.databaseUrl === null ? await copyData(ctx, env, partial) : await dumpServer(ctx, env.databaseUrl, partial);
        const keys = neededKeys(env.keyFile, keyIds);
        const manifest: Manifest = { made_at: new Date().toISOString(), database: env.databaseUrl === null ? "embedded" : "server", ...facts, keys };
        await writeFile(join(partial, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
        await rename(partial, target);
        ctx.print(row({ folder: target, ...manifest, keys: keys.map((key) => ({ ...key })) }, [
          ["FOLDER", target], ["MEGABYTES", String(facts.megabytes)], ["PROJECTS", String(facts.projects)], ["PEOPLE", String(facts.people)],
        ]));
        ctx.note(`The keys are not in it. Keep a copy of ${env.keyFile} elsewhere: without it no stored secret opens.`);
        const lost = keys.filter(({ check }) => check === null).map(({ id }) => id);
        if (lost.length > 0) ctx.note(`Some values are sealed with keys that ${env.keyFile} does not hold: ${lost.join(", ")}.`);
      } catch (error) {
        throw isStartError(error) ? new CliError(error.message) : error;
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
    },
  });
}

/** Of the embedded database: by the process that has it, else under its lock. The copy is opened before it counts. */
async function copyData(ctx: Context, env: Env, partial: string): Promise<Pick<Manifest, "megabytes" | "projects" | "people" | "bytes" | "sha256"> & { readonly keyIds: readonly string[] }> {
  // Loaded only when needed: no other command touches the database engine.
  const { bytesBelow, copyStopped, inMegabytes, inspectStore, requireRoom } = await import("../lib/db/backup");
  const bytes = await bytesBelow(env.dataDir);
  await requireRoom(dirname(partial), bytes);
  const copy = join(partial, "data");
  ctx.note(`Copying ${inMegabytes(bytes)} MB; requests wait for a moment.`);
  if (await askServer("copy-data", [copy], ctx.note) === null) await copyStopped(env.dataDir, copy);
  ctx.note("Opening the copy to see that it is whole.");
  const { standing, projects, people, keyIds } = await inspectStore(copy);
  if (standing.kind === "broken") throw new CliError(`The copy cannot be used: ${standing.why}.`);
  // Opening wrote into it: from here on nobody does.
  const digest = await digestBelow(copy);
  return { megabytes: Number(inMegabytes(digest.bytes)), projects, people, ...digest, keyIds };
}

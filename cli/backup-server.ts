import { chmod } from "node:fs/promises";
import { join } from "node:path";
import type { StoreFacts } from "../lib/db/backup";
import type { Env } from "../lib/env";
import { confirm } from "./command";
import type { Context } from "./command";
import { CliError } from "./errors";
import { row } from "./format";
import { exists } from "./io-files";
import { digestOf, readManifest, requireKeys, requireSame } from "./manifest";
import type { Manifest } from "./manifest";
import { feedTool, outputOf, REFUSED_STATEMENT, runTool, ToolError } from "./postgres-tools";
import type { Tool } from "./postgres-tools";

/** Of a database server: a dump of one instant, in PostgreSQL's own format. */
export const DUMP = "database.dump";

const HOW_TO_DUMP = [
  "The data are on a PostgreSQL server, and pg_dump is not installed here. Install PostgreSQL's client programs, or run where they are:",
  `  pg_dump --format=custom --no-owner --file=${DUMP} "$DATABASE_URL"`,
];
const HOW_TO_RESTORE = [
  "PostgreSQL's client programs (pg_restore, psql) are not installed here. Install them, or run where they are, into an empty database:",
  `  pg_restore --no-owner --no-privileges --single-transaction --exit-on-error --dbname="$DATABASE_URL" ${DUMP}`,
];

/** Dumps into `folder`, and reads the dump again before it counts. Throws `CliError` or StartError. */
export async function dumpServer(ctx: Context, url: string, folder: string): Promise<Pick<Manifest, "megabytes" | "projects" | "people" | "bytes" | "sha256"> & Pick<StoreFacts, "keyIds">> {
  const { inspectServer } = await import("../lib/db/backup");
  const { standing, migrations } = await inspectServer(url);
  if (standing.kind === "broken") throw new CliError(`The database cannot be backed up by this version: ${standing.why}.`);
  if (migrations.every(({ applied }) => !applied)) throw new CliError("The database holds no installation of Rung.");
  const file = join(folder, DUMP);
  ctx.note("pg_dump reads the database as of one instant; the server goes on meanwhile.");
  await runTool({ name: "pg_dump", args: ["--format=custom", "--no-owner", "--no-password", `--file=${file}`], missing: HOW_TO_DUMP }, url);
  await chmod(file, 0o600);
  ctx.note("Reading the dump to see that it is whole.");
  const { projects, people, keyIds } = await factsIn(file);
  const digest = await digestOf(file);
  return { megabytes: Math.ceil(digest.bytes / 1024 / 1024), projects, people, ...digest, keyIds };
}

export interface ServerRestore {
  readonly folder: string;
  readonly withoutKeys: boolean;
  /** What the database holds now is dropped. */
  readonly replace: boolean;
}

/**
 * Puts a dump into the database, in one transaction, after everything about it was looked at. Throws `CliError` or StartError and changes
 * nothing; where the connection is lost around the end of the transaction, nobody can know that, and the error says so.
 */
export async function restoreServer(ctx: Context, env: Env, url: string, { folder, withoutKeys, replace }: ServerRestore): Promise<void> {
  const { inspectServer, serverUse } = await import("../lib/db/backup");
  const file = join(folder, DUMP);
  if (!await exists(file)) throw new CliError(`${folder} is no backup of a database server: it has no ${DUMP}.`);
  const { hostname, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  const where = `The database ${database} on ${hostname}`;
  const { relations, servers } = await serverUse(url);
  if (servers > 0) throw new CliError(`${where} is in use by Rung (${String(servers)} connections): stop every process of it first. Nothing was changed.`);
  if (relations > 0 && !replace) throw new CliError(`${where} is not empty: name an empty one, or say --replace to lose what it holds. Nothing was changed.`);

  const manifest = await readManifest(folder);
  if (manifest === null) ctx.note("There is no backup.json beside the dump: whether it was changed since it was made is not known.");
  else if (manifest.sha256 === undefined) ctx.note("The backup has no checksum, as those of older versions: whether it was changed since it was made is not known.");
  else requireSame(file, await digestOf(file), manifest);
  const facts = await factsIn(file);
  if (facts.standing.kind === "broken") throw new CliError(`The backup cannot be used: ${facts.standing.why}. Nothing was changed.`);
  if (!withoutKeys) requireKeys(env.keyFile, facts.keyIds, manifest);
  if (relations > 0) await confirm(ctx, `Everything in the database ${database} on ${hostname} is lost and replaced.`);

  const end: End = { asked: false };
  await feedTool(psql("--file=-"), url, script(file, relations > 0, end)).catch((error: unknown) => (end.asked && mayBeKept(error) ? unknownEnd(error) : asItWas(error)));
  // Plans of the first requests: better with figures, right without.
  await runTool(psql("--command=ANALYZE"), url).catch(() => undefined);
  const now = await inspectServer(url).catch(() => {
    throw new CliError("The backup is in the database, but what is there now could not be read. See: rung doctor");
  });
  ctx.print(row({ database, from: file, projects: now.projects, people: now.people }, [
    ["DATABASE", database], ["FROM", file], ["PROJECTS", String(now.projects)], ["PEOPLE", String(now.people)],
  ]));
  ctx.note(now.standing.kind === "behind" ? "It was made by an older version: the next start migrates it." : "Start the servers again.");
}

/** What pg_restore makes of a dump; into no database. */
function readDump(file: string, args: readonly string[] = []): Tool {
  return { name: "pg_restore", args: ["--file=-", "--no-owner", "--no-privileges", ...args, file], missing: HOW_TO_RESTORE };
}

function psql(what: string): Tool {
  return { name: "psql", args: ["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--output=/dev/null", what], missing: HOW_TO_RESTORE };
}

/** A program failed before anything was kept. */
function asItWas(error: unknown): never {
  throw error instanceof CliError && error.lines.length === 1 ? new CliError(`${error.message.replace(/\.$/, "")}. Nothing was changed.`) : error;
}

/** A statement that the server refuses is undone with all others. A lost connection may have been lost on the way back. */
function mayBeKept(error: unknown): error is ToolError {
  return error instanceof ToolError && error.exitCode !== REFUSED_STATEMENT;
}

function unknownEnd({ message }: ToolError): never {
  throw new CliError(
    `${message.replace(/\.$/, "")}. It is not known whether the backup is in the database: the connection was lost when everything had been sent.`,
    "Look with: rung doctor. Where the backup is not in it, run this again with --replace.",
  );
}

async function factsIn(file: string): Promise<StoreFacts> {
  const { dumpFacts } = await import("../lib/db/backup");
  const facts = await dumpFacts(outputOf(readDump(file), null)).catch(asItWas);
  if (facts === null) throw new CliError(`${file} holds no installation of Rung. Nothing was changed.`);
  return facts;
}

/**
 * Everything of the schema goes, also what an older version never knew of; what belongs to an extension stays. Tables first: their views
 * and sequences go with them, and are named only so that those of nobody go, too.
 */
const EMPTY_SCHEMA = `DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT format('%I.%I', current_schema(), c.relname) AS name, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind
    FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relkind IN ('r', 'p') DESC
  LOOP
    EXECUTE format('DROP %s IF EXISTS %s CASCADE', one.kind, one.name);
  END LOOP;
END $$;
`;

/** A process that a supervisor began again while a person was asked would go on with what it remembers of the old data. */
const NOBODY_SERVES = `DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name IN ('rung', 'rung-migrate')) THEN
    RAISE EXCEPTION 'Rung was started meanwhile: stop every process of it first';
  END IF;
END $$;
`;

/** Whether the last line of a script is on its way. */
interface End { asked: boolean }

/** One transaction: whoever is cut off before the last line has changed nothing. A node that starts meanwhile waits for its end. */
async function* script(file: string, replace: boolean, end: End): AsyncGenerator<Uint8Array | string> {
  const { MIGRATION_LOCK } = await import("../lib/db/backup");
  yield `BEGIN;\nSET LOCAL lock_timeout = '10s';\nSELECT pg_advisory_xact_lock(${String(MIGRATION_LOCK)});\n`;
  yield NOBODY_SERVES;
  if (replace) yield EMPTY_SCHEMA;
  yield* outputOf(readDump(file, replace ? ["--clean", "--if-exists"] : []), null);
  end.asked = true;
  yield "\nCOMMIT;\n";
}

import { appliedMigrations, standingOf } from "./migrate";
import type { AppliedMigration, Standing } from "./migrate";
import { migrationsDirectory, readMigrations } from "./migrations-on-disk";

/** What a store or a dump of one says of itself when it is opened. */
export interface StoreFacts {
  readonly standing: Standing;
  /** Migrations of this version, oldest first, and which of them the store has. */
  readonly migrations: readonly { readonly name: string; readonly applied: boolean }[];
  readonly projects: number;
  readonly people: number;
  /** Ids of the keys that sealed something in it, or that a password in it was made with. */
  readonly keyIds: readonly string[];
}

export type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** The tables whose sealed values are worth a backup; what lives for minutes is not. */
export const SEALED_TABLES = ["credential", "revision", "config_draft", "lookup_code", "outbox_message", "signing_key", "job_part"] as const;

/** `v1.<key>.<nonce>.<ciphertext>`; the seal of a security key; the key of a password's last step inside its `$argon2id$` text, in base64. */
const SEALED = "v1\\.([a-z0-9-]{1,32})\\.[A-Za-z0-9_-]{16}\\.[A-Za-z0-9_-]";
const SIGNED = '"seal": \\{"kid": "([a-z0-9-]{1,32})"';
const PEPPERED = "argon2id\\$v=19\\$[a-z0-9=,]{1,48},keyid=([A-Za-z0-9+/]{1,44})\\$";

/** Notes the keys that the text of a row names. */
export function noteKeys(text: string, into: Set<string>): void {
  for (const pattern of [SEALED, SIGNED]) for (const [, id] of text.matchAll(new RegExp(pattern, "g"))) if (id !== undefined) into.add(id);
  for (const [, id] of text.matchAll(new RegExp(PEPPERED, "g"))) if (id !== undefined) into.add(unpacked(id));
}

const unpacked = (id: string): string => Buffer.from(id, "base64").toString("utf8");

/** Asks an open store, of this version or of an older one. `keys`: false leaves them out, because every sealed value is looked at for them. */
export async function factsOf(query: Query, root: string | undefined, { keys }: { readonly keys: boolean }): Promise<StoreFacts> {
  const applied = await appliedMigrations({ query });
  const where = await place(applied, root);
  const tables = new Set((await query("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()")).map(({ name }) => String(name)));
  const count = async (table: string): Promise<number> => (tables.has(table) ? Number((await query(`SELECT count(*)::int AS many FROM ${table}`))[0]?.["many"]) : 0);
  const [projects, people] = [await count("project"), await count("identity")];
  return { ...where, projects, people, keyIds: keys ? await keysNamed(query, SEALED_TABLES.filter((name) => tables.has(name))) : [] };
}

async function keysNamed(query: Query, tables: readonly string[]): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const table of tables) {
    const named = async (pattern: string, like: string): Promise<readonly string[]> => (await query(
      `SELECT DISTINCT found[1] AS id FROM (SELECT to_jsonb(t)::text AS text FROM ${table} t) AS held, regexp_matches(text, '${pattern}', 'g') AS found WHERE text LIKE '${like}'`,
    )).map(({ id }) => String(id));
    for (const id of await named(SEALED, "%v1.%")) ids.add(id);
    if (table !== "credential") continue;
    for (const id of await named(SIGNED, "%\"seal\"%")) ids.add(id);
    for (const id of await named(PEPPERED, "%,keyid=%")) ids.add(unpacked(id));
  }
  return [...ids].sort();
}

/** Where a history stands beside the migrations of this version. */
export async function place(applied: readonly AppliedMigration[], root: string | undefined): Promise<Pick<StoreFacts, "standing" | "migrations">> {
  const disk = await readMigrations(migrationsDirectory(root));
  const finished = new Set(applied.filter((one) => one.finished).map(({ name }) => name));
  return { standing: standingOf(applied, disk), migrations: disk.migrations.map(({ name }) => ({ name, applied: finished.has(name) })) };
}

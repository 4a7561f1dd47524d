import type { AppliedMigration } from "./migrate";
import { noteKeys, place, SEALED_TABLES } from "./store-facts";
import type { StoreFacts } from "./store-facts";

/*
 * A dump of a database server, read before it is used: the text that pg_restore makes of it. Rows stand between a line
 * `COPY schema.table (columns) FROM stdin;` and a line `\.`, one a line, columns parted by tabs, `\N` for null.
 */

const HEAD = /^COPY (?:"?[^".\s]+"?\.)?"?([a-z_0-9]+)"? \(([^)]*)\) FROM stdin;$/;

interface Table {
  readonly name: string;
  readonly columns: readonly string[];
}

/** What a dump holds. Null: it is none of Rung. Throws whatever the chunks throw, such as a file that ends too early. */
export async function dumpFacts(chunks: AsyncIterable<Uint8Array>, { root }: { readonly root?: string } = {}): Promise<StoreFacts | null> {
  const applied: AppliedMigration[] = [];
  const counts = new Map<string, number>();
  const keys = new Set<string>();
  let table: Table | null = null;
  for await (const line of linesOf(chunks)) {
    if (table === null) {
      const [, name, columns] = HEAD.exec(line) ?? [];
      if (name !== undefined && columns !== undefined) table = { name, columns: columns.split(", ") };
    } else if (line === "\\.") {
      table = null;
    } else {
      counts.set(table.name, (counts.get(table.name) ?? 0) + 1);
      if (table.name === "_prisma_migrations") noteMigration(table, line, applied);
      else if (SEALED_TABLES.some((name) => name === table?.name)) noteKeys(line, keys);
    }
  }
  if (applied.length === 0) return null;
  return { ...await place(applied, root), projects: counts.get("project") ?? 0, people: counts.get("identity") ?? 0, keyIds: [...keys].sort() };
}

function noteMigration({ columns }: Table, line: string, into: AppliedMigration[]): void {
  const cells = line.split("\t");
  const cell = (name: string): string | null => {
    const value = cells[columns.indexOf(name)];
    return value === undefined || value === "\\N" ? null : value;
  };
  if (cell("rolled_back_at") !== null) return;
  into.push({ name: cell("migration_name") ?? "", checksum: cell("checksum") ?? "", finished: cell("finished_at") !== null });
}

/** Lines end at a line feed and nowhere else; read as bytes, because only ASCII is looked for. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let parts: string[] = [];
  for await (const chunk of chunks) {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    let from = 0;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", from)) {
      yield parts.length === 0 ? text.slice(from, at) : `${parts.join("")}${text.slice(from, at)}`;
      parts = [];
      from = at + 1;
    }
    if (from < text.length) parts.push(text.slice(from));
  }
  if (parts.length > 0) yield parts.join("");
}

import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dumpFacts } from "./dump-facts";
import { migrationsDirectory, readMigrations } from "./migrations-on-disk";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const sealed = (kid: string): string => `v1.${kid}.${"A".repeat(16)}.${"B".repeat(40)}`;
const HASH = `$argon2id$v=19$m=19456,t=2,p=1,keyid=${Buffer.from("pepper").toString("base64")}$c2FsdHNhbHQ$dGFnZ3RhZ2d0YWc`;

/** What pg_restore would write: every migration but `without`, and some rows. */
async function dump({ without = 0, more = "" } = {}): Promise<string> {
  const { migrations } = await readMigrations(migrationsDirectory(ROOT));
  const rows = migrations.slice(0, migrations.length - without).map(({ name, checksum }) => `id-${name}\t${checksum}\t2026-01-01\t${name}\t\\N\t\\N`);
  return [
    "SET search_path = '';", "COPY public.identity (id, traits) FROM stdin;", `a\t{"name": "COPY public.identity (id) FROM stdin; ${sealed("typed")}"}`, "b\t{}\u2028", "\\.", "",
    "COPY public._prisma_migrations (id, checksum, finished_at, migration_name, logs, rolled_back_at) FROM stdin;", ...rows, `gone\tx\t\\N\tgone\t\\N\t2026-01-02${more}`, "\\.",
    "COPY public.project (id) FROM stdin;", "p", "\\.",
    "COPY public.credential (id, config) FROM stdin;", `c\t{"hash": "${HASH}"}`, `d\t{"seal": {"kid": "signed", "mac": "00"}, "sealedSecret": "${sealed("totp")}"}`, "\\.",
    "COPY public.job_part (sealed) FROM stdin;", sealed("job"), "\\.", "",
  ].join("\n");
}
/** In chunks of seven bytes: no line may depend on how the bytes arrive. */
async function* chunks(text: string, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const facts = async (options: { readonly without?: number; readonly more?: string } = {}) => dumpFacts(chunks(await dump(options)), { root: ROOT });

test("people, projects, the history, and every key that something needs", async () => {
  expect(await facts()).toMatchObject({ standing: { kind: "current" }, people: 2, projects: 1, keyIds: ["job", "pepper", "signed", "totp"] });
});

test("an older one is behind by so many, a newer or a half migrated one is broken", async () => {
  expect((await facts({ without: 2 }))?.standing).toEqual({ kind: "behind", missing: 2 });
  expect((await facts({ more: "\nnewer\tx\t2026-01-01\t29990101000000_newer\t\\N\t\\N" }))?.standing).toMatchObject({ kind: "broken" });
  expect((await facts({ more: "\nhalf\tx\t\\N\thalf\t\\N\t\\N" }))?.standing).toEqual({ kind: "broken", why: "migration half was begun and never finished" });
});

test("what is no dump of Rung is none", async () => {
  expect(await dumpFacts(chunks("CREATE TABLE public.other (id int);\n"), { root: ROOT })).toBeNull();
});

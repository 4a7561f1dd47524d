import { PGlite } from "@electric-sql/pglite";

const ID = (kind: string): string => `('00000000-0000-4000-${kind}-' || lpad(to_hex(n), 12, '0'))::uuid`;
const PIECE = 10_000;

/** What one person is made of, as SQL over the column `n`; $1 is the project. Every tenth has an authenticator app. */
const TABLES: readonly string[] = [
  `INSERT INTO identity (id, project_id, schema_id, traits, created_at, updated_at)
   SELECT ${ID("9000")}, $1::uuid, 'preset://email', jsonb_build_object('email', 'crowd' || n || '@bench.test'), now() - n * interval '1 second', now() FROM numbers`,
  `INSERT INTO verifiable_address (id, project_id, identity_id, value, via) SELECT ${ID("9001")}, $1::uuid, ${ID("9000")}, 'crowd' || n || '@bench.test', 'email' FROM numbers`,
  `INSERT INTO credential (id, project_id, identity_id, type, config)
   SELECT ${ID("9002")}, $1::uuid, ${ID("9000")}, 'password', '{"hash":"$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$ZGlnZXN0"}' FROM numbers`,
  `INSERT INTO credential_identifier (project_id, type, identifier, credential_id) SELECT $1::uuid, 'password', 'crowd' || n || '@bench.test', ${ID("9002")} FROM numbers`,
  `INSERT INTO credential (id, project_id, identity_id, type, config) SELECT ${ID("9003")}, $1::uuid, ${ID("9000")}, 'totp', '{}' FROM numbers WHERE n % 10 = 0`,
];

/** Makes people by SQL until `total` of them exist. Nobody else may have the directory. */
export async function generatePeople(dataDir: string, projectId: string, from: number, total: number, say: (line: string) => void): Promise<void> {
  const db = new PGlite(dataDir);
  try {
    for (let low = from; low < total; low += PIECE) {
      const high = Math.min(total, low + PIECE);
      for (const statement of TABLES) {
        const [insert = "", select = ""] = statement.split(/(?=SELECT )/);
        await db.query(`${insert} WITH numbers AS (SELECT n FROM generate_series(${String(low + 1)}, ${String(high)}) AS n) ${select}`, [projectId]);
      }
      if (high % 100_000 === 0) say(`  ${high.toLocaleString("en")} people`);
    }
    await db.exec("ANALYZE");
  } finally {
    await db.close();
  }
}

/** The first id behind the given share of them, to page from. */
export function idAt(n: number): string {
  return `00000000-0000-4000-9000-${n.toString(16).padStart(12, "0")}`;
}

import { randomBytes } from "node:crypto";
import { PGlite } from "@electric-sql/pglite";

/** Somebody who can sign in, and a live session of theirs. */
export interface BenchPerson {
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

const JSON_HEADERS = { accept: "application/json", "content-type": "application/json" };

export function anySource(): string {
  const [a = 0, b = 0, c = 0] = randomBytes(3);
  return `10.${String(a)}.${String(b)}.${String(c)}`;
}

async function call<T>(url: string, body: unknown, source: string): Promise<T> {
  const answer = await fetch(url, { headers: { ...JSON_HEADERS, "x-forwarded-for": source }, ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${url}: ${String(answer.status)} ${await answer.text()}`);
  return (await answer.json()) as T;
}

export async function registerOne(base: string): Promise<BenchPerson> {
  const [email, password] = [`bench.${randomBytes(6).toString("hex")}@example.test`, `a quiet ladder ${randomBytes(8).toString("hex")}`];
  const source = anySource();
  const flow = await call<{ id: string }>(`${base}/self-service/registration/api`, undefined, source);
  const done = await call<{ session_token: string }>(`${base}/self-service/registration?flow=${flow.id}`, { method: "password", traits: { email }, password }, source);
  return { email, password, token: done.session_token };
}

/** A fresh native login flow, and the submit that is timed. */
export async function prepareSignIn(base: string, { email, password }: BenchPerson): Promise<() => Promise<void>> {
  const source = anySource();
  const flow = await call<{ id: string }>(`${base}/self-service/login/api`, undefined, source);
  return async () => {
    await call(`${base}/self-service/login?flow=${flow.id}`, { method: "password", identifier: email, password }, source);
  };
}

/** Token of the n-th person that `multiply` makes. */
export function tokenOf(n: number): string {
  return `ory_st_${String(n).padStart(32, "0")}`;
}

/** The n-th id of a kind, as SQL over the column `n`. */
const ID = (kind: string): string => `('00000000-0000-4000-${kind}-' || lpad(to_hex(n), 12, '0'))::uuid`;
const EMAIL = "'person' || n || '@bench.test'";

/**
 * Copies the one registered person, with addresses, password and session, until `total` exist. The server must be stopped:
 * the directory has one user at a time.
 */
export async function multiply(dataDir: string, { email }: BenchPerson, from: number, total: number): Promise<void> {
  const db = new PGlite(dataDir);
  try {
    const found = await db.query<{ identity: string; credential: string; session: string }>(
      `SELECT i.id AS identity, c.id AS credential, s.id AS session FROM credential_identifier ci JOIN credential c ON c.id = ci.credential_id
       JOIN identity i ON i.id = c.identity_id JOIN session s ON s.identity_id = i.id WHERE ci.identifier = $1 LIMIT 1`, [email]);
    const row = found.rows[0];
    if (row === undefined) throw new Error("the registered person is not in the database");
    const copies: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
      ["identity", `id = '${row.identity}'`, { id: ID("8000"), traits: `jsonb_build_object('email', ${EMAIL})`, external_id: "NULL" }],
      ["verifiable_address", `identity_id = '${row.identity}'`, { id: ID("8001"), identity_id: ID("8000"), value: EMAIL }],
      ["recovery_address", `identity_id = '${row.identity}'`, { id: ID("8002"), identity_id: ID("8000"), value: EMAIL }],
      ["credential", `id = '${row.credential}'`, { id: ID("8003"), identity_id: ID("8000") }],
      ["credential_identifier", `credential_id = '${row.credential}'`, { credential_id: ID("8003"), identifier: EMAIL }],
      ["session", `id = '${row.session}'`, {
        id: ID("8004"), identity_id: ID("8000"), token_hash: "encode(sha256(convert_to('ory_st_' || lpad(n::text, 32, '0'), 'UTF8')), 'hex')",
      }],
      ["session_device", `session_id = '${row.session}'`, { id: ID("8005"), session_id: ID("8004") }],
    ];
    for (const [table, where, changed] of copies) {
      const columns = (await db.query<{ name: string }>("SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1", [table])).rows.map(({ name }) => name);
      const values = columns.map((column) => changed[column] ?? `t."${column}"`);
      // In pieces: one statement over 100,000 rows would hold all of them in the engine's memory.
      for (let low = from; low < total; low += 10_000) {
        await db.exec(`INSERT INTO "${table}" (${columns.map((column) => `"${column}"`).join(", ")}) SELECT ${values.join(", ")}
          FROM (SELECT * FROM "${table}" WHERE ${where} LIMIT 1) t, generate_series(${String(low + 1)}, ${String(Math.min(total, low + 10_000))}) AS n`);
      }
    }
    await db.exec("ANALYZE");
  } finally {
    await db.close();
  }
}

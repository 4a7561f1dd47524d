import { timestamps } from "./crowd-times";

/*
 * Many people by SQL, each table by one statement a piece. Every row is a copy of a row that the import of the admin API wrote, with
 * another id, address and time: whatever the import puts in a column is in a million of them. Nobody signs in with a copied hash.
 */

export type Run = (text: string, params?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Three imported people to copy: with a password alone, with an app besides, with a key besides. And one session of somebody. */
export interface Models {
  readonly projectId: string;
  readonly plain: string;
  readonly app: string;
  readonly key: string;
  readonly session: string;
  readonly message: string;
}

/** Of a hundred people, how many have an app, and how many a key. */
const APPS = 18;
const KEYS = 3;
const PIECE = 20_000;
/** One session for every five people, of which every fifth lives; three entries of the audit log for ten people; a letter for ten. */
const PER = { session: 0.2, audit: 0.3, message: 0.1 };
export const amountsOf = (people: number) => ({
  sessions: Math.round(people * PER.session), audit: Math.round(people * PER.audit), messages: Math.round(people * PER.message),
});

/** Random to look at, and the same again for the same number: of version 4. */
const ID = (kind: string, n = "n"): string => `overlay(overlay(md5('${kind}' || ${n}) placing '4' from 13) placing '8' from 17)::uuid`;
const EMAIL = "'crowd' || n || '@bench.test'";
const MEMBERS: Readonly<Record<"plain" | "app" | "key", string>> = {
  app: `n % 100 < ${String(APPS)}`, key: `n % 100 BETWEEN ${String(APPS)} AND ${String(APPS + KEYS - 1)}`, plain: `n % 100 >= ${String(APPS + KEYS)}`,
};

/** Makes people until `total` of them are there, of whom `from` are there already; then what they did, and statistics of it all. */
export async function fill(run: Run, models: Models, from: number, total: number, say: (line: string) => void): Promise<void> {
  for (let low = from; low < total; low += PIECE) {
    const numbers = `generate_series(${String(low + 1)}, ${String(Math.min(total, low + PIECE))}) AS n`;
    for (const kind of ["plain", "app", "key"] as const) await people(run, models[kind], `${numbers} WHERE ${MEMBERS[kind]}`);
    if ((low + PIECE) % 200_000 === 0) say(`  ${(low + PIECE).toLocaleString("en")} people`);
  }
  await deeds(run, models, { from: amountsOf(from), to: amountsOf(total), people: total });
  await run("ANALYZE");
}

async function people(run: Run, model: string, numbers: string): Promise<void> {
  const copy = (table: string, where: string, changed: Readonly<Record<string, string>>) => copied(run, table, `${where} = '${model}'`, changed, numbers);
  const at = timestamps("identity");
  await copy("identity", "id", { id: ID("i"), traits: `jsonb_build_object('email', ${EMAIL})`, external_id: "NULL", ...at });
  await copy("verifiable_address", "identity_id", { id: ID("v"), identity_id: ID("i"), value: EMAIL, ...at });
  await copy("recovery_address", "identity_id", { id: ID("r"), identity_id: ID("i"), value: EMAIL, ...at });
  await copy("credential", "identity_id", { id: ID("c", "t.type || t.slot || n"), identity_id: ID("i"), ...at });
  await copied(run, "credential_identifier", `credential_id IN (SELECT id FROM credential WHERE identity_id = '${model}')`, {
    credential_id: `(SELECT ${ID("c", "o.type || o.slot || n")} FROM credential o WHERE o.id = t.credential_id)`,
    identifier: `CASE WHEN t.type IN ('password', 'code') THEN ${EMAIL} ELSE t.identifier || n END`,
  }, numbers);
}

interface Amounts { readonly from: ReturnType<typeof amountsOf>; readonly to: ReturnType<typeof amountsOf>; readonly people: number }

async function deeds(run: Run, models: Models, { from, to }: Amounts): Promise<void> {
  for (const [low, high] of pieces(from.sessions, to.sessions)) {
    const numbers = `generate_series(${String(low)}, ${String(high)}) AS n`;
    await copied(run, "session", `id = '${models.session}'`, {
      id: ID("s"), identity_id: ID("i", "(n * 5)"), token_hash: "encode(sha256(convert_to('ory_st_' || lpad(n::text, 32, '0'), 'UTF8')), 'hex')", ...timestamps("session"),
    }, numbers);
    await copied(run, "session_device", `session_id = '${models.session}'`, { id: ID("d"), session_id: ID("s") }, numbers);
  }
  for (const [low, high] of pieces(from.messages, to.messages)) {
    await copied(run, "outbox_message", `id = '${models.message}'`, {
      id: ID("m"), dedupe: "'bench-' || n", identity_id: ID("i", "(n * 7)"), status: "CASE WHEN n % 500 = 0 THEN 'abandoned' ELSE 'sent' END", ...timestamps("message"),
    }, `generate_series(${String(low)}, ${String(high)}) AS n`);
  }
  const [project] = await run("SELECT audit_sequence::text AS head FROM project WHERE id = $1::uuid", [models.projectId]);
  const head = Number(project?.["head"] ?? 0);
  for (const [low, high] of pieces(from.audit, to.audit)) {
    // The chain's hashes are invented: these entries are searched and exported, not verified.
    await run(`INSERT INTO audit_entry (project_id, sequence, at, action, actor, result, identity_id, ip_address, details, previous_hash, hash)
      SELECT $1::uuid, ${String(head - from.audit)} + n, now() - (${String(to.audit)} - n) * interval '1 second',
        (ARRAY['login.completed','login.completed','login.completed','login.rejected','session.ended','factor.added','identity.imported','settings.changed','login.completed','login.completed'])[1 + n % 10],
        CASE WHEN n % 50 = 0 THEN jsonb_build_object('kind', 'admin', 'label', 'a***@bench.test') ELSE jsonb_build_object('kind', 'person', 'identityId', ${ID("i", "(n % 9000 + 1)")}) END,
        CASE WHEN n % 10 = 3 THEN 'rejected' ELSE 'ok' END, ${ID("i", "(n % 9000 + 1)")}, '192.0.2.' || n % 250, '{"method":"password"}',
        encode(sha256(convert_to((n - 1)::text, 'UTF8')), 'hex'), encode(sha256(convert_to(n::text, 'UTF8')), 'hex')
      FROM generate_series(${String(low)}, ${String(high)}) AS n`, [models.projectId]);
    await run("UPDATE project SET audit_sequence = audit_sequence + $2::bigint WHERE id = $1::uuid", [models.projectId, String(high - low + 1)]);
  }
}

function pieces(from: number, to: number): readonly (readonly [number, number])[] {
  return Array.from({ length: Math.ceil((to - from) / PIECE) }, (_, index) => [from + index * PIECE + 1, Math.min(to, from + (index + 1) * PIECE)] as const);
}

/** Copies rows once a number, every column as it is but those named; `t` is the row, `n` the number. */
async function copied(run: Run, table: string, where: string, changed: Readonly<Record<string, string>>, numbers: string): Promise<void> {
  const rows = await run("SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position", [table]);
  const columns = rows.map(({ name }) => String(name));
  const values = columns.map((column) => changed[column] ?? `t."${column}"`);
  await run(`INSERT INTO "${table}" (${columns.map((column) => `"${column}"`).join(", ")}) SELECT ${values.join(", ")}
    FROM (SELECT * FROM "${table}" WHERE ${where}) t, ${numbers}`);
}

/** The address of the n-th of them. */
export const crowdAddress = (n: number): string => `crowd${String(n)}@bench.test`;

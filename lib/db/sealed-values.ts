import type { ProjectId } from "../model/ids";
import type { JsonObject } from "../model/identity";
import type { Connection, Queries, Statement } from "./connection";
import type { KeyDb, SealedKind, SealedRow } from "./key-handles";

interface Place {
  /** Selects id, what the binding is made of, and the sealed value. */
  readonly source: string;
  readonly update: string;
  /** How the rows behind $2 are found and in which order they come; by an index, because values may be large. */
  readonly after?: string;
  readonly order?: string;
  binding(a: string, b: string): readonly string[];
}
const AFTER = "($2 = '' OR id > nullif($2, '')::uuid)";
/** `<job>/<kind>/<number>`, and what stands before the first of them. */
const PART = "(split_part($1, '/', 1)::uuid, split_part($1, '/', 2), split_part($1, '/', 3)::int)";
const BEFORE_PARTS = "00000000-0000-0000-0000-000000000000//-1";

/** `binding` says again what each room binds its values to; a test opens one of each after a rotation. */
const PLACES: Readonly<Record<SealedKind, Place>> = {
  totp: {
    source: "SELECT id, identity_id::text AS a, '' AS b, config->>'sealedSecret' AS sealed FROM credential WHERE type = 'totp'",
    update: "UPDATE credential SET config = jsonb_set(config, '{sealedSecret}', to_jsonb($3::text)) WHERE id = $1::uuid AND type = 'totp' AND config->>'sealedSecret' = $2",
    binding: (identityId) => [identityId, "totp", "secret"],
  },
  lookup: {
    source: "SELECT l.id, c.identity_id::text AS a, l.position::text AS b, l.sealed FROM lookup_code l JOIN credential c ON c.id = l.credential_id WHERE l.sealed IS NOT NULL",
    update: "UPDATE lookup_code SET sealed = $3 WHERE id = $1::uuid AND sealed = $2",
    binding: (identityId, position) => [identityId, "lookup_secret", "code", position],
  },
  signing: {
    source: "SELECT id, project_id::text AS a, kid AS b, sealed FROM signing_key",
    update: "UPDATE signing_key SET sealed = $3 WHERE id = $1::uuid AND sealed = $2",
    binding: (projectId, kid) => [projectId, kid],
  },
  outbox: {
    source: "SELECT id, project_id::text AS a, dedupe AS b, sealed FROM outbox_message",
    update: "UPDATE outbox_message SET sealed = $3 WHERE id = $1::uuid AND sealed = $2",
    binding: (projectId, dedupe) => [projectId, dedupe],
  },
  job: {
    source: `SELECT p.job_id::text || '/' || p.kind || '/' || p.number::text AS id, j.project_id::text AS a, p.job_id::text || '/' || p.kind || '/' || p.number::text AS b,
      p.sealed, p.job_id, p.kind, p.number FROM job_part p JOIN job j ON j.id = p.job_id`,
    update: `UPDATE job_part SET sealed = $3 WHERE (job_id, kind, number) = ${PART} AND sealed = $2`,
    after: `(job_id, kind, number) > ${PART.replaceAll("$1", `coalesce(nullif($2, ''), '${BEFORE_PARTS}')`)}`,
    order: "job_id, kind, number",
    binding: (projectId, part) => [projectId, ...part.split("/")],
  },
};

/** $1 how a value under the current key begins. A part of a job may be megabytes, which the database keeps beside the row: only its beginning is read. */
const UNDER_ANOTHER = "left(sealed, length($1::text)) <> $1::text";

/** $2 last id ("" for none), $3 rows at most. */
const list = (kind: SealedKind): Statement => ({
  name: `rung_list_sealed_${kind}`,
  text: `SELECT id::text AS id, a, b, sealed FROM (${PLACES[kind].source}) AS held
  WHERE ${UNDER_ANOTHER} AND ${PLACES[kind].after ?? AFTER} ORDER BY ${PLACES[kind].order ?? "held.id"} LIMIT $3::int`,
});
const count = (kind: SealedKind): Statement => ({
  name: `rung_count_sealed_${kind}`, text: `SELECT count(*)::int AS count FROM (${PLACES[kind].source}) AS held WHERE ${UNDER_ANOTHER}`,
});
const replace = (kind: SealedKind): Statement => ({ name: `rung_replace_sealed_${kind}`, text: `${PLACES[kind].update} RETURNING 1 AS replaced` });
/** So many parts go by one statement: none takes longer than a statement may, however much a job has written. */
const SPENT_AT_ONCE = 50;
const DROP_SPENT: Statement = {
  name: "rung_drop_spent_parts",
  text: `WITH gone AS (DELETE FROM job_part WHERE ctid = ANY(ARRAY(
    SELECT p.ctid FROM job_part p JOIN job j ON j.id = p.job_id WHERE j.finished_at < $1::timestamptz LIMIT $2::int)) RETURNING 1) SELECT count(*)::int AS count FROM gone`,
};
/** So many credentials are looked at by one statement: none takes longer than a statement may, however many people there are. */
const MADE_PART = 20_000;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";
/** $1 pattern of the current key inside our own kind of hash (others have no key in them), $2 its id, $3 id to go on after, $4 how many. */
const COUNT_MADE: Statement = {
  name: "rung_count_made_under_others",
  text: `WITH part AS MATERIALIZED (SELECT id, type, config FROM credential WHERE id > $3::uuid ORDER BY id LIMIT $4::int)
  SELECT count(*)::int AS looked, (SELECT p.id::text FROM part p ORDER BY p.id DESC LIMIT 1) AS last,
    count(*) FILTER (WHERE type = 'password' AND config->>'hash' LIKE '$argon2id$%,keyid=%' AND config->>'hash' NOT LIKE $1)::int AS passwords,
    count(*) FILTER (WHERE type IN ('webauthn', 'passkey') AND config->'seal'->>'kid' <> $2)::int AS "securityKeys" FROM part`,
};
interface MadePart {
  readonly looked: number;
  readonly last: string | null;
  readonly passwords: number;
  readonly securityKeys: number;
}

/** Part by part; see `KeyDb.countMadeUnderOthers`. */
export async function countMade(queries: Queries, kid: string, size = MADE_PART): Promise<{ readonly passwords: number; readonly securityKeys: number }> {
  const id = Buffer.from(kid, "utf8").toString("base64").replace(/=+$/, "");
  const sum = { passwords: 0, securityKeys: 0 };
  for (let after = FIRST_ID; ;) {
    const [part] = await queries.rows<MadePart>(COUNT_MADE, [`%,keyid=${id}$%`, kid, after, size]);
    if (part === undefined || part.last === null) return sum;
    sum.passwords += part.passwords;
    sum.securityKeys += part.securityKeys;
    if (part.looked < size) return sum;
    after = part.last;
  }
}

const TABLES = {
  revision: { id: "project_id::text || '/' || lpad(number::text, 10, '0')", table: "revision", column: "config" },
  draft: { id: "id::text", table: "config_draft", column: "document" },
} as const;

/** $1 pattern of another key's mark, $2 last id, $3 rows at most. Few rows hold a secret; none is looked at twice. */
const listDocuments = (which: keyof typeof TABLES): Statement => {
  const { id, table, column } = TABLES[which];
  return {
    name: `rung_list_sealed_${table}`,
    text: `SELECT id, "projectId", document FROM (SELECT ${id} AS id, project_id::text AS "projectId", ${column} AS document FROM ${table}) AS held
    WHERE document::text ~ $1 AND id > $2 ORDER BY id LIMIT $3::int`,
  };
};
const replaceDocument = (which: keyof typeof TABLES): Statement => {
  const { id, table, column } = TABLES[which];
  return { name: `rung_replace_sealed_${table}`, text: `UPDATE ${table} SET ${column} = $3::jsonb WHERE ${id} = $1 AND ${column} = $2::jsonb RETURNING ${id} AS id` };
};

interface Held {
  readonly id: string;
  readonly a: string;
  readonly b: string;
  readonly sealed: string;
}

/** `v1.<kid>.…` */
const beginning = (kid: string): string => `v1.${kid}.`;

async function dropSpent(queries: Queries, endedBefore: Date): Promise<number> {
  for (let gone = 0; ;) {
    const [row] = await queries.rows<{ readonly count: number }>(DROP_SPENT, [endedBefore.toISOString(), SPENT_AT_ONCE]);
    gone += row?.count ?? 0;
    if ((row?.count ?? 0) < SPENT_AT_ONCE) return gone;
  }
}

export function sealedValues(connection: Connection): KeyDb {
  const { reads } = connection;
  const wrote = (statement: Statement, params: readonly unknown[]): Promise<boolean> =>
    connection.transaction(async ({ rows }) => (await rows(statement, params)).length > 0);
  return {
    listSealed: (kind, { kid, after, limit }) => reads.around(async () => {
      const rows = await reads.rows<Held>(list(kind), [beginning(kid), after, limit]);
      return rows.map(({ id, a, b, sealed }): SealedRow => ({ id, sealed, binding: PLACES[kind].binding(a, b) }));
    }),
    countSealed: (kind, kid) => reads.around(async () => (await reads.rows<{ readonly count: number }>(count(kind), [beginning(kid)]))[0]?.count ?? 0),
    dropSpentParts: (endedBefore) => connection.writes.around(() => dropSpent(connection.writes, endedBefore)),
    countMadeUnderOthers: (kid) => reads.around(() => countMade(reads, kid)),
    replaceSealed: (kind, id, from, to) => wrote(replace(kind), [id, from, to]),
    listSealedDocuments: (table, { kid, after, limit }) => reads.around(() =>
      reads.rows<{ readonly id: string; readonly projectId: ProjectId; readonly document: JsonObject }>(listDocuments(table), [`rung-sealed:v1\\.(?!${kid}\\.)`, after, limit])),
    replaceSealedDocument: (table, id, from, to) => wrote(replaceDocument(table), [id, JSON.stringify(from), JSON.stringify(to)]),
  };
}

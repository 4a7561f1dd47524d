import type { ProjectId } from "../model/ids";
import { CREDENTIALS, IDENTITY } from "./account-sql";
import type { Queries, Statement } from "./connection";
import type { PeopleFilter, PeopleQuery } from "./handles";

/*
 * Lists of people in the order of their ids: $1 project, $2 id to go on after, $3 limit, $4 offset, $5 and $6 the filter. Ids are in order
 * before anything is built of a row, so a page costs its own people only. Each filter has its own text, so that each walks its own
 * index, also where the server plans a text once for all its parameters.
 */
const FIRST = "00000000-0000-0000-0000-000000000000";
const BEGINS = "n.identifier ~>=~ $5::text AND n.identifier ~<~ ($5::text || chr(1114111))";
// Names by type, so that an id of a key finds nobody.
const NAMED = "n.type IN ('password', 'webauthn', 'code', 'oidc')";

/** A few people, found before they are put in order. */
const FEW = {
  ids: "SELECT jsonb_array_elements_text($5::text::jsonb)::uuid AS id",
  // Addresses too, for people whose way in has no name.
  identifier: `SELECT c.identity_id AS id FROM credential_identifier n JOIN credential c ON c.id = n.credential_id
    WHERE n.project_id = $1::uuid AND n.type IN ('password', 'webauthn', 'code') AND n.identifier = $5
    UNION ALL SELECT c.identity_id FROM credential_identifier n JOIN credential c ON c.id = n.credential_id
    WHERE n.project_id = $1::uuid AND n.type = 'oidc' AND n.identifier = $6
    UNION ALL SELECT a.identity_id FROM verifiable_address a WHERE a.project_id = $1::uuid AND a.via IN ('email', 'sms') AND a.value = $5
    UNION ALL SELECT a.identity_id FROM recovery_address a WHERE a.project_id = $1::uuid AND a.via IN ('email', 'sms') AND a.value = $5`,
  // The operators of the index, whatever the collation: from the prefix up to it with the last character there is.
  prefix: `SELECT c.identity_id AS id FROM (SELECT n.credential_id FROM credential_identifier n WHERE n.project_id = $1::uuid AND ${BEGINS} AND ${NAMED}) n
    JOIN credential c ON c.id = n.credential_id`,
} as const;

const listed = {
  all: "SELECT i.id FROM identity i WHERE i.project_id = $1::uuid AND i.id > $2::uuid ORDER BY i.id LIMIT $3::int OFFSET $4::int",
  few: (found: string): string => `SELECT DISTINCT i.id FROM (${found}) k JOIN identity i ON i.id = k.id
    WHERE i.project_id = $1::uuid AND k.id > $2::uuid ORDER BY i.id LIMIT $3::int OFFSET $4::int`,
  // Whoever has a name of this project belongs to it: put in order before they are looked up.
  prefix: `SELECT DISTINCT k.id FROM (${FEW.prefix}) k WHERE k.id > $2::uuid ORDER BY k.id LIMIT $3::int OFFSET $4::int`,
  // So many fit that walking everybody finds a page soon. A sub-select of one value is asked row by row, never joined as a whole.
  many: `SELECT i.id FROM identity i WHERE i.project_id = $1::uuid AND i.id > $2::uuid AND coalesce((SELECT true FROM credential c
      JOIN credential_identifier n ON n.credential_id = c.id WHERE c.identity_id = i.id AND ${BEGINS} AND ${NAMED} LIMIT 1), false)
    ORDER BY i.id LIMIT $3::int OFFSET $4::int`,
} as const;
type ListKind = PeopleFilter["kind"] | "many";
const PAGES: Readonly<Record<ListKind, string>> = { all: listed.all, ids: listed.few(FEW.ids), identifier: listed.few(FEW.identifier), prefix: listed.prefix, many: listed.many };

function listing(kind: ListKind, expand: boolean): Statement {
  return {
    name: `rung_people_${kind}${expand ? "_expanded" : ""}`,
    text: `WITH page AS MATERIALIZED (${PAGES[kind]})
  SELECT json_build_object('identity', ${IDENTITY}, 'credentials', ${expand ? CREDENTIALS : "'[]'::json"}) AS found
  FROM page p JOIN identity i ON i.id = p.id ORDER BY i.id`,
  };
}
const LIST_KINDS = ["all", "ids", "identifier", "prefix", "many"] as const;
/** By kind and whether credentials come along: `ids true`. */
export const LISTS: ReadonlyMap<string, Statement> = new Map(LIST_KINDS.flatMap((kind) => [true, false].map((expand) => [`${kind} ${String(expand)}`, listing(kind, expand)])));

/** From so many names on that begin alike, a list walks everybody instead of sorting all who fit: both cost the same about there. */
export const MANY_FIT = 40_000;
/** Whether so many names begin so: $1 project, $2 to $4 nothing, $5 the beginning, $6 how many. */
const FITTING: Statement = {
  name: "rung_people_fitting",
  text: `SELECT count(*)::int AS many FROM (SELECT 1 FROM credential_identifier n WHERE n.project_id = $1::uuid AND ${BEGINS}
    ORDER BY n.identifier USING ~<~ LIMIT $2::int) n`.replaceAll("$5", "$3"),
};

/** A search by prefix counts so many at most: a number that grows with the table is no part of a page. */
export const COUNTED_AT_MOST = 10_000;
/** $1 project, then the filter. */
const COUNTS: Readonly<Record<PeopleFilter["kind"], Statement>> = {
  all: { name: "rung_people_count_all", text: "SELECT count(*)::int AS total FROM identity i WHERE i.project_id = $1::uuid" },
  ids: countOf("ids", `SELECT DISTINCT i.id FROM (${FEW.ids}) k JOIN identity i ON i.id = k.id WHERE i.project_id = $1::uuid`),
  identifier: countOf("identifier", `SELECT DISTINCT i.id FROM (${FEW.identifier}) k JOIN identity i ON i.id = k.id WHERE i.project_id = $1::uuid`),
  prefix: countOf("prefix", `SELECT DISTINCT k.id FROM (${FEW.prefix} LIMIT ${String(5 * COUNTED_AT_MOST)}) k LIMIT ${String(COUNTED_AT_MOST)}`),
};

function countOf(kind: PeopleFilter["kind"], found: string): Statement {
  return { name: `rung_people_count_${kind}`, text: `SELECT count(*)::int AS total FROM (${found.replaceAll("$5", "$2").replaceAll("$6", "$3")}) counted` };
}

function filterParams(filter: PeopleFilter): readonly string[] {
  switch (filter.kind) {
    case "all": return [];
    case "ids": return [JSON.stringify(filter.ids)];
    case "identifier": return [filter.normalised, filter.exact];
    case "prefix": return [filter.prefix];
  }
}

/** The rows of a page. */
export async function listRows<Row>(queries: Queries, projectId: ProjectId, { filter, expand, after, limit, offset = 0 }: PeopleQuery): Promise<readonly Row[]> {
  const many = filter.kind === "prefix" && await manyFit(queries, projectId, filter.prefix);
  const statement = LISTS.get(`${many ? "many" : filter.kind} ${String(expand)}`);
  if (statement === undefined) throw new Error("lib/db: no such list of people");
  return queries.rows<Row>(statement, [projectId, after ?? FIRST, limit, offset, ...filterParams(filter)]);
}

async function manyFit(queries: Queries, projectId: ProjectId, prefix: string): Promise<boolean> {
  const [row] = await queries.rows<{ readonly many: number }>(FITTING, [projectId, MANY_FIT, prefix]);
  return (row?.many ?? 0) >= MANY_FIT;
}

/** How many a list has; of a search by prefix `COUNTED_AT_MOST` at most. */
export async function countRows(queries: Queries, projectId: ProjectId, filter: PeopleFilter): Promise<number> {
  const [row] = await queries.rows<{ readonly total: number }>(COUNTS[filter.kind], [projectId, ...filterParams(filter)]);
  return row?.total ?? 0;
}

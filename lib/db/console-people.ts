import type { AssuranceLevel, FactorId } from "../model/assurance";
import type { JsonObject } from "../model/identity";
import type { IdentityId, ProjectId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { ConsolePage, ConsoleReads, PageKey, PeoplePageQuery, PersonListRow } from "./console-handles";
import { timeKey } from "./page-key";

/*
 * A page of people in two steps, in one statement. First some candidates are picked by an index alone, in the order of the page and
 * never more than `$5`. Then each of them is looked at: factors, newest session, last proof. So a page costs the same with
 * ten people and with a million; a filter that few fulfil makes the page shorter, not slower.
 */

/** Rows that a filtered page looks at: some 30 ms of index probes. */
export const LOOKED_AT_MOST = 1_000;
/** Identifiers that are addresses, names or numbers; keys of other factors are random bytes. */
const TYPED = "('password', 'code')";

/** $1 project, $2 and $3 the place to go on from, $4 nothing, $5 at most. */
const NEWEST = `SELECT i.id, to_char(i.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS key1, i.id::text AS key2,
    row_number() OVER (ORDER BY i.created_at DESC, i.id DESC) AS place
  FROM (SELECT id, created_at FROM identity
    WHERE project_id = $1::uuid AND $4::text = '' AND created_at <= $2::timestamptz AND (created_at, id) < ($2::timestamptz, $3::uuid)
    ORDER BY created_at DESC, id DESC LIMIT $5::int) i`;

/** $2 and $3: identifier and type to go on after; $4 beginning. Every person stands at the first of their identifiers. */
const BY_ADDRESS = `SELECT c.identity_id AS id, k.identifier AS key1, k.type AS key2, k.place,
    EXISTS (SELECT 1 FROM (SELECT id FROM credential WHERE identity_id = c.identity_id OFFSET 0) oc
      CROSS JOIN LATERAL (SELECT i.type, i.identifier FROM credential_identifier i WHERE i.credential_id = oc.id OFFSET 0) ok
      WHERE ok.type IN ${TYPED} AND ok.identifier ~>=~ $4::text AND ok.identifier ~<~ ($4::text || chr(1114111))
        AND (ok.identifier ~<~ k.identifier OR (ok.identifier = k.identifier AND ok.type < k.type))) AS again
  FROM (SELECT credential_id, identifier, type, row_number() OVER (ORDER BY identifier USING ~<~, type) AS place FROM (
      SELECT credential_id, identifier, type FROM credential_identifier
      WHERE project_id = $1::uuid AND type IN ${TYPED} AND identifier ~>=~ $4::text AND identifier ~<~ ($4::text || chr(1114111))
        AND identifier ~>=~ $2::text AND (identifier ~>~ $2::text OR type > $3::text)
      ORDER BY identifier USING ~<~, type LIMIT $5::int) found) k
  JOIN credential c ON c.id = k.credential_id`;

/** $6 how many to show, $7 types of second factors, $8 now, $9 seen before, $10 filter, $11 state. */
function statement(name: string, picked: string, again: string): Statement {
  return {
    name,
    text: `WITH picked AS MATERIALIZED (${picked}),
  shown AS (
    SELECT p.place, p.key1, p.key2, i.id, i.traits, i.state, i.created_at, f.factors, s.level, greatest(s.proved_at, f.used_at) AS seen_at,
      coalesce((SELECT a.value FROM verifiable_address a WHERE a.identity_id = i.id ORDER BY a.created_at, a.value LIMIT 1),
        (SELECT a.value FROM recovery_address a WHERE a.identity_id = i.id ORDER BY a.created_at, a.value LIMIT 1), f.identifier) AS address
    FROM picked p JOIN identity i ON i.id = p.id
    CROSS JOIN LATERAL (
      SELECT coalesce(json_agg(json_build_object('type', g.type, 'count', g.many) ORDER BY g.type) FILTER (WHERE g.many > 0), '[]') AS factors,
        coalesce(bool_or(g.many > 0 AND g.type = ANY($7::text[])), false) AS second,
        coalesce(bool_or(g.many > 0 AND g.type = 'code'), false) AS mailed,
        coalesce(bool_or(g.many > 0 AND g.type IN ('totp', 'webauthn', 'passkey', 'lookup_secret')), false) AS stronger,
        max(g.used_at) AS used_at, min(g.identifier) AS identifier
      FROM (
        SELECT c.type, max(c.last_used_at) AS used_at, min(n.identifier) FILTER (WHERE c.type IN ${TYPED}) AS identifier,
          (CASE WHEN c.type = 'lookup_secret' THEN sum(l.codes_left) ELSE count(DISTINCT c.id) FILTER (WHERE c.type <> 'password' OR c.config->>'hash' <> '') END)::int AS many
        FROM credential c
        LEFT JOIN LATERAL (SELECT min(k.identifier) AS identifier FROM credential_identifier k WHERE k.credential_id = c.id) n ON true
        LEFT JOIN LATERAL (SELECT count(*) AS codes_left FROM lookup_code k
          WHERE c.type = 'lookup_secret' AND k.credential_id = c.id AND k.used_at IS NULL) l ON true
        WHERE c.identity_id = i.id GROUP BY c.type) g) f
    CROSS JOIN LATERAL (
      SELECT (array_agg(e.aal ORDER BY e.issued_at DESC) FILTER (WHERE e.revoked_at IS NULL AND e.expires_at > $8::timestamptz))[1] AS level,
        max(e.authenticated_at) AS proved_at
      FROM session e WHERE e.identity_id = i.id) s
    WHERE ${again} ($11::text IS NULL OR i.state = $11::text)
      AND CASE $10::text
        WHEN 'no_second_factor' THEN NOT f.second
        WHEN 'mail_only' THEN f.mailed AND NOT f.stronger
        WHEN 'unseen' THEN i.created_at < $9::timestamptz AND coalesce(greatest(s.proved_at, f.used_at) < $9::timestamptz, true)
        WHEN 'admin_without_factor' THEN NOT f.second AND EXISTS (SELECT 1 FROM admin d WHERE d.identity_id = i.id)
        ELSE true END
    ORDER BY p.place LIMIT $6::int)
  SELECT json_build_object(
    'looked', (SELECT count(*) FROM picked),
    'last', (SELECT json_build_array(p.key1, p.key2) FROM picked p ORDER BY p.place DESC LIMIT 1),
    'people', coalesce((SELECT json_agg(json_build_object('key', json_build_array(w.key1, w.key2), 'id', w.id, 'traits', w.traits, 'state', w.state,
      'createdAt', w.created_at, 'address', w.address, 'factors', w.factors, 'level', w.level, 'seenAt', w.seen_at) ORDER BY w.place) FROM shown w), '[]')) AS found`,
  };
}
export const PEOPLE_NEWEST = statement("rung_people_newest", NEWEST, "");
export const PEOPLE_BY_ADDRESS = statement("rung_people_by_address", BY_ADDRESS, "NOT p.again AND");

interface Found {
  readonly looked: number;
  readonly last: PageKey | null;
  readonly people: readonly {
    readonly key: PageKey; readonly id: IdentityId; readonly traits: JsonObject; readonly state: "active" | "inactive"; readonly createdAt: string;
    readonly address: string | null; readonly factors: readonly { readonly type: FactorId; readonly count: number }[];
    readonly level: AssuranceLevel | null; readonly seenAt: string | null;
  }[];
}

/** The parameters of a page: $1 to $11. */
export function peopleParams(projectId: ProjectId, query: PeoplePageQuery): readonly unknown[] {
  const byAddress = isByAddress(query);
  const [key1, key2] = byAddress ? query.after ?? ["", ""] : timeKey(query.after);
  const plain = query.filter === undefined && query.state === undefined;
  // In the order of addresses somebody may stand at several identifiers: a few more candidates fill the page.
  const candidates = plain ? (byAddress ? 4 * query.limit : query.limit + 1) : LOOKED_AT_MOST;
  return [
    projectId, key1, key2, query.prefix ?? "", candidates, query.limit + 1, [...query.secondFactors], query.now.toISOString(),
    query.seenBefore.toISOString(), query.filter ?? null, query.state ?? null,
  ];
}

export const isByAddress = (query: Pick<PeoplePageQuery, "sort" | "prefix">): boolean => query.sort === "address" || query.prefix !== undefined;

export function peopleLists(queries: Queries, projectId: ProjectId): Pick<ConsoleReads, "peoplePage"> {
  return {
    async peoplePage(query) {
      const params = peopleParams(projectId, query);
      const [row] = await queries.rows<{ readonly found: Found }>(isByAddress(query) ? PEOPLE_BY_ADDRESS : PEOPLE_NEWEST, params);
      return row === undefined ? { rows: [], next: null, looked: 0 } : pageOf(row.found, query.limit, Number(params[4]));
    },
  };
}

function pageOf(found: Found, limit: number, candidates: number): ConsolePage<PersonListRow> {
  const rows = found.people.slice(0, limit).map((person): PersonListRow => ({
    id: person.id, traits: person.traits, state: person.state, createdAt: new Date(person.createdAt), address: person.address,
    factors: person.factors, level: person.level, lastSeenAt: person.seenAt === null ? null : new Date(person.seenAt),
  }));
  const more = found.people.length > limit ? found.people[limit - 1]?.key ?? null : null;
  const unseen = found.looked >= candidates ? found.last : null;
  return { rows, next: more ?? unseen, looked: found.looked };
}

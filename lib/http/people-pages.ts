import { secondFactors } from "../config/methods";
import { isEmpty } from "../identities/ways-in";
import type { FactorId } from "../model/assurance";
import type { ConsoleProject } from "../model/console";
import type { PersonLine } from "../model/console-people";
import type { Identity } from "../model/identity";
import { isUuid } from "../model/ids";
import type { IdentityId } from "../model/ids";
import { addMs, DAY_MS } from "../model/time";
import { normaliseIdentifier } from "../wire/identity-schema";
import { deskOf } from "./admin-door";
import type { Desk } from "./admin-door";
import type { Exchange } from "./exchange";
import { storable } from "./odd-bytes";
import { readPlace, writePlace } from "./page-place";
import { nameIn } from "./person";

export const PEOPLE_FILTERS = ["no_second_factor", "mail_only", "unseen", "admin_without_factor"] as const;
export type PeopleFilter = (typeof PEOPLE_FILTERS)[number];

/** What the address bar says of a list of people. */
export interface PeopleSearch {
  readonly q: string;
  readonly filter: PeopleFilter | null;
  readonly state: "active" | "inactive" | null;
  readonly sort: "newest" | "address";
  readonly after: string | null;
}
export interface PeoplePage {
  readonly project: ConsoleProject & { readonly isConsole: boolean };
  readonly people: readonly PersonLine[];
  /** For the address of the next page; null at the end. */
  readonly next: string | null;
  /** How many were looked at for this page. */
  readonly looked: number;
}

const PAGE = 50;
const LONGEST_SEARCH = 254;
/** Not seen for so long. */
const UNSEEN_MS = 90 * DAY_MS;

/** One page of people. Null: no such project. */
export async function readPeople(exchange: Exchange, slug: string, search: PeopleSearch): Promise<PeoplePage | null> {
  const desk = await deskOf(exchange, slug);
  if (desk === null) return null;
  const { project, handle } = desk;
  const typed = storable(search.q).trim().slice(0, LONGEST_SEARCH);
  const prefix = typed === "" ? null : normaliseIdentifier(typed);
  const found = await handle.peoplePage({
    limit: PAGE, after: readPlace(search.after), sort: search.sort, secondFactors: secondFactors(project.config.methods),
    seenBefore: addMs(exchange.now, -UNSEEN_MS), now: exchange.now,
    ...(prefix === null ? {} : { prefix }), ...(search.state === null ? {} : { state: search.state }), ...(search.filter === null ? {} : { filter: search.filter }),
  });
  const exact = prefix === null || search.after !== null || search.filter !== null || search.state !== null ? [] : await exactly(desk, prefix, exchange.now);
  const listed = new Set(found.rows.map(({ id }) => String(id)));
  const lines = found.rows.map((row): PersonLine => ({ ...row, name: nameIn(row.traits["name"]) ?? nameIn(row.traits["username"]) }));
  return {
    project: { slug: project.row.slug, name: project.row.name, isConsole: project.row.kind === "console" },
    people: [...exact.filter(({ id }) => !listed.has(id)), ...lines], next: writePlace(found.next), looked: found.looked,
  };
}

/** Whoever has this very id or address, also where they sign in with something else. */
async function exactly({ handle }: Desk, typed: string, now: Date): Promise<readonly PersonLine[]> {
  const accounts = isUuid(typed) ? [await handle.findAccount(typed as IdentityId)] : await Promise.all([
    handle.findAccountByAddress("verifiable", "email", typed), handle.findAccountByAddress("recovery", "email", typed), handle.findAccountByAddress("verifiable", "sms", typed),
  ]);
  const people = [...new Map(accounts.flatMap((account) => (account === null ? [] : [[account.identity.id, account] as const]))).values()];
  return Promise.all(people.map(async ({ identity, credentials }): Promise<PersonLine> => {
    const { sessions } = await handle.listSessions(identity.id, now, { offset: 0, limit: 1 });
    const used = credentials.flatMap(({ lastUsedAt }) => (lastUsedAt === null ? [] : [lastUsedAt]));
    const seen = [...used, ...sessions.map(({ authenticatedAt }) => authenticatedAt)];
    const counts = new Map<FactorId, number>();
    for (const one of credentials) {
      if (isEmpty(one)) continue;
      const many = one.type === "lookup_secret" ? one.codes.filter(({ usedAt }) => usedAt === null).length : 1;
      if (many > 0) counts.set(one.type, (counts.get(one.type) ?? 0) + many);
    }
    return {
      ...lineOf(identity), level: sessions[0]?.aal ?? null, factors: [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => (a.type < b.type ? -1 : 1)),
      lastSeenAt: seen.reduce<Date | null>((newest, at) => (newest === null || at > newest ? at : newest), null),
    };
  }));
}

function lineOf(identity: Identity): Pick<PersonLine, "id" | "name" | "address" | "state" | "createdAt"> {
  return {
    id: identity.id, state: identity.state, createdAt: identity.createdAt, name: nameIn(identity.traits["name"]) ?? nameIn(identity.traits["username"]),
    address: identity.verifiableAddresses[0]?.value ?? identity.recoveryAddresses[0]?.value ?? null,
  };
}

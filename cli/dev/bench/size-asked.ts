import { readAudit } from "../../../lib/http/audit-pages";
import type { AuditSearch } from "../../../lib/http/audit-pages";
import { readOverview } from "../../../lib/http/console-home";
import { readDraft } from "../../../lib/http/console-drafts";
import { readMethods } from "../../../lib/http/console-methods";
import { readTwoFactor } from "../../../lib/http/console-project";
import { readSimulation } from "../../../lib/http/console-simulate";
import type { SimulateQuery } from "../../../lib/http/console-simulate";
import { list } from "../../../lib/http/admin-identity-list";
import { listMessages } from "../../../lib/http/admin-courier";
import { listAll } from "../../../lib/http/admin-sessions";
import type { Endpoint } from "../../../lib/http/handler";
import { readJobs } from "../../../lib/http/job-pages";
import { readMessages } from "../../../lib/http/message-pages";
import { readPeople } from "../../../lib/http/people-pages";
import type { PeopleSearch } from "../../../lib/http/people-pages";
import { readPerson } from "../../../lib/http/person-pages";
import { readSessions } from "../../../lib/http/session-pages";
import { answerWhoami } from "../../../lib/http/whoami";
import { crowdAddress } from "./crowd";
import { tokenOf } from "./people";
import type { Place } from "./size-place";

/** Something that is asked of a place, again and again. `pages`: what comes before it once, to find the hundredth page. */
export interface Asked {
  readonly what: string;
  readonly ask: (place: Place, round: number) => Promise<unknown>;
}

const SLUG = "default";
const PEOPLE: PeopleSearch = { q: "", filter: null, state: null, sort: "newest", after: null };
const AUDIT: AuditSearch = { actor: null, actorId: null, target: null, kind: null, action: null, result: null, from: null, until: null, before: null };
const SIMULATE: SimulateQuery = { person: "", first: "password", second: [], level: "aal1", minutes: 5, area: "session", where: "", policy: "live", revision: null };
const DEEP = 100;
/** So long that whatever was counted before is counted anew. */
const ANEW_MS = 3_600_000;

const answered = async (place: Place, endpoint: Endpoint, target: string): Promise<Response> => {
  const answer = await endpoint(await place.ask(target), new Request(`http://localhost:4000${target}`), {}).catch((error: unknown) => {
    throw new Error(`${target}: ${String(error)}`);
  });
  if (answer.status !== 200) throw new Error(`${target}: ${String(answer.status)}`);
  await answer.clone().text();
  return answer;
};
const api = (what: string, endpoint: Endpoint, target: string | ((place: Place) => string)): Asked => ({
  what, ask: (place) => answered(place, endpoint, typeof target === "string" ? target : target(place)),
});
const people = (what: string, search: Partial<PeopleSearch>): Asked => ({ what, ask: async (place) => readPeople(await place.ask("/"), SLUG, { ...PEOPLE, ...search }) });
const audit = (what: string, search: Partial<AuditSearch> | ((place: Place) => Partial<AuditSearch>)): Asked => ({
  what, ask: async (place) => readAudit(await place.ask("/"), SLUG, { ...AUDIT, ...(typeof search === "function" ? search(place) : search) }),
});

/** The place where the hundredth page begins, found by turning pages, once a database. */
function deep(what: string, turn: (place: Place, after: string | null) => Promise<string | null>): Asked {
  const found = new Map<Place, string>();
  return {
    what,
    async ask(place) {
      let after = found.get(place) ?? null;
      for (let page = 1; page < DEEP && !found.has(place); page += 1) after = await turn(place, after) ?? after;
      if (after !== null) found.set(place, after);
      return turn(place, after);
    },
  };
}
/** Path and query of the next page. */
const nextOf = (answer: Response): string | null => /<(?:https?:\/\/[^/>]+)?([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1] ?? null;

const ids = (place: Place): string => `/admin/identities?${Array.from({ length: 3 }, (_, index) => `ids=${[place.models.plain, place.models.app, place.models.key][index] ?? ""}`).join("&")}`;
const middle = (place: Place): string => crowdAddress(Math.floor(place.size / 2));

/** Every page and list, and what else is asked while people wait. */
export const ASKED: readonly Asked[] = [
  people("console: people, page 1", {}),
  deep("console: people, page 100", async (place, after) => (await readPeople(await place.ask("/"), SLUG, { ...PEOPLE, after }))?.next ?? null),
  people("console: people in the order of addresses", { sort: "address" }),
  people("console: people, no second factor", { filter: "no_second_factor" }),
  people("console: people, mail only (nobody)", { filter: "mail_only" }),
  people("console: people, not seen for 90 days (nobody)", { filter: "unseen" }),
  people("console: people, admins without a factor (nobody)", { filter: "admin_without_factor" }),
  people("console: people, switched off (nobody)", { state: "inactive" }),
  people("console: people, address begins with crowd12", { q: "crowd12" }),
  people("console: people, address begins with c, no second factor", { q: "c", filter: "no_second_factor" }),
  { what: "console: people, a whole address", ask: async (place) => readPeople(await place.ask("/"), SLUG, { ...PEOPLE, q: middle(place) }) },
  { what: "console: one person", ask: async (place) => readPerson(await place.ask("/"), SLUG, place.models.app) },
  { what: "console: live sessions", ask: async (place) => readSessions(await place.ask("/"), SLUG, { aal: null, after: null }) },
  { what: "console: live sessions of aal2 (none)", ask: async (place) => readSessions(await place.ask("/"), SLUG, { aal: "aal2", after: null }) },
  { what: "console: messages", ask: async (place) => readMessages(await place.ask("/"), SLUG, { state: null, after: null }) },
  { what: "console: messages that were given up", ask: async (place) => readMessages(await place.ask("/"), SLUG, { state: "abandoned", after: null }) },
  { what: "console: messages that wait (none)", ask: async (place) => readMessages(await place.ask("/"), SLUG, { state: "queued", after: null }) },
  { what: "console: jobs", ask: async (place) => readJobs(await place.ask("/"), SLUG, null) },
  audit("console: audit", {}),
  audit("console: audit by kind of actor", { actor: "admin" }),
  audit("console: audit by actor", (place) => ({ actorId: place.models.plain })),
  audit("console: audit by person", (place) => ({ target: place.models.plain })),
  audit("console: audit by kind of event (none)", { kind: "recovery" }),
  audit("console: audit by action", { action: "factor.added" }),
  audit("console: audit by result", { result: "rejected" }),
  audit("console: audit of a day", { from: "2020-01-01", until: new Date().toISOString().slice(0, 10) }),
  { what: "console: overview", ask: async (place) => readOverview(await place.ask("/"), place.admin, SLUG) },
  { what: "console: Two-Factor", ask: async (place) => readTwoFactor(await place.ask("/"), place.admin, SLUG) },
  { what: "console: methods", ask: async (place) => readMethods(await place.ask("/"), place.admin, SLUG) },
  { what: "console: simulator, a whole address", ask: async (place) => readSimulation(await place.ask("/"), place.admin, SLUG, { ...SIMULATE, person: middle(place) }) },
  { what: "console: simulator, the beginning of an address", ask: async (place) => readSimulation(await place.ask("/"), place.admin, SLUG, { ...SIMULATE, person: "crowd" }) },
  { what: "console: preview of a draft, again", ask: async (place) => readDraft(await place.ask("/"), place.admin, SLUG, "") },
  { what: "console: preview of a draft, with a search", ask: async (place) => readDraft(await place.ask("/"), place.admin, SLUG, "crowd12") },
  api("API: people, 250 a page, page 1", list, "/admin/identities?page_size=250"),
  deep("API: people, 250 a page, page 100", async (place, after) => nextOf(await answered(place, list, after === null ? "/admin/identities?page_size=250" : after))),
  api("API: people by number of the page", list, "/admin/identities?page=3&per_page=250"),
  api("API: people by credentials_identifier", list, (place) => `/admin/identities?credentials_identifier=${middle(place)}`),
  api("API: people by ids", list, ids),
  api("API: people, similar to crowd12", list, "/admin/identities?page_size=250&preview_credentials_identifier_similar=crowd12"),
  api("API: people, similar to c (everybody)", list, "/admin/identities?page_size=250&preview_credentials_identifier_similar=c"),
  api("API: sessions", listAll, "/admin/sessions?page_size=250"),
  api("API: sessions that live", listAll, "/admin/sessions?page_size=250&active=true"),
  api("API: messages", listMessages, "/admin/courier/messages?page_size=250"),
  { what: "whoami", ask: async ({ services }, round) => {
    const answer = await answerWhoami({ host: "localhost:4000", sessionToken: tokenOf(5 * (4 * round + 1)), cookie: null, authorization: null, requestId: null, tokenizeAs: null }, services);
    if (answer.status !== 200) throw new Error(`whoami: ${String(answer.status)} ${answer.body}`);
  } },
];

/** What is counted over everybody, asked when nothing of it is known yet. */
export const COUNTED: readonly Asked[] = [
  { what: "overview, counted anew", ask: async (place, round) => readOverview(await place.ask("/", ANEW_MS * (round + 1)), place.admin, SLUG) },
  { what: "preview of a draft, counted anew", ask: async (place, round) => readDraft(await place.ask("/", ANEW_MS * (round + 1)), place.admin, SLUG, "") },
];

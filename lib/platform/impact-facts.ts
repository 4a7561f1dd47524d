import type { AccountSnapshot, PersonOfShape, PlatformDb, ProjectReads, Shapes } from "../db/handles";
import type { FactorId } from "../model/assurance";
import type { ImpactEffect, PersonEffect } from "../model/console-impact";
import type { Credential } from "../model/credential";
import type { Identity } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { SubjectFacts } from "../model/policy";
import type { Project } from "../model/project";
import type { Session } from "../model/session";
import { LARGE } from "./adoption";
import { effectOf, impactOf, proofAgesOf } from "./impact";
import type { Impact, SubjectPair } from "./impact";
import { keptCounts } from "./kept-counts";
import type { Counted, KeptCounts } from "./kept-counts";

export interface ImpactPlace {
  readonly platform: PlatformDb;
  readonly reads: Pick<ProjectReads, "findAccount" | "listSessions">;
  /** The project with the configuration in force. */
  readonly before: Project;
  /** The same project with the changed one. */
  readonly after: Project;
  readonly subjectOf: (credentials: readonly Credential[], project: Project, identity?: Identity) => SubjectFacts;
  readonly now: Date;
}
/** One person and what the change does to them; `effect` null: no live session. */
export interface PersonImpact extends PersonEffect {
  readonly identityId: IdentityId;
  readonly subject: SubjectPair;
}

/** Bounds of the ages that tables show: an hour, eight hours, a day, a week. */
export const SESSION_AGES_MS: readonly number[] = [3_600_000, 28_800_000, 86_400_000, 604_800_000];
/** Sessions of one person that are looked at. */
const MOST_SESSIONS = 100;

/** How many active people own a credential of a type; as old as the impact it came with. */
export type OwnersOf = (type: FactorId) => number;

/** Groups, and the person who stands for each as they were when it was counted: they may change or go while the groups are kept. */
interface Looked {
  readonly shapes: Shapes;
  readonly samples: ReadonlyMap<string, AccountSnapshot>;
}
const KEPT = new WeakMap<PlatformDb, KeptCounts<Looked>>();

/** The impact of a change, counted in the database by groups; see `impactOf`. Waits for the count, however long it takes. */
export async function readImpact(place: ImpactPlace): Promise<Impact> {
  const found = await impactWithin(place);
  if (found.kind === "counting") throw new Error("a count that was waited for is not over");
  return found.impact;
}

/**
 * The same, waiting `patienceMs` at most once the project is known to be large. Groups of a large project are kept (kept-counts.ts) and the impact says how old they are; while
 * they are counted for the first time, how many `people` have been looked at.
 */
export async function impactWithin(place: ImpactPlace, patienceMs?: number): Promise<
  { readonly kind: "known"; readonly impact: Impact; readonly owners: OwnersOf } | { readonly kind: "counting"; readonly people: number }> {
  const { before, after } = place;
  const proofAges = proofAgesOf(before.config.policy, after.config.policy);
  const counted = await readShapes(place, proofAges, patienceMs);
  if (counted.kind === "counting") return { kind: "counting", people: counted.done };
  const { at, value: { shapes, samples } } = counted;
  const subjects = new Map([...samples].map(([key, account]): [string, SubjectPair] => [key, pairOf(account, place)]));
  const screens = { before: before.config, after: after.config };
  const impact = impactOf({ before: before.config.policy, after: after.config.policy, shapes, proofAges, subjects, screens, now: at });
  const owners: OwnersOf = (type) => shapes.subjects.reduce((sum, { key, people }) => sum + (samples.get(key)?.credentials.some((one) => one.type === type) === true ? people : 0), 0);
  return { kind: "known", impact, owners };
}

function readShapes({ platform, reads, before, now }: ImpactPlace, proofAges: readonly number[], patienceMs: number | undefined): Promise<Counted<Looked>> {
  const kept = KEPT.get(platform) ?? keptCounts<Looked>();
  KEPT.set(platform, kept);
  return kept.read({
    key: `${before.row.id} ${proofAges.join()}`, now, large: LARGE,
    count: async (progress) => {
      const shapes = await platform.listShapes(before.row.id, { now, proofAges, sessionAges: SESSION_AGES_MS, progress });
      const samples = new Map<string, AccountSnapshot>();
      for (const { key, sample } of shapes.subjects) {
        const account = await reads.findAccount(sample);
        if (account !== null) samples.set(key, account);
      }
      return { shapes, samples };
    },
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
}

function pairOf({ identity, credentials }: AccountSnapshot, { before, after, subjectOf }: ImpactPlace): SubjectPair {
  return { before: subjectOf(credentials, before, identity), after: subjectOf(credentials, after, identity) };
}

/** Each of these people, judged by their own credentials and sessions; who is gone is left out. */
export async function readPeople(place: ImpactPlace, people: readonly PersonOfShape[]): Promise<readonly PersonImpact[]> {
  const found: PersonImpact[] = [];
  for (const { identityId, address, isAdmin } of people) {
    const account = await place.reads.findAccount(identityId);
    if (account === null) continue;
    const { sessions } = await place.reads.listSessions(identityId, place.now, { offset: 0, limit: MOST_SESSIONS });
    const subject = pairOf(account, place);
    found.push({ identityId, address, isAdmin, sessions: sessions.length, subject, effect: worst(sessions, subject, place) });
  }
  return found;
}

const ORDER: readonly ImpactEffect[] = ["must_enrol", "asked", "released", "unchanged"];

/** Of several sessions, what hits hardest. */
function worst(sessions: readonly Session[], subject: SubjectPair, { before, after, now }: ImpactPlace): ImpactEffect | null {
  const effects = sessions.map((session) => effectOf(session, subject, { before: before.config.policy, after: after.config.policy, now }));
  return ORDER.find((effect) => effects.includes(effect)) ?? null;
}

/** People of the project by the beginning of an address, or some of those that `impact` names. */
export async function findPeople(place: ImpactPlace, query: { readonly search: string; readonly affected: readonly IdentityId[]; readonly limit: number }): Promise<readonly PersonImpact[]> {
  const { platform, before, now } = place;
  const { search, affected, limit } = query;
  const rows = await platform.listPeopleWithSessions(before.row.id, { limit, now, ...(search === "" ? { ids: affected } : { prefix: search }) });
  return readPeople(place, rows);
}

/** Everybody of this project who administers the installation. */
export async function findAdmins(place: ImpactPlace): Promise<readonly (PersonImpact & { readonly adminId: IdentityId })[]> {
  const { platform, before, now } = place;
  const among = await platform.listAdminsAmong(before.row.id);
  if (among.length === 0) return [];
  const rows = await platform.listPeopleWithSessions(before.row.id, { limit: among.length, now, ids: among.map(({ identityId }) => identityId) });
  const people = await readPeople(place, rows);
  return people.flatMap((person) => {
    const admin = among.find(({ identityId }) => identityId === person.identityId);
    return admin === undefined ? [] : [{ ...person, adminId: admin.adminId }];
  });
}

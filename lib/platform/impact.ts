import type { SessionShape, Shapes } from "../db/handles";
import type { IdentityId } from "../model/ids";
import type { AccessDecision, Area, ProjectPolicy, SessionFacts, SubjectFacts } from "../model/policy";
import { decideAccess } from "../policy/access";
import { atLeast } from "../policy/aal";
import { requirementFor } from "../policy/requirements";

/** What a change does to a session at its next request. */
export type Effect = "asked" | "must_enrol" | "released" | "unchanged";

/** What somebody with these credentials can prove under the policy in force, and under the changed one. */
export interface SubjectPair {
  readonly before: SubjectFacts;
  readonly after: SubjectFacts;
}
export interface ImpactInput {
  readonly before: ProjectPolicy;
  readonly after: ProjectPolicy;
  readonly shapes: Shapes;
  /** The `proofAges` that the shapes were read with. */
  readonly proofAges: readonly number[];
  /** By `SubjectShape.key`. */
  readonly subjects: ReadonlyMap<string, SubjectPair>;
  /** The instant of the shapes. */
  readonly now: Date;
}
export interface ImpactGroup {
  readonly level: string;
  /** What its people could prove under the changed policy. */
  readonly factors: readonly string[];
  readonly ageBucket: number;
  readonly sessions: number;
  readonly asked: number;
  readonly mustEnrol: number;
  readonly released: number;
}
export interface AreaImpact {
  readonly area: Area;
  /** Live sessions that pass there at once. */
  readonly before: number;
  readonly after: number;
}
export interface Impact {
  /** As of when the numbers hold. */
  readonly at: Date;
  readonly sessions: { readonly total: number; readonly asked: number; readonly mustEnrol: number; readonly released: number };
  readonly people: {
    readonly total: number;
    /** Under the changed policy. */
    readonly withSecondFactor: number;
    readonly without: number;
    /** Of those without: for how many a sign-in from now on ends differently. */
    readonly withoutChanged: number;
    /** Own one that counts today and will not count any more. */
    readonly losing: number;
    /** Could begin a session today, and could not any more. */
    readonly shutOut: number;
  };
  readonly groups: readonly ImpactGroup[];
  /** Only where the numbers differ. */
  readonly areas: readonly AreaImpact[];
  /** Some of the people whose next request is answered differently, at most 25. */
  readonly affected: readonly IdentityId[];
}

const AFFECTED = 25;

/**
 * Who a change of policy meets, counted over groups of sessions that no decision can tell apart: `decideAccess` is asked once for
 * each group and the answer is exact for every session in it. Pure.
 */
export function impactOf(input: ImpactInput): Impact {
  const { shapes, subjects, now } = input;
  const areas = areasOf(input.before, input.after).map((area) => ({ area, before: 0, after: 0 }));
  const groups = new Map<string, ImpactGroup>();
  const sessions = { total: 0, asked: 0, mustEnrol: 0, released: 0 };
  const affected = new Set<IdentityId>();
  for (const shape of shapes.sessions) {
    const pair = subjects.get(shape.subject);
    if (pair === undefined) continue;
    const facts = representative(shape, input.proofAges, now);
    const effect = effectOf(facts, pair, input);
    const counts = countsOf(effect, shape.sessions);
    sessions.total += shape.sessions;
    sessions.asked += counts.asked;
    sessions.mustEnrol += counts.mustEnrol;
    sessions.released += counts.released;
    if (effect !== "unchanged") for (const id of shape.samples) affected.add(id);
    for (const entry of areas) {
      if (passes(entry.area, facts, pair.before, input.before, now)) entry.before += shape.sessions;
      if (passes(entry.area, facts, pair.after, input.after, now)) entry.after += shape.sessions;
    }
    add(groups, shape, pair.after, counts);
  }
  return {
    at: now, sessions, people: peopleOf(input), groups: [...groups.values()], areas: areas.filter(({ before, after }) => before !== after),
    affected: [...affected].slice(0, AFFECTED),
  };
}

/** What the change does to one session; the groups and the list of people ask the same question. */
export function effectOf(
  session: SessionFacts, subject: SubjectPair, { before, after, now }: Pick<ImpactInput, "before" | "after" | "now">,
): Effect {
  const was = decideIn({ kind: "session" }, session, subject.before, before, now);
  const will = decideIn({ kind: "session" }, session, subject.after, after, now);
  if (was.kind === "allow" && will.kind === "enroll") return "must_enrol";
  if (was.kind === "allow" && will.kind !== "allow") return "asked";
  return was.kind !== "allow" && will.kind === "allow" ? "released" : "unchanged";
}

/** Ages at which an answer of one of these policies changes, in milliseconds, rising. */
export function proofAgesOf(...policies: readonly ProjectPolicy[]): readonly number[] {
  const seconds = policies.flatMap(({ privilegedMaxAgeSeconds, protectedPaths, operations }) => [
    privilegedMaxAgeSeconds, ...protectedPaths.map(({ requirement }) => requirement.maxAgeSeconds),
    ...Object.values(operations).map(({ maxAgeSeconds }) => maxAgeSeconds),
  ]);
  return [...new Set(seconds.flatMap((value) => (value === undefined ? [] : [Math.floor(value * 1_000)])))].sort((a, b) => a - b);
}

/** Places that a project guards, by either policy. */
function areasOf(before: ProjectPolicy, after: ProjectPolicy): readonly Area[] {
  const prefixes = [...new Set([...before.protectedPaths, ...after.protectedPaths].map(({ prefix }) => prefix))];
  const names = [...new Set([...Object.keys(before.operations), ...Object.keys(after.operations)])];
  return [
    { kind: "session" }, { kind: "settings" }, { kind: "privileged_change" }, { kind: "factor_change" },
    ...prefixes.map((pathname): Area => ({ kind: "path", pathname })), ...names.map((name): Area => ({ kind: "operation", name })),
  ];
}

function representative(shape: SessionShape, ages: readonly number[], now: Date): SessionFacts {
  return {
    methods: shape.methods.map(({ method, aal, enrolled, ageBucket }) => {
      const limit = ages[ageBucket - 1];
      const age = limit === undefined ? 0 : limit + 1;
      return { method, aal, completedAt: new Date(now.getTime() - age), ...(enrolled === true ? { enrolled } : {}) };
    }),
    expiresAt: new Date(now.getTime() + 1), revokedAt: null,
  };
}

function decideIn(area: Area, session: SessionFacts, subject: SubjectFacts, policy: ProjectPolicy, now: Date): AccessDecision {
  return decideAccess(session, subject, requirementFor(area, policy, now) ?? { aal: "aal1" }, now);
}

function passes(area: Area, session: SessionFacts, subject: SubjectFacts, policy: ProjectPolicy, now: Date): boolean {
  return decideIn(area, session, subject, policy, now).kind === "allow";
}

function countsOf(effect: Effect, count: number) {
  return { asked: effect === "asked" ? count : 0, mustEnrol: effect === "must_enrol" ? count : 0, released: effect === "released" ? count : 0 };
}

function add(groups: Map<string, ImpactGroup>, shape: SessionShape, subject: SubjectFacts, counts: ReturnType<typeof countsOf>): void {
  const factors = [...new Set(subject.usable.map(({ method }) => method))];
  const key = `${shape.level} ${factors.join()} ${String(shape.ageBucket)}`;
  const old = groups.get(key) ?? { level: shape.level, factors, ageBucket: shape.ageBucket, sessions: 0, asked: 0, mustEnrol: 0, released: 0 };
  groups.set(key, {
    ...old, sessions: old.sessions + shape.sessions, asked: old.asked + counts.asked, mustEnrol: old.mustEnrol + counts.mustEnrol,
    released: old.released + counts.released,
  });
}

function peopleOf(input: ImpactInput): Impact["people"] {
  const people = { total: 0, withSecondFactor: 0, without: 0, withoutChanged: 0, losing: 0, shutOut: 0 };
  for (const { key, people: count } of input.shapes.subjects) {
    const pair = input.subjects.get(key);
    if (pair === undefined) continue;
    const has = atLeast(pair.after.availableAal, "aal2");
    people.total += count;
    people[has ? "withSecondFactor" : "without"] += count;
    if (!has && effectOf(freshSession(pair.before, input.now), pair, input) !== "unchanged") people.withoutChanged += count;
    if (!has && atLeast(pair.before.availableAal, "aal2")) people.losing += count;
    if (canBegin(pair.before) && !canBegin(pair.after)) people.shutOut += count;
  }
  return people;
}

/** Has a first factor to sign in with. */
export function canBegin(subject: SubjectFacts): boolean {
  return subject.usable.some(({ aal }) => aal === "aal1");
}

function freshSession(subject: SubjectFacts, now: Date): SessionFacts {
  const first = subject.usable.find(({ aal }) => aal === "aal1")?.method ?? "password";
  return { methods: [{ method: first, aal: "aal1", completedAt: now }], expiresAt: new Date(now.getTime() + 1), revokedAt: null };
}

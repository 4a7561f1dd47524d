import type { SessionShape, Shapes } from "../db/handles";
import type { ImpactCount, ImpactEffect, ImpactGroup } from "../model/console-impact";
import type { IdentityId } from "../model/ids";
import type { AccessDecision, Area, ProjectPolicy, SessionFacts, SubjectFacts } from "../model/policy";
import { decideAccess } from "../policy/access";
import { atLeast } from "../policy/aal";
import { areaOfPath } from "../policy/areas";
import type { Screens } from "../policy/areas";
import { requirementFor } from "../policy/requirements";

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
  /** Where either configuration has its own screens, which rules of paths do not reach. */
  readonly screens: { readonly before: Screens; readonly after: Screens };
  /** The instant of the shapes. */
  readonly now: Date;
}
export interface Impact extends ImpactCount {
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
  const areas = areasOf(input).map((place) => ({ ...place, before: 0, after: 0 }));
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
      if (passes(entry.was, facts, pair.before, input.before, now)) entry.before += shape.sessions;
      if (passes(entry.will, facts, pair.after, input.after, now)) entry.after += shape.sessions;
    }
    add(groups, shape, pair.after, counts);
  }
  return {
    at: now, sessions, people: peopleOf(input), groups: [...groups.values()],
    areas: areas.flatMap(({ area, before, after }) => (before === after ? [] : [{ area, before, after }])),
    affected: [...affected].slice(0, AFFECTED),
  };
}

/** What the change does to one session; the groups and the list of people ask the same question. */
export function effectOf(
  session: SessionFacts, subject: SubjectPair, { before, after, now }: Pick<ImpactInput, "before" | "after" | "now">,
): ImpactEffect {
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

interface Place {
  readonly area: Area;
  /** What it counts as under each of the two configurations. */
  readonly was: Area;
  readonly will: Area;
}

/** Places that a project guards, by either policy. A rule over a screen that no rule reaches guards nothing. */
function areasOf({ before, after, screens }: ImpactInput): readonly Place[] {
  const prefixes = [...new Set([...before.protectedPaths, ...after.protectedPaths].map(({ prefix }) => prefix))];
  const names = [...new Set([...Object.keys(before.operations), ...Object.keys(after.operations)])];
  const fixed: readonly Area[] = [
    { kind: "session" }, { kind: "settings" }, { kind: "privileged_change" }, { kind: "factor_change" }, ...names.map((name): Area => ({ kind: "operation", name })),
  ];
  const paths = prefixes.map((pathname): Place => ({
    area: { kind: "path", pathname }, was: areaOfPath(pathname, screens.before), will: areaOfPath(pathname, screens.after),
  }));
  return [...fixed.map((area): Place => ({ area, was: area, will: area })), ...paths.filter(({ was, will }) => was.kind === "path" || will.kind === "path")];
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

function countsOf(effect: ImpactEffect, count: number) {
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

import type { LooseningKind } from "../model/loosening";
import type { AccessRequirement, Area, EnrolmentPolicy } from "../model/policy";
import type { ProjectConfig } from "../model/project";
import { areaOfPath } from "../policy/areas";
import { requirementFor } from "../policy/requirements";

/** The names of what is looser; one empty name where there is only one such thing. */
export type Check = (before: ProjectConfig, after: ProjectConfig, now: Date) => readonly string[];

export const when = (looser: boolean, name = ""): readonly string[] => (looser ? [name] : []);
export const added = (before: readonly string[], after: readonly string[]): readonly string[] => after.filter((entry) => !before.includes(entry));

const RANK: Readonly<Record<AccessRequirement["aal"], number>> = { aal1: 0, highest_available: 1, aal2: 2 };
const WALL: Readonly<Record<EnrolmentPolicy["mode"], number>> = { "optional": 0, "nudge": 1, "required-from-date": 2, "required": 3 };

/** Who is asked, for what, and how long it is believed. */
export const POLICY_CHECKS = {
  sign_in: ({ policy: was }, { policy: will }) => when(was.signIn === "strict" && will.signIn === "lax"),
  settings: ({ policy: was }, { policy: will }) => when(was.settings === "strict" && will.settings === "lax"),
  window: ({ policy: was }, { policy: will }) => when(will.privilegedMaxAgeSeconds > was.privilegedMaxAgeSeconds),
  enrolment: ({ policy: was }, { policy: will }) => when(looserWall(was.enrolment, will.enrolment)),
  // A new rule below an old one can ask for less than that, and so can a screen that moves there: the places of both are looked at.
  path: (before, after, now) => [before, after].flatMap(placesOf)
    .filter(([, pathname]) => looserAt([areaOfPath(pathname, before), areaOfPath(pathname, after)], before, after, now)).map(([name]) => name),
  // An operation that is not named is guarded like a change of factors; to name it can be to ask for less.
  operation: (before, after, now) => [...new Set([...Object.keys(before.policy.operations), ...Object.keys(after.policy.operations)])]
    .filter((name) => looserAt([{ kind: "operation", name }, { kind: "operation", name }], before, after, now)),
  keeps_sessions: (before, after) => when(before.revokeOthersOnCredentialChange && !after.revokeOthersOnCredentialChange),
  lifespan: ({ session: was }, { session: will }) => when(will.lifespanMs > was.lifespanMs),
  extend: ({ earliestExtendMs: was }, { earliestExtendMs: will }) => when((will ?? Infinity) > (was ?? Infinity)),
  session_cache: ({ features: was }, { features: will }) => when((will.cacheableSessionsSeconds ?? 0) > (was.cacheableSessionsSeconds ?? 0)),
  logout_data: (before, after) => when(before.clearBrowserDataAtLogout && !after.clearBrowserDataAtLogout),
  token: (before, after) => Object.entries(after.tokenizer).filter(([name, will]) => {
    const was = Object.hasOwn(before.tokenizer, name) ? before.tokenizer[name] : undefined;
    return was === undefined || will.ttlMs > was.ttlMs || will.jwksUrl !== was.jwksUrl;
  }).map(([name]) => name),
} as const satisfies Partial<Record<LooseningKind, Check>>;

function looserWall(was: EnrolmentPolicy, will: EnrolmentPolicy): boolean {
  if (WALL[will.mode] !== WALL[was.mode]) return WALL[will.mode] < WALL[was.mode];
  return was.mode === "required-from-date" && will.mode === "required-from-date" && will.from.getTime() > was.from.getTime();
}

/**
 * Where what is asked of a path can begin or end, each with its name: the rules, and the screens that `areaOfPath` exempts from them.
 * A way in can stand exactly on a rule and hide it, so some path below is looked at as well; below a way in is no place of its own.
 */
function placesOf({ baseUrl, flows: { settings, ...waysIn }, errorUiUrl, policy }: ProjectConfig): readonly (readonly [name: string, pathname: string])[] {
  const own = (urls: readonly string[]): readonly string[] => urls.map((url) => new URL(url, baseUrl))
    .filter(({ origin }) => origin === new URL(baseUrl).origin).map(({ pathname }) => pathname);
  return [
    ...[...policy.protectedPaths.map(({ prefix }) => prefix), ...own([settings.uiUrl])].flatMap((place) => [[place, place], [place, `${place}/:below`]] as const),
    ...own([...Object.values(waysIn).map(({ uiUrl }) => uiUrl), errorUiUrl]).map((place) => [place, place] as const),
  ];
}

/** Settings and the wall have sentences of their own: it is no loss here that settings ask for less, or that nobody need enrol. */
function looserAt([was, will]: readonly [Area, Area], before: ProjectConfig, after: ProjectConfig, now: Date): boolean {
  if (was.kind === "settings" && will.kind === "settings") return false;
  const asked = requirementFor(was, { ...before.policy, enrolment: after.policy.enrolment }, now);
  return asked !== null && looser(asked, requirementFor(will, after.policy, now));
}

function looser(was: AccessRequirement, will: AccessRequirement | null): boolean {
  if (will === null || RANK[will.aal] < RANK[was.aal]) return true;
  if (was.enrolled === true && will.enrolled !== true) return true;
  if ((will.maxAgeSeconds ?? Infinity) > (was.maxAgeSeconds ?? Infinity)) return true;
  const { methods } = will;
  return was.methods !== undefined && (methods === undefined || methods.some((method) => !was.methods?.includes(method)));
}

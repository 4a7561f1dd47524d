import type { EnrolmentPrompt } from "../db/handles";
import { REGISTRY } from "../factors/registry";
import type { FactorId } from "../model/assurance";
import type { SubjectFacts } from "../model/policy";
import type { Project } from "../model/project";
import type { Session } from "../model/session";
import { addMs, DAY_MS } from "../model/time";
import { atLeast } from "../policy/aal";

/** Who is asked, and what is known of earlier answers. */
export interface PromptFacts {
  readonly project: Project;
  readonly session: Session;
  readonly subject: SubjectFacts;
  /** Types of credentials that the person owns already. */
  readonly owned: readonly FactorId[];
  readonly before: EnrolmentPrompt | null;
  readonly now: Date;
}

/** What the page after a sign-up or sign-in may say (ux.md 2.14). */
export interface PromptOffer {
  /** It is time: a finished sign-in leads here. The page itself may be visited at any time. */
  readonly due: boolean;
  readonly kind: "suggest" | "require-by" | "require-now";
  /** What can be set up, the recommendation first. Never empty. */
  readonly methods: readonly FactorId[];
  readonly canSkip: boolean;
  /** "Don't ask again" is an answer. */
  readonly canRefuse: boolean;
  /** Days until the next question after "not now"; null: it is not asked again, or cannot be put off. */
  readonly againInDays: number | null;
  /** By when a second factor must be owned; null where nothing demands it. */
  readonly dueAt: Date | null;
}

/** Recovery codes are a second way to a second factor, not one to begin with. */
const NOT_TO_BEGIN_WITH: readonly FactorId[] = ["lookup_secret", "password", "oidc"];

/**
 * Whether this person is asked to own a second factor, and how. Null when there is nothing to ask: the project does not, the
 * person has one or stands at its level, or nothing can be set up here. Decides nothing about access: the wall is the policy's
 * (`enrolment`), and this is the friendly page before it.
 */
export function promptOffer(facts: PromptFacts): PromptOffer | null {
  const { project, session, subject, before, now } = facts;
  const { mode, everyDays } = project.config.enrolmentPrompt;
  if (mode === "off" || project.row.kind === "console") return null;
  if (atLeast(subject.availableAal, "aal2") || atLeast(session.aal, "aal2")) return null;
  const { enrolment } = project.config.policy;
  const dueAt = enrolment.mode === "required-from-date" ? enrolment.from : null;
  const walled = mode === "require-now" || (mode === "require-by" && (dueAt === null || dueAt <= now));
  const methods = methodsToOffer(facts, mode === "require-by" || mode === "require-now");
  if (methods.length === 0) return null;
  if (walled) return { due: true, kind: "require-now", methods, canSkip: false, canRefuse: false, againInDays: null, dueAt };
  switch (mode) {
    case "suggest-once":
      return { due: before === null, kind: "suggest", methods, canSkip: true, canRefuse: false, againInDays: null, dueAt };
    case "suggest-every":
      return { due: isDue(before, everyDays, now), kind: "suggest", methods, canSkip: true, canRefuse: dueAt === null, againInDays: everyDays, dueAt };
    default: {
      const days = interval(everyDays, dueAt ?? now, now);
      return { due: isDue(before, days, now), kind: "require-by", methods, canSkip: true, canRefuse: false, againInDays: days, dueAt };
    }
  }
}

function isDue(before: EnrolmentPrompt | null, everyDays: number, now: Date): boolean {
  if (before === null) return true;
  if (before.never) return false;
  return before.skippedAt === null || addMs(before.skippedAt, everyDays * DAY_MS) <= now;
}

/** Asked more often as the date comes nearer: after half of the days that are left, at least one, at most `everyDays`. */
function interval(everyDays: number, dueAt: Date, now: Date): number {
  const left = (dueAt.getTime() - now.getTime()) / DAY_MS;
  return Math.max(1, Math.min(everyDays, Math.floor(left / 2)));
}

/**
 * What the project lets people set up that raises a sign-in, in the registry's order. A passkey is a way to sign in that can be
 * enough by itself; where a second factor is demanded of password sign-ins it does not answer the demand (ruling J6).
 */
function methodsToOffer({ project, owned }: PromptFacts, demanded: boolean): readonly FactorId[] {
  const { methods } = project.config;
  return REGISTRY.filter((factor) => factor.enabled(methods) && factor.settings !== undefined && !NOT_TO_BEGIN_WITH.includes(factor.id)
    && !owned.includes(factor.id)
    && (factor.id === "passkey" ? !demanded && methods.passkey.aal2OnUserVerification : raises(factor.id, project)))
    .map(({ id }) => id);
}

function raises(id: FactorId, { config }: Project): boolean {
  if (id === "webauthn") return !config.methods.webauthn.passwordless;
  return REGISTRY.find((factor) => factor.id === id)?.login?.levels.includes("second") === true;
}

/** The page's address, with the place where the person was going. */
export function promptUrl(project: Project, returnTo: string): string {
  const url = new URL(`${project.config.baseUrl.replace(/\/+$/, "")}/setup-mfa`);
  url.searchParams.set("return_to", returnTo);
  return url.href;
}

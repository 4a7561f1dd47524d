import "server-only";
import { redirect } from "next/navigation";
import { continueUrl } from "../../flows/decide";
import type { AssuranceLevel, FactorId, RequiredAal } from "../../model/assurance";
import { DomainError } from "../../model/errors";
import type { Identity } from "../../model/identity";
import type { AccessDecision, AccessRequirement } from "../../model/policy";
import type { Session } from "../../model/session";
import { decideAccess } from "../../policy/access";
import { areaOfPath } from "../../policy/areas";
import { requirementFor } from "../../policy/requirements";
import { signInState } from "../../policy/sign-in-state";
import { logoutTokenOf } from "../../sessions/revoke";
import type { Exchange } from "../exchange";
import { judge } from "../judge";
import { wantsJson } from "../negotiate";
import { displayNameOf, hintOf, summaryOf } from "../person";
import type { PersonHint, SessionSummary } from "../person";
import { emptyAnswer } from "../answer";
import { respondRefusal } from "../refusal";
import type { Refusal, Refused } from "../refusal";
import { openPage, ownPathname, thisPage } from "./page";

export type { PersonHint, SessionSummary } from "../person";

export type Demand =
  | { readonly operation: string }
  | { readonly aal: RequiredAal; readonly maxAgeSeconds?: number; readonly methods?: readonly FactorId[] };

export type Assurance =
  | { readonly kind: "allow"; readonly session: Session; readonly identity: Identity; readonly aal: AssuranceLevel }
  | { readonly kind: "second_factor_pending"; readonly hint: PersonHint; readonly continueAt: URL; readonly signOutAt: URL }
  | (Refused & { readonly continueAt: URL })
  | { readonly kind: "unavailable"; readonly retryAfterSeconds: number };
export type RefusedAssurance = Exclude<Assurance, { readonly kind: "allow" }>;

const SIGNED_IN: AccessRequirement = { aal: "aal1" };

/**
 * The guard of pages, route handlers and server actions alike. Asks the session area first, then the demand and the project's
 * rule for the path the request came to, whatever its method; the stricter answer counts and only `allow` carries a person.
 * `returnTo` is where the person comes back to, the page at hand unless a handler names another.
 */
export async function requireAssurance(demand: Demand, place: { readonly returnTo?: string } = {}): Promise<Assurance> {
  const exchange = await openPage();
  if (exchange === null) return { kind: "unavailable", retryAfterSeconds: 2 };
  const { policy, baseUrl } = exchange.project.config;
  const returnTo = place.returnTo === undefined ? thisPage(exchange) : new URL(place.returnTo, baseUrl).href;
  const operation = "operation" in demand ? demand.operation : null;
  const refused = (decision: Refused, requirement: AccessRequirement, named: string | null): RefusedAssurance =>
    remember(exchange, { decision, returnTo, requirement, ...(named === null ? {} : { operation: named }) });

  const first = judge(exchange, { kind: "session" });
  if (first.kind !== "allow") return refused(first, requirementFor({ kind: "session" }, policy, exchange.now) ?? SIGNED_IN, operation);
  const view = exchange.session;
  if (view === null) return refused({ kind: "sign_in", reason: "no_session" }, SIGNED_IN, operation);
  const requirement = "operation" in demand
    ? requirementFor({ kind: "operation", name: demand.operation }, policy, exchange.now) ?? SIGNED_IN : demand;
  const decision = decideAccess(view.session, view.subject, requirement, exchange.now);
  const pathname = ownPathname(exchange);
  const rule = pathname === null ? null : requirementFor(areaOfPath(pathname, exchange.project.config), policy, exchange.now);
  if (rule !== null) {
    const byPath = decideAccess(view.session, view.subject, rule, exchange.now);
    // The operation narrows methods by its own rule; a refusal of the path is explained by the path.
    if (byPath.kind !== "allow" && strictness(byPath) > strictness(decision)) return refused(byPath, rule, null);
  }
  if (decision.kind !== "allow") return refused(decision, requirement, operation);
  return { kind: "allow", session: view.session, identity: view.identity, aal: decision.aal };
}

const STEPS: readonly AccessDecision["kind"][] = ["allow", "reauthenticate", "step_up", "enroll", "sign_in"];

/** Which of two answers asks for more; proving a second factor again is more than proving a first one again. */
function strictness(decision: AccessDecision): number {
  return STEPS.indexOf(decision.kind) + (decision.kind === "reauthenticate" && decision.to === "aal2" ? 0.5 : 0);
}

/** What a refusal was made from, for whoever turns it into a Response; the refusal itself shows only what a screen may. */
const MADE_FROM = new WeakMap<object, { readonly exchange: Exchange; readonly refusal: Refusal }>();

function remember(exchange: Exchange, refusal: Refusal): RefusedAssurance {
  const { decision, returnTo, operation } = refusal;
  const at = new URL(continueUrl(decision, exchange.project, returnTo, operation) ?? exchange.project.config.baseUrl);
  const pending = exchange.session !== null && signInState(judge(exchange, { kind: "session" })) === "second_factor_pending";
  const told: RefusedAssurance = pending && exchange.session !== null
    ? { kind: "second_factor_pending", hint: hintOf(exchange.session.identity), continueAt: at, signOutAt: signOutOf(exchange) }
    : { ...decision, continueAt: at };
  MADE_FROM.set(told, { exchange, refusal });
  return told;
}

/** For pages and actions: on to where progress is possible. While the store is away there is no such place, and it throws. */
export function redirectForAssurance(refused: RefusedAssurance): never {
  if (refused.kind === "unavailable") throw new DomainError("unavailable", { retryAfterSeconds: refused.retryAfterSeconds });
  redirect(refused.continueAt.href);
}

/** For route handlers: 303, 401, 403 or 503, by who asked and how. */
export function responseForAssurance(refused: RefusedAssurance): Response {
  const made = MADE_FROM.get(refused);
  if (refused.kind === "unavailable" || made === undefined) return emptyAnswer(null, 503, { "retry-after": "2" });
  return respondRefusal(made.exchange, made.refusal, wantsJson(made.exchange.headers));
}

/** Who is in front of the page; only `signed_in` names them. */
export type PersonState =
  | { readonly kind: "signed_out" }
  | {
      readonly kind: "second_factor_pending" | "enrolment_pending";
      readonly hint: PersonHint; readonly continueAt: string; readonly signOutAt: string;
    }
  | {
      readonly kind: "signed_in"; readonly session: SessionSummary; readonly signOutAt: string;
      readonly identity: Pick<Identity, "id" | "traits"> & { readonly displayName: string; readonly maskedAddress: string };
    }
  | { readonly kind: "unavailable" };

export async function currentPerson(): Promise<PersonState> {
  const exchange = await openPage();
  return exchange === null ? { kind: "unavailable" } : personOf(exchange);
}

export function personOf(exchange: Exchange): PersonState {
  const view = exchange.session;
  const decision = judge(exchange, { kind: "session" });
  const state = signInState(decision);
  if (view === null || state === "signed_out") return { kind: "signed_out" };
  const signOutAt = signOutOf(exchange).href;
  const { identity, session } = view;
  const hint = hintOf(identity);
  if (state === "signed_in") {
    const shown = { id: identity.id, traits: identity.traits, displayName: displayNameOf(identity), maskedAddress: hint.maskedAddress };
    return { kind: "signed_in", session: summaryOf(session), identity: shown, signOutAt };
  }
  const continueAt = continueUrl(decision, exchange.project, thisPage(exchange)) ?? exchange.project.config.baseUrl;
  return { kind: state, hint, continueAt, signOutAt };
}

function signOutOf(exchange: Exchange): URL {
  const { keys } = exchange.services;
  const url = new URL("/self-service/logout", exchange.project.config.baseUrl);
  if (exchange.session !== null) url.searchParams.set("token", logoutTokenOf(exchange.session.session, keys));
  return url;
}

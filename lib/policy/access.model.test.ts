import { describe, expect, it } from "vitest";
import type { AuthenticationMethod, FactorId } from "../model/assurance";
import type { AccessDecision, Area, ProjectPolicy, SessionFacts, SubjectFacts } from "../model/policy";
import { availableAal } from "./aal";
import { decideAccess } from "./access";
import { requirementFor } from "./requirements";

/*
 * A second opinion. This model was written from the contract (4.1 to 4.8) and the rulings J6, J15, J16, and shares nothing with
 * the code it checks: levels are two halves of a key, demands are rows of words, a verdict is the first row that applies.
 */

type Kind = "password" | "oidc" | "passkey" | "totp" | "webauthn" | "lookup_secret" | "code";
const KINDS: readonly Kind[] = ["password", "oidc", "passkey", "totp", "webauthn", "lookup_secret", "code"];
const HALVES: Readonly<Record<Kind, "first" | "second" | "first, worth both">> = {
  password: "first", oidc: "first", passkey: "first, worth both", totp: "second", webauthn: "second", lookup_secret: "second", code: "second",
};

interface Proof { readonly by: Kind | "code_recovery"; readonly half: "knows" | "has" | "both"; readonly age: number }
interface Facts {
  readonly owns: ReadonlySet<Kind>;
  readonly state: "none" | "revoked" | "expired" | "live";
  readonly proofs: readonly Proof[];
}
interface Rules {
  readonly signIn: "strict" | "lax";
  readonly settings: "strict" | "lax";
  readonly window: number;
  readonly wall: boolean;
}
interface Ask { readonly level: "one" | "two" | "best"; readonly within?: number; readonly by?: readonly Kind[]; readonly wall: boolean }

const AREAS: Readonly<Record<string, { readonly area: Area; readonly ask: (rules: Rules) => Ask | null }>> = {
  session: { area: { kind: "session" }, ask: (w) => ({ level: w.signIn === "lax" ? "one" : "best", wall: w.wall }) },
  settings: { area: { kind: "settings" }, ask: (w) => ({ level: w.settings === "lax" ? "one" : "best", wall: false }) },
  "new password": {
    area: { kind: "privileged_change" },
    ask: (w) => ({ level: w.settings === "lax" ? "one" : "best", within: w.window, wall: false }),
  },
  "new password after recovery": { area: { kind: "privileged_change", recovered: true }, ask: (w) => ({ level: "best", within: w.window, wall: false }) },
  "change of factors": { area: { kind: "factor_change" }, ask: (w) => ({ level: "best", within: w.window, wall: false }) },
  "free path": { area: { kind: "path", pathname: "/about" }, ask: () => null },
  "guarded path": { area: { kind: "path", pathname: "/payment/now" }, ask: (w) => ({ level: "two", within: 600, wall: w.wall }) },
  "operation by app or key": {
    area: { kind: "operation", name: "pay" }, ask: (w) => ({ level: "two", within: 300, by: ["totp", "webauthn", "passkey"], wall: w.wall }),
  },
  "operation by key, best": { area: { kind: "operation", name: "sign" }, ask: (w) => ({ level: "best", by: ["webauthn"], wall: w.wall }) },
  "operation by first factor": {
    area: { kind: "operation", name: "read" }, ask: (w) => ({ level: "one", within: 300, by: ["password", "oidc"], wall: w.wall }),
  },
  "operation nobody named": { area: { kind: "operation", name: "other" }, ask: (w) => ({ level: "best", within: w.window, wall: w.wall }) },
};

function opinion(world: Facts, ask: Ask): string {
  const { proofs, owns } = world;
  const knows = proofs.some((p) => p.half !== "has");
  const has = proofs.some((p) => p.half !== "knows");
  const stands = proofs.length === 0 ? 0 : knows && has ? 2 : 1;
  const canTwo = KINDS.some((kind) => owns.has(kind) && HALVES[kind] === "second");
  const wanted = ask.level === "two" || (ask.level === "best" && canTwo) ? 2 : 1;
  const counts = proofs.filter((p) => (wanted === 1 || p.half !== "knows") && (ask.by?.includes(p.by as Kind) ?? true));
  const youngest = Math.min(...counts.map((p) => p.age));
  const ableNow = KINDS.some((kind) => owns.has(kind) && (ask.by?.includes(kind) ?? true) && (wanted === 1 || HALVES[kind] !== "first"));
  const listed = ask.by !== undefined;
  const late = ask.within !== undefined && youngest > ask.within;
  const verdicts: readonly (string | false)[] = [
    world.state === "none" && "sign_in/no_session",
    world.state === "revoked" && "sign_in/session_revoked",
    world.state === "expired" && "sign_in/session_expired",
    stands === 0 && "sign_in/no_method",
    ask.wall && !canTwo && stands < 2 && "enroll/enrolment_required",
    stands < wanted && !canTwo && "enroll/no_second_factor",
    stands < wanted && listed && !ableNow && "enroll/no_accepted_factor",
    stands < wanted && "step_up/aal_too_low/aal2",
    listed && counts.length === 0 && !ableNow && "enroll/no_accepted_factor",
    listed && counts.length === 0 && `reauthenticate/method_not_accepted/aal${wanted}`,
    late && listed && !ableNow && "enroll/no_accepted_factor",
    late && wanted === 2 && !ableNow && "enroll/no_second_factor",
    late && `reauthenticate/authentication_too_old/aal${wanted}`,
  ];
  return verdicts.find((verdict) => verdict !== false) || `allow/aal${stands}`;
}

const asText = (d: AccessDecision): string =>
  d.kind === "allow" ? `allow/${d.aal}` : d.kind === "step_up" || d.kind === "reauthenticate" ? `${d.kind}/${d.reason}/${d.to}` : `${d.kind}/${d.reason}`;

const NOW = new Date("2026-03-01T12:00:00Z");
/** The privileged window, and whether enrolment is due. */
const CLIMATES = [[300, false], [900, true]] as const;
/** One age per proof and pattern, on both sides of every limit used above, the limits included. */
const AGES: readonly (readonly number[])[] = [[0, 300, 301, 600, 601, 900], [901, 299, 900, 5, 300, 10]];
const PROOFS: readonly Omit<Proof, "age">[] = [
  { by: "password", half: "knows" }, { by: "code_recovery", half: "knows" }, { by: "totp", half: "has" },
  { by: "webauthn", half: "has" }, { by: "lookup_secret", half: "has" }, { by: "passkey", half: "both" },
];

function histories(): readonly Pick<Facts, "state" | "proofs">[] {
  const live = AGES.flatMap((ages) =>
    Array.from({ length: 2 ** PROOFS.length }, (_, bits) => ({
      state: "live" as const,
      proofs: PROOFS.flatMap((proof, index) => ((bits >> index) & 1 ? [{ ...proof, age: ages[index] ?? 0 }] : [])),
    })));
  const dead = (["none", "revoked", "expired"] as const).map((state) => ({ state, proofs: [{ by: "password", half: "knows", age: 0 } as const] }));
  return [...live, ...dead];
}

function sessionOf(history: Pick<Facts, "state" | "proofs">): SessionFacts | null {
  if (history.state === "none") return null;
  const methods = history.proofs.map((proof): AuthenticationMethod => ({
    method: proof.by, aal: proof.half === "knows" ? "aal1" : "aal2", completedAt: new Date(NOW.getTime() - proof.age * 1000),
  }));
  const end = history.state === "expired" ? -1 : 60_000;
  return { methods, expiresAt: new Date(NOW.getTime() + end), revokedAt: history.state === "revoked" ? NOW : null };
}

function subjectOf(owns: ReadonlySet<Kind>): SubjectFacts {
  const counts = [...owns].map((kind) => (HALVES[kind] === "second" ? { first: 0, second: 1 } : { first: 1, second: 0 }));
  const usable = [...owns].map((method) => ({ method: method satisfies FactorId, aal: HALVES[method] === "first" ? "aal1" as const : "aal2" as const }));
  return { availableAal: availableAal(counts), usable };
}

function policyOf(world: Rules): ProjectPolicy {
  return {
    signIn: world.signIn, settings: world.settings, privilegedMaxAgeSeconds: world.window,
    protectedPaths: [{ prefix: "/payment", requirement: { aal: "aal2", maxAgeSeconds: 600 } }],
    operations: {
      pay: { aal: "aal2", maxAgeSeconds: 300, methods: ["totp", "webauthn", "passkey"] },
      sign: { aal: "highest_available", methods: ["webauthn"] },
      read: { aal: "aal1", maxAgeSeconds: 300, methods: ["password", "oidc"] },
    },
    enrolment: world.wall ? { mode: "required" } : { mode: "optional" },
  };
}

describe("the decision and an independently written model", () => {
  it("agree on every combination of credentials, sessions, areas and configuration", () => {
    const people = Array.from({ length: 2 ** KINDS.length }, (_, bits) => new Set(KINDS.filter((_kind, index) => (bits >> index) & 1)));
    const subjects = people.map((owns) => ({ owns, subject: subjectOf(owns) }));
    const pasts = histories().map((history) => ({ ...history, session: sessionOf(history) }));
    const differences: string[] = [];
    const verdicts = new Set<string>();
    let compared = 0;
    for (const signIn of ["strict", "lax"] as const) for (const settings of ["strict", "lax"] as const)
      for (const [window, wall] of CLIMATES) {
        const rules = { signIn, settings, window, wall };
        const policy = policyOf(rules);
        for (const [name, { area, ask }] of Object.entries(AREAS)) {
          const requirement = requirementFor(area, policy, NOW);
          const asked = ask(rules);
          for (const { owns, subject } of subjects) for (const { state, proofs, session } of pasts) {
            const expected = asked === null ? "free" : opinion({ owns, state, proofs }, asked);
            const actual = requirement === null ? "free" : asText(decideAccess(session, subject, requirement, NOW));
            compared += 1;
            verdicts.add(expected);
            if (actual !== expected && differences.length < 5) differences.push(`${name} ${JSON.stringify({ ...rules, state, proofs, owns: [...owns] })}: ${actual}, model ${expected}`);
          }
        }
      }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(98_304);
    // Every answer that exists was given at least once; no row of the model is dead.
    expect([...verdicts].sort()).toEqual([
      "allow/aal1", "allow/aal2", "enroll/enrolment_required", "enroll/no_accepted_factor", "enroll/no_second_factor", "free",
      "reauthenticate/authentication_too_old/aal1", "reauthenticate/authentication_too_old/aal2",
      "reauthenticate/method_not_accepted/aal1", "reauthenticate/method_not_accepted/aal2",
      "sign_in/no_method", "sign_in/no_session", "sign_in/session_expired", "sign_in/session_revoked", "step_up/aal_too_low/aal2",
    ].sort());
  }, 120_000);
});

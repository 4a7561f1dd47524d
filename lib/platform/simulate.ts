import type { AccessDecision } from "../model/policy";
import type { SimulateInput, Trace, TraceStep } from "../policy/trace";
import { simulate } from "../policy/trace";

export { simulate } from "../policy/trace";
export type { RuleId, SimulateInput, Trace, TraceStep } from "../policy/trace";

/** The answer in one English sentence; for `rung explain` and logs (the console has its own words in every language). */
export function verdictInWords({ decision, requirement }: Trace): string {
  if (requirement === null) return "Nothing is asked: no rule covers this path.";
  switch (decision.kind) {
    case "allow": return `They pass: the session stands at ${decision.aal}.`;
    case "sign_in": return "They have to sign in.";
    case "step_up": return "They are asked for their second factor.";
    case "reauthenticate": return decision.to === "aal2" ? "They are asked for their second factor again." : "They are asked to sign in again.";
    case "enroll": return "They have to set up a second factor first.";
  }
}

/** Every rule that was asked, one English line each, the deciding one last. */
export function explain(input: SimulateInput): { readonly trace: Trace; readonly verdict: string; readonly lines: readonly string[] } {
  const trace = simulate(input);
  const lines = trace.steps.filter(({ state }) => state !== "not_reached").map((step) => stepInWords(step, trace.decision));
  return { trace, verdict: verdictInWords(trace), lines };
}

function stepInWords({ rule, state, facts }: TraceStep, decision: AccessDecision): string {
  const list = (name: string): string => {
    const value = facts[name];
    return Array.isArray(value) && value.length > 0 ? value.join(", ") : "none";
  };
  const told = (name: string): string => String(facts[name] ?? "any");
  const against = state === "decided" && decision.kind !== "allow";
  switch (rule) {
    case "requirement": return state === "decided" ? "No rule covers this path." : `The rule demands ${told("level")}${facts["seconds"] === undefined ? "" : `, proved within ${told("seconds")} s`}.`;
    case "session": return against ? "There is no session." : "There is a session.";
    case "revoked": return against ? "The session was ended." : "It was not ended.";
    case "expired": return against ? "The session is over." : "It is not over.";
    case "method": return against ? "Nothing was proved in it." : `Proved in it: ${list("methods")}.`;
    case "enrolment": return against ? "A second factor must be owned, and none is." : facts["enrolled"] === "yes" ? "A second factor must be owned, and one is, or the session is confirmed." : "Nobody is made to own a second factor here.";
    case "level": return against ? `The session stands at ${told("have")}, ${told("demanded")} is demanded of this person.` : `The session stands at ${told("have")}; ${told("demanded")} is demanded of this person.`;
    case "accepted_method": return against ? `Only ${list("methods")} count here, and none of them proved the level.` : list("methods") === "none" ? "Any method counts." : `Only ${list("methods")} count here, and one of them proved the level.`;
    case "age": return against ? `The proof is ${told("ago")} s old, at most ${told("seconds")} s are allowed.` : facts["seconds"] === undefined ? "It may be of any age." : `The proof is ${told("ago")} s old; at most ${told("seconds")} s are allowed.`;
    case "allow": return "Nothing is left to ask.";
  }
}

/** A test of `decideAccess` with these facts and this answer, ready to paste below `import { decideAccess } from "lib/policy/access"`. */
export function asTest(input: SimulateInput, trace: Trace): string {
  const { session, subject, now } = input;
  const when = (at: Date): string => `new Date(${JSON.stringify(at.toISOString())})`;
  const methods = (session?.methods ?? []).map(({ method, aal, completedAt, enrolled }) =>
    `{ method: ${JSON.stringify(method)}, aal: ${JSON.stringify(aal)}, completedAt: ${when(completedAt)}${enrolled === true ? ", enrolled: true" : ""} }`);
  const facts = session === null ? "null"
    : `{ methods: [${methods.join(", ")}], expiresAt: ${when(session.expiresAt)}, revokedAt: ${session.revokedAt === null ? "null" : when(session.revokedAt)} }`;
  const usable = subject.usable.map(({ method, aal }) => `{ method: ${JSON.stringify(method)}, aal: ${JSON.stringify(aal)} }`);
  const person = `{ availableAal: ${JSON.stringify(subject.availableAal)}, usable: [${usable.join(", ")}] }`;
  if (trace.requirement === null) return `// No rule covers ${JSON.stringify(trace.area)}: nothing is asked, decideAccess is not called.`;
  const requirement = JSON.stringify(trace.requirement).replace(/"([A-Za-z]+)":/g, "$1: ").replaceAll(",", ", ").replace(/^\{/, "{ ").replace(/\}$/, " }");
  const decision = JSON.stringify(trace.decision).replace(/"([A-Za-z]+)":/g, "$1: ").replaceAll(",", ", ").replace(/^\{/, "{ ").replace(/\}$/, " }");
  return `test("${titleOf(trace)}", () => { expect(decideAccess(${facts}, ${person}, ${requirement}, ${when(now)})).toEqual(${decision}); });`;
}

function titleOf({ area, decision }: Trace): string {
  const place = area.kind === "path" ? area.pathname : area.kind === "operation" ? area.name : area.kind;
  return `${place.replace(/["\\\n]/g, " ")}: ${decision.kind}${"reason" in decision ? `, ${decision.reason}` : ""}`;
}

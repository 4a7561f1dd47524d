import type { SimulateInput, Trace } from "../policy/trace";

export { simulate } from "../policy/trace";
export type { RuleId, SimulateInput, Trace, TraceStep } from "../policy/trace";

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

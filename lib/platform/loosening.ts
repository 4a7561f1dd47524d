import { secondFactors } from "../config/methods";
import type { AccessRequirement, EnrolmentPolicy, ProjectPolicy } from "../model/policy";
import type { ProjectConfig } from "../model/project";
import { requirementFor } from "../policy/requirements";

/** One way in which a change protects less. `name`: which path, operation or method. */
export interface Loosening {
  readonly kind: "sign_in" | "settings" | "window" | "lifespan" | "enrolment" | "path" | "operation" | "second_factor" | "passkey_counts" | "keeps_sessions";
  readonly name: string;
}

const RANK: Readonly<Record<AccessRequirement["aal"], number>> = { aal1: 0, highest_available: 1, aal2: 2 };
const WALL: Readonly<Record<EnrolmentPolicy["mode"], number>> = { "optional": 0, "nudge": 1, "required-from-date": 2, "required": 3 };

/** Everything in which `after` asks for less than `before`; empty when nothing does. A change with one of these needs a reason. */
export function looseningsOf(before: ProjectConfig, after: ProjectConfig, now: Date): readonly Loosening[] {
  const found: Loosening[] = [];
  const [was, will] = [before.policy, after.policy];
  const note = (kind: Loosening["kind"], when: boolean, name = ""): void => {
    if (when) found.push({ kind, name });
  };
  note("sign_in", was.signIn === "strict" && will.signIn === "lax");
  note("settings", was.settings === "strict" && will.settings === "lax");
  note("window", will.privilegedMaxAgeSeconds > was.privilegedMaxAgeSeconds);
  note("lifespan", after.session.lifespanMs > before.session.lifespanMs);
  note("enrolment", looserWall(was.enrolment, will.enrolment));
  for (const { prefix } of was.protectedPaths) note("path", looserAt({ kind: "path", pathname: prefix }, was, will, now), prefix);
  for (const name of Object.keys(was.operations)) note("operation", looserAt({ kind: "operation", name }, was, will, now), name);
  for (const method of secondFactors(before.methods)) note("second_factor", !secondFactors(after.methods).includes(method), method);
  note("passkey_counts", !before.methods.passkey.aal2OnUserVerification && after.methods.passkey.aal2OnUserVerification);
  note("keeps_sessions", before.revokeOthersOnCredentialChange && !after.revokeOthersOnCredentialChange);
  return found;
}

function looserWall(was: EnrolmentPolicy, will: EnrolmentPolicy): boolean {
  if (WALL[will.mode] !== WALL[was.mode]) return WALL[will.mode] < WALL[was.mode];
  return was.mode === "required-from-date" && will.mode === "required-from-date" && will.from.getTime() > was.from.getTime();
}

function looserAt(area: Parameters<typeof requirementFor>[0], was: ProjectPolicy, will: ProjectPolicy, now: Date): boolean {
  const before = requirementFor(area, was, now);
  return before !== null && looser(before, requirementFor(area, will, now));
}

function looser(was: AccessRequirement, will: AccessRequirement | null): boolean {
  if (will === null || RANK[will.aal] < RANK[was.aal]) return true;
  if ((will.maxAgeSeconds ?? Infinity) > (was.maxAgeSeconds ?? Infinity)) return true;
  const { methods } = will;
  return was.methods !== undefined && (methods === undefined || methods.some((method) => !was.methods?.includes(method)));
}

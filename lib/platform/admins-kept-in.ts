import { parseProjectConfig } from "../config/parse";
import type { AccountSnapshot, PlatformDb } from "../db/handles";
import type { Credential } from "../model/credential";
import { DomainError } from "../model/errors";
import type { Identity, JsonObject } from "../model/identity";
import type { IdentityId, ProjectId } from "../model/ids";
import type { SubjectFacts } from "../model/policy";
import type { Project, ProjectRow } from "../model/project";
import { decideAccess } from "../policy/access";
import { requirementFor } from "../policy/requirements";
import { canBegin } from "./impact";

export interface AdminsDeps {
  readonly findAccount: (projectId: ProjectId, id: IdentityId) => Promise<AccountSnapshot | null>;
  readonly subjectOf: (credentials: readonly Credential[], project: Project, identity?: Identity) => SubjectFacts;
  readonly baseUrlOf: (row: ProjectRow) => string;
  readonly now: () => Date;
}

/** The operation every page of the console asks for. */
const OPERATION = "console.admin";

/**
 * The platform's database, which appends no revision to the console project under which no owner could get in any more: every
 * face (console, API, command, file) ends here. Throws `config_invalid` with the reason. Without owners nobody is shut out.
 */
export function withAdminsKeptIn(platform: PlatformDb, deps: AdminsDeps): PlatformDb {
  return {
    ...platform,
    async appendRevision(projectId, expected, revision, ...rest) {
      const row = await platform.findConsoleProject();
      if (row !== null && row.id === projectId) await refuseLockout(platform, row, revision.document, expected + 1, deps);
      return platform.appendRevision(projectId, expected, revision, ...rest);
    },
  };
}

/** Throws `config_invalid` when this document would leave no owner a way into the console. */
export async function refuseLockout(platform: PlatformDb, row: ProjectRow, document: JsonObject, revision: number, deps: AdminsDeps): Promise<void> {
  const config = parseProjectConfig(document, revision, { baseUrl: deps.baseUrlOf(row), projectKey: row.key, name: row.name });
  const project: Project = { row, config };
  const owners = (await platform.listAdminsAmong(row.id)).filter(({ role, identityId, adminId }) => role === "owner" && identityId === adminId);
  if (owners.length === 0) return;
  for (const { identityId } of owners) {
    const account = await deps.findAccount(row.id, identityId);
    if (account === null || account.identity.state !== "active") continue;
    if (canGetIn(deps.subjectOf(account.credentials, project, account.identity), project, deps.now())) return;
  }
  const message = "would shut every admin out of the console: none of them could sign in with what they have. Leave a sign-in method on that an owner uses.";
  throw new DomainError("config_invalid", { problems: [{ path: "/selfservice/methods", message }] });
}

/** Can begin a session, and with everything they have just proved nothing is left that they cannot do or set up. */
function canGetIn(subject: SubjectFacts, { config }: Project, now: Date): boolean {
  if (!canBegin(subject)) return false;
  const methods = subject.usable.map(({ method, aal }) => ({ method, aal, completedAt: now }));
  const session = { methods, expiresAt: new Date(now.getTime() + 1), revokedAt: null };
  return ([{ kind: "session" }, { kind: "operation", name: OPERATION }] as const).every((area) => {
    const requirement = requirementFor(area, config.policy, now);
    const decision = requirement === null ? { kind: "allow" } : decideAccess(session, subject, requirement, now);
    return decision.kind === "allow" || decision.kind === "enroll";
  });
}

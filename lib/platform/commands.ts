import type { Database } from "../db/handles";
import type { Clock } from "../model/time";
import { cliActor } from "./audit";
import { adminCommands } from "./commands-admins";
import type { AdminCommandDeps } from "./commands-admins";
import { auditCommands } from "./commands-audit";
import { auditExportCommands } from "./commands-audit-export";
import { explain } from "./commands-explain";
import type { ExplainDeps, ExplainQuestion } from "./commands-explain";
import { keyCommands } from "./commands-keys";
import type { KeyCommandDeps } from "./commands-keys";
import type { ControlCommands } from "./control";
import { endLocalKey, mintLocalKey, ownerOf } from "./local-keys";
import type { Resolver } from "./resolve";
import { makeSetupLink } from "./setup-link";

/** What a command says: lines for a terminal. */
export interface Said {
  readonly lines: readonly string[];
}

export interface CommandDeps extends ExplainDeps, KeyCommandDeps, AdminCommandDeps {
  readonly db: Pick<Database, "platform" | "forProject">;
  readonly hosts: { readonly consoleUrl: URL };
  /** Where the process listens, for whoever asks it over HTTP from this machine. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  readonly resolver: Resolver;
}

/** The commands this room can serve by itself; the composition root adds its own (`seed`) beside them. */
export function platformCommands(deps: CommandDeps): ControlCommands {
  const { db, hosts, clock, resolver, listen } = deps;
  return {
    "setup-link": async (): Promise<Said> => ({ lines: await setupLinkLines(db, hosts, clock.now()) }),
    "local-key": async (args) => {
      const owner = ownerOf(args);
      const key = await mintLocalKey(deps, owner);
      const row = "projectId" in owner ? (await db.platform.listProjects()).find(({ id }) => id === owner.projectId) : undefined;
      return { ...key, origin: row === undefined ? hosts.consoleUrl.origin : resolver.baseUrlOf(row), listen };
    },
    "local-key-end": async ([id = ""]) => endLocalKey(deps, id),
    explain: async ([question = ""]) => explain(deps, JSON.parse(question) as ExplainQuestion),
    ...auditCommands(deps),
    ...auditExportCommands(deps),
    ...adminCommands(deps),
    ...keyCommands(deps),
  };
}

/** A new set-up link, in words; the audit log says that it was made on the machine itself. */
export async function setupLinkLines(db: Pick<Database, "platform" | "forProject">, hosts: { readonly consoleUrl: URL }, now: Date): Promise<readonly string[]> {
  const { url } = await makeSetupLink({ db, hosts, now }, { action: "admin.link_made", actor: cliActor("rung setup-link") });
  return ["Become an admin of this installation (good once, for an hour):", `  ${url}`];
}

/** The lines of an answer that came over the socket; null when it has another shape. */
export function linesOf(result: unknown): readonly string[] | null {
  const lines: unknown = typeof result === "object" && result !== null ? Reflect.get(result, "lines") : undefined;
  return Array.isArray(lines) && lines.every((line): line is string => typeof line === "string") ? lines : null;
}

import type { KeyRing } from "../crypto/keys";
import type { PasswordHasher } from "../crypto/password";
import type { ProjectDb, ProjectHandle } from "../db/handles";
import type { AuditActor, AuditEntry } from "../model/audit";
import { DomainError } from "../model/errors";
import type { Identity } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { Project } from "../model/project";
import type { SessionId } from "../model/ids";

export type { AccountSnapshot, PeopleFilter } from "../db/handles";

/** What the owner of an account hears of a change that somebody else made (N21, T76). */
export interface AdminNotice {
  readonly template: "factor_added" | "factor_removed" | "password_changed" | "address_changed";
  readonly identity: Identity;
  readonly after?: Identity;
  readonly method?: string;
  /** What the person calls it. */
  readonly label?: string;
  readonly dedupe: string;
}

/** Everything a change of people by an admin needs: by API key, in the console, by a job. */
export interface AdminContext {
  readonly project: Project;
  readonly handle: ProjectHandle;
  readonly keys: KeyRing;
  readonly passwords: Pick<PasswordHasher, "hash" | "hashLookupCode">;
  readonly actor: AuditActor;
  readonly ipAddress: string | null;
  readonly sessionId?: SessionId | null;
  readonly now: Date;
  /** Writes the letters, in the transaction of the change; absent: nobody is told. */
  readonly tell?: (tx: ProjectDb, notice: AdminNotice) => Promise<void>;
}

/** The audit link of a change: names of what changed, never values. */
export function adminEntry(ctx: AdminContext, action: string, identityId: IdentityId | null, details: Readonly<Record<string, unknown>> = {}): AuditEntry {
  return { action, actor: ctx.actor, result: "ok", identityId, sessionId: ctx.sessionId ?? null, ipAddress: ctx.ipAddress, details };
}

const RACE = Symbol("changed meanwhile");
const ATTEMPTS = 3;

/** Gives up the transaction that is open: what was read is not what is there any more. */
export function changedMeanwhile(): never {
  throw Object.assign(new Error("changed meanwhile"), { [RACE]: true });
}

/** Reads, plans and writes anew while somebody else was faster; 409 when that goes on. */
export async function againWhenChanged<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (typeof error !== "object" || error === null || !(RACE in error)) throw error;
      if (attempt >= ATTEMPTS) throw new DomainError("conflict", { reason: "The identity was changed by somebody else at the same time." }, { cause: error });
    }
  }
}

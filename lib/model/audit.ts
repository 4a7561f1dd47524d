import type { IdentityId, SessionId } from "./ids";

export interface AuditActor {
  readonly kind: "person" | "admin" | "system" | "cli" | "anonymous";
  readonly identityId?: IdentityId;
  /** What a person would recognise, e.g. a masked address or `rung setup-link`. Never a secret. */
  readonly label?: string;
}

/** One event to be chained. `action` is dotted and stable: `login.completed`, `factor.added`, `config.changed`. */
export interface AuditEntry {
  readonly action: string;
  readonly actor: AuditActor;
  readonly result: "ok" | "rejected";
  readonly identityId?: IdentityId | null;
  readonly sessionId?: SessionId | null;
  readonly ipAddress?: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface AuditRecord extends AuditEntry {
  readonly sequence: number;
  readonly at: Date;
  readonly previousHash: string;
  readonly hash: string;
}

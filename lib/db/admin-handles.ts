import type { JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { AdminRow } from "./records";

/* Who administers this installation. Every write joins the transaction that is open, so that it is recorded where it is made. */

export interface AdminListRow extends AdminRow {
  readonly address: string | null;
  readonly traits: JsonObject;
  readonly state: "active" | "inactive";
}

export interface AdminDb {
  /** Oldest first. */
  listAdmins(limit: number): Promise<readonly AdminListRow[]>;
  /** False when the person is an admin already. */
  addAdmin(identityId: IdentityId, role: AdminRow["role"], at: Date): Promise<boolean>;
  /** Another role, or null for none. False when the person is no admin. Whether an owner is left is asked around it (lib/identities/owner-guard.ts). */
  changeAdmin(identityId: IdentityId, role: AdminRow["role"] | null): Promise<boolean>;
}

import type { JsonObject } from "../model/identity";
import type { IdentityId } from "../model/ids";
import type { AdminRow } from "./records";

/* Who administers this installation. Every write joins the transaction that is open, so that it is recorded where it is made. */

export interface AdminListRow extends AdminRow {
  readonly address: string | null;
  readonly traits: JsonObject;
  readonly state: "active" | "inactive";
}

export type AdminChange = "done" | "unknown" | "last_owner";

export interface AdminDb {
  /** Oldest first. */
  listAdmins(limit: number): Promise<readonly AdminListRow[]>;
  /** False when the person is an admin already. */
  addAdmin(identityId: IdentityId, role: AdminRow["role"], at: Date): Promise<boolean>;
  /** Another role, or null for none. An installation keeps an owner who can sign in: of two changes at once one waits for the other. */
  changeAdmin(identityId: IdentityId, role: AdminRow["role"] | null): Promise<AdminChange>;
}

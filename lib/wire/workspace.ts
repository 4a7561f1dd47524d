import type { JsonObject } from "../model/identity";
import { rfc3339 } from "./message";

/** A workspace on the wire (contract/admin.md 2.3). Subscriptions and organisations do not exist here. */
export function workspaceToWire(row: { readonly id: string; readonly name: string; readonly accessPolicy: string; readonly createdAt: Date; readonly updatedAt: Date }): JsonObject {
  return {
    id: row.id, name: row.name, access_policy: row.accessPolicy, organization_id: null, subscription_id: null, subscription_plan: null,
    created_at: rfc3339(row.createdAt), updated_at: rfc3339(row.updatedAt),
  };
}

/** A key of a project or of a workspace; `value` is there once, in the answer that made it. */
export function apiKeyToWire(
  key: {
    readonly id: string; readonly projectId: string | null; readonly workspaceId: string | null; readonly name: string; readonly hint: string;
    readonly createdAt: Date; readonly expiresAt: Date | null;
  },
  value?: string,
): JsonObject {
  return {
    id: key.id, name: key.name,
    // Whose it is: keys belong to what they open, not to a person.
    owner_id: key.projectId ?? key.workspaceId ?? key.id,
    ...(key.projectId !== null && { project_id: key.projectId }), ...(key.workspaceId !== null && { workspace_id: key.workspaceId }),
    ...(value !== undefined && { value }), last_characters: key.hint.slice(-4),
    created_at: rfc3339(key.createdAt), updated_at: rfc3339(key.createdAt), ...(key.expiresAt !== null && { expires_at: rfc3339(key.expiresAt) }),
  };
}

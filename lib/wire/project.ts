import type { JsonObject } from "../model/identity";
import type { ProjectRow } from "../model/project";
import { rfc3339 } from "./message";

export interface ProjectFacts {
  readonly revisionId: string;
  /** Hosts of its own. */
  readonly hosts: readonly string[];
  /** The complete identity-config; null for whoever may not read it: the service is left out then. */
  readonly config: JsonObject | null;
}

/** A project on the wire (contract/admin.md 2.3). `rung` is ours; the services that this server is not are empty. */
export function projectToWire(row: ProjectRow, { revisionId, hosts, config }: ProjectFacts): JsonObject {
  return {
    id: row.id, name: row.name, slug: row.slug, environment: row.environment, state: row.state, home_region: row.homeRegion, revision_id: revisionId,
    workspace_id: row.workspaceId, organizations: [],
    cors_admin: { enabled: row.corsAdmin.enabled, origins: row.corsAdmin.origins },
    cors_public: { enabled: row.corsPublic.enabled, origins: row.corsPublic.origins },
    services: {
      ...(config !== null && { identity: { config } }),
      oauth2: { config: {} }, permission: { config: {} }, account_experience: { config: {} },
    },
    rung: { hosts },
  };
}

/** A project as lists show it: no services, no revision. `hosts`: every name it answers on. */
export function projectMetadataToWire(row: ProjectRow, hosts: readonly string[], workspace: JsonObject | null): JsonObject {
  return {
    id: row.id, name: row.name, slug: row.slug, environment: row.environment, state: row.state, home_region: row.homeRegion, hosts: [...hosts],
    workspace_id: row.workspaceId, ...(workspace !== null && { workspace }), subscription_id: null, subscription_plan: null,
    created_at: rfc3339(row.createdAt), updated_at: rfc3339(row.updatedAt),
  };
}

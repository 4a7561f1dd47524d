import { projectTemplate } from "../config/defaults";
import { parseProjectConfig } from "../config/parse";
import { newProjectKey, randomId } from "../crypto/token";
import type { AuditedIn, NewRevision, PlatformDb } from "../db/handles";
import { DomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { ProjectId, WorkspaceId } from "../model/ids";
import type { ProjectRow } from "../model/project";
import { customHostFault, isSlug, normalisedHost, projectBaseUrl } from "./place";
import type { Hosts } from "./place";
import { isStorable, requireStorable, tidyRemark } from "./text";

export interface ProjectToCreate {
  readonly platform: PlatformDb;
  readonly hosts: Hosts;
  readonly workspaceId: WorkspaceId;
  readonly slug: string;
  readonly name: string;
  readonly kind?: "app" | "console";
  readonly isDefault?: boolean;
  /** Hosts of its own, beside the one below the public host. */
  readonly customHosts?: readonly string[];
  /** Absent: the template of its kind, Strict in both areas. */
  readonly document?: JsonObject;
  readonly author: NewRevision["author"];
  readonly comment?: string;
  readonly environment?: ProjectRow["environment"];
  readonly homeRegion?: string;
  /** Recorded in the same transaction. */
  readonly audit?: AuditedIn;
  readonly now: Date;
}

/**
 * A project with a generated key and revision 1, in one transaction. The built-in ones (`isDefault`, `console`) may take
 * the reserved slugs. Throws `bad_request` for a slug or host that cannot be one, `config_invalid` for the document.
 */
export async function createProject(project: ProjectToCreate): Promise<ProjectRow> {
  const kind = project.kind ?? "app";
  const isDefault = project.isDefault ?? false;
  if (!isDefault && kind === "app" && !isSlug(project.slug)) {
    throw new DomainError("bad_request", { reason: "A project's short name has 1 to 63 letters a-z, digits and dashes, and is not a reserved word." });
  }
  if (![project.slug, project.name].every(isStorable)) {
    throw new DomainError("bad_request", { reason: "A project's name holds a character that cannot be stored." });
  }
  const hosts = (project.customHosts ?? []).map((host) => {
    const clean = normalisedHost(host, project.hosts.publicUrl.protocol);
    const fault = clean === null ? "A host is a name like id.example.com, without a scheme or path." : customHostFault(clean, project.hosts);
    if (clean === null || fault !== null) throw new DomainError("bad_request", { reason: fault });
    return clean;
  });
  const document = project.document ?? projectTemplate(kind);
  requireStorable(document);
  const key = newProjectKey();
  parseProjectConfig(document, 1, { baseUrl: projectBaseUrl({ kind, isDefault, slug: project.slug }, project.hosts), projectKey: key, name: project.name });
  return project.platform.insertProject(
    {
      id: randomId() as ProjectId, workspaceId: project.workspaceId, slug: project.slug, name: project.name, key, kind, isDefault, hosts,
      at: project.now, ...(project.environment && { environment: project.environment }), ...(project.homeRegion && { homeRegion: project.homeRegion }),
      ...(project.audit && { audit: project.audit }),
    },
    { document, author: project.author, comment: tidyRemark(project.comment ?? ""), summary: "Project created", at: project.now },
  );
}

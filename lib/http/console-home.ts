import { isDomainError } from "../model/errors";
import type { AdoptionCount, FileStanding, NextStep, ProjectFrame, RevisionEntry, WorkspaceLine } from "../model/console";
import type { WorkspaceId } from "../model/ids";
import type { ProjectConfig } from "../model/project";
import { aal2Methods, secondFactors } from "../config/methods";
import { requireRole } from "../platform/admins";
import { adoptionOf } from "../platform/adoption";
import { createProject } from "../platform/projects";
import { adminActor } from "../platform/audit";
import { consoleChain } from "../platform/chain";
import { configFileStatus } from "../platform/config-file-status";
import { newSlug } from "../platform/slug";
import type { Admin } from "./console";
import { sendersOf } from "./console-methods";
import { openProject } from "./console-project";
import type { Exchange } from "./exchange";
import { storable } from "./odd-bytes";
import { addressOf } from "./person";

export interface HomePage {
  readonly workspaces: readonly WorkspaceLine[];
}

/** Workspaces with their projects, oldest first. */
export async function readHome({ services }: Exchange): Promise<HomePage> {
  const { platform } = services.db;
  const [workspaces, projects] = await Promise.all([platform.listWorkspaces(), platform.listProjects()]);
  return {
    workspaces: workspaces.map(({ id, name }) => ({
      id, name,
      projects: projects.filter(({ workspaceId }) => workspaceId === id).map((row) => ({ slug: row.slug, name: row.name, kind: row.kind, url: services.resolver.baseUrlOf(row) })),
    })),
  };
}

export interface NewProject {
  readonly name: string;
  readonly slug: string;
  readonly workspaceId: string;
}
export type ProjectMade =
  | { readonly kind: "made"; readonly slug: string }
  | { readonly kind: "refused"; readonly problem: "name" | "slug" | "taken" | "workspace" };

/** Throws `forbidden` for a role that only reads. */
export async function makeProject(exchange: Exchange, admin: Admin, input: NewProject): Promise<ProjectMade> {
  const { services, now } = exchange;
  const { platform } = services.db;
  await requireRole(platform, admin.identity.id, "change");
  const name = storable(input.name.trim()).slice(0, 100);
  const slug = input.slug.trim() === "" ? newSlug() : input.slug.trim().toLowerCase();
  if (name === "") return { kind: "refused", problem: "name" };
  const workspace = (await platform.listWorkspaces()).find(({ id }) => id === input.workspaceId);
  if (workspace === undefined) return { kind: "refused", problem: "workspace" };
  if (await taken(exchange, slug)) return { kind: "refused", problem: "taken" };
  try {
    const address = addressOf(admin.identity) ?? "an admin";
    const entry = {
      action: "project.created", actor: adminActor(admin.identity.id, address), result: "ok" as const, ipAddress: exchange.device.ipAddress,
      sessionId: admin.session.id, details: { name, slug, workspaceId: workspace.id },
    };
    const row = await createProject({
      platform, hosts: services.env, workspaceId: workspace.id as WorkspaceId, slug, name, now, audit: { projectId: await consoleChain(platform), entry },
      author: { kind: "admin", id: admin.identity.id, label: address },
    });
    services.resolver.forgetHosts();
    return { kind: "made", slug: row.slug };
  } catch (error) {
    if (isDomainError(error) && error.code === "bad_request") return { kind: "refused", problem: "slug" };
    // Of two who took the same name at once the second meets the unique key.
    if (await taken(exchange, slug)) return { kind: "refused", problem: "taken" };
    throw error;
  }
}

async function taken({ services }: Exchange, slug: string): Promise<boolean> {
  return /^[a-z0-9-]{1,63}$/.test(slug) && (await services.db.platform.findProjectBySlug(slug)) !== null;
}

export interface OverviewPage extends ProjectFrame {
  readonly url: string;
  readonly adoption: AdoptionCount;
  /** As of when the numbers hold. */
  readonly at: Date;
  /** The most urgent first. */
  readonly next: readonly NextStep[];
  /** Null where the installation has no configuration file; it is the default project's. */
  readonly file: FileStanding | null;
  readonly history: readonly RevisionEntry[];
}

const NEWEST = 5;
/** Below this share of people with a second factor it is worth to ask more. */
const FEW = 0.5;

export async function readOverview(exchange: Exchange, admin: Admin, slug: string): Promise<OverviewPage | null> {
  const opened = await openProject(exchange, admin, slug, NEWEST);
  if (opened === null) return null;
  const { project, frame, history } = opened;
  const adoption = await adoptionOf(exchange.services.db.platform, project, exchange.now);
  return {
    ...frame, history, adoption, at: adoption.at, url: project.config.baseUrl,
    file: project.row.isDefault ? await configFileStatus().catch(() => null) : null,
    next: nextSteps(project.config, adoption, sendersOf(exchange, project.config).mail, frame.draft !== null),
  };
}

function nextSteps(config: ProjectConfig, { people, withSecondFactor }: AdoptionCount, mail: boolean, draft: boolean): readonly NextStep[] {
  const { policy, methods } = config;
  const steps: NextStep[] = [];
  if (draft) steps.push("draft");
  if (policy.signIn === "lax" && policy.protectedPaths.length === 0) steps.push("lax");
  if (!mail && (config.flows.recovery.enabled || config.flows.verification.enabled)) steps.push("no_mail");
  if (secondFactors(methods).length === 0 && aal2Methods(methods).length === 0) steps.push("no_second_factor");
  else if (people > 0 && withSecondFactor === 0) steps.push("nobody_enrolled");
  else if (people > 0 && withSecondFactor / people < FEW) steps.push("few_enrolled");
  return steps.length === 0 ? ["all_good"] : steps;
}


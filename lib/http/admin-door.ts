import type { AdminRole } from "../model/console";
import type { AuditActor } from "../model/audit";
import { DomainError } from "../model/errors";
import type { Project } from "../model/project";
import type { AccessRequirement } from "../model/policy";
import { adminActor } from "../platform/audit";
import { requireRole, roleOf } from "../platform/admins";
import { decideAccess } from "../policy/access";
import { areaOfPath } from "../policy/areas";
import { requirementFor } from "../policy/requirements";
import type { Admin } from "./console";
import { handleOf } from "./exchange";
import type { Exchange } from "./exchange";
import { judge } from "./judge";
import { wantsJson } from "./negotiate";
import { addressOf } from "./person";
import { respondRefusal } from "./refusal";
import type { Refused } from "./refusal";

/* Who works at the console, and on which project. Pages come through lib/http/next; what a page downloads or uploads comes here. */

/** The operation that project `console` guards: a second step at most ten minutes old. */
export const CONSOLE_OPERATION = "console.admin";

/** A project as the console works on it, whichever host the request came to. */
export interface Desk {
  readonly project: Project;
  readonly handle: Exchange["handle"];
}

/** Null: no project has this short name. */
export async function deskOf({ services }: Exchange, slug: string): Promise<Desk | null> {
  const project = await services.resolver.bySlug(slug);
  return project === null ? null : { project, handle: handleOf(services, project) };
}

/** For writes: the project, once the admin may change things. Throws `forbidden` for support, `not_found` for no project. */
export async function deskToChange(exchange: Exchange, admin: Admin, slug: string): Promise<Desk> {
  await requireRole(exchange.services.db.platform, admin.identity.id, "change");
  const desk = await deskOf(exchange, slug);
  if (desk === null) throw new DomainError("not_found");
  return desk;
}

/** How the audit log names an admin. */
export function actorOf(admin: Admin): AuditActor {
  return adminActor(admin.identity.id, addressOf(admin.identity) ?? "an admin");
}

export type AtTheDoor =
  | { readonly kind: "allow"; readonly admin: Admin; readonly role: AdminRole }
  | { readonly kind: "refused"; readonly response: Response };

/** The guard of the console for route handlers: the same host, session, second step and role as its pages. `page`: where the person comes back to. */
export async function consoleDoor(exchange: Exchange, page: string): Promise<AtTheDoor> {
  const { project, services, session, now } = exchange;
  if (project.row.kind !== "console") throw new DomainError("not_found");
  const { policy, baseUrl } = project.config;
  const returnTo = new URL(page, baseUrl).href;
  const signedIn: AccessRequirement = { aal: "aal1" };
  const refused = (decision: Refused, requirement: AccessRequirement): AtTheDoor => ({
    kind: "refused", response: respondRefusal(exchange, { decision, returnTo, requirement, operation: CONSOLE_OPERATION }, wantsJson(exchange.headers)),
  });
  const first = judge(exchange, { kind: "session" });
  if (first.kind !== "allow") return refused(first, requirementFor({ kind: "session" }, policy, now) ?? signedIn);
  if (session === null) return refused({ kind: "sign_in", reason: "no_session" }, signedIn);
  for (const area of [{ kind: "operation", name: CONSOLE_OPERATION }, areaOfPath(exchange.url.pathname, project.config)] as const) {
    const requirement = requirementFor(area, policy, now);
    const decision = requirement === null ? null : decideAccess(session.session, session.subject, requirement, now);
    if (requirement !== null && decision !== null && decision.kind !== "allow") return refused(decision, requirement);
  }
  const role = await roleOf(services.db.platform, session.identity.id);
  if (role === null) throw new DomainError("forbidden", { reason: "This needs an administrator of this installation." });
  return { kind: "allow", admin: { session: session.session, identity: session.identity }, role };
}

/** The console's own project, where admins are people and where what happens to them is recorded. */
export async function handleOfConsole({ services }: Exchange): Promise<Exchange["handle"]> {
  const row = await services.db.platform.findConsoleProject();
  if (row === null) throw new DomainError("unavailable", { retryAfterSeconds: 2 });
  return services.db.forProject(row.id);
}

import type { FactorId } from "../model/assurance";
import type { ProjectFrame } from "../model/console";
import type { Simulation, SimulationAsked } from "../model/console-impact";
import { isUuid } from "../model/ids";
import type { IdentityId } from "../model/ids";
import type { Area, SessionFacts, SubjectFacts } from "../model/policy";
import type { Project, ProjectConfig } from "../model/project";
import { areaOfPath } from "../policy/areas";
import { aal2Methods, firstFactors, secondFactors } from "../config/methods";
import { asTest, simulate } from "../platform/simulate";
import type { SimulateInput } from "../platform/simulate";
import type { Admin } from "./console";
import { openProject } from "./console-project";
import type { OpenedProject } from "./console-project";
import type { Exchange } from "./exchange";
import { handleOf } from "./exchange";
import { storable } from "./odd-bytes";
import { addressOf } from "./person";

export type SimulateQuery = SimulationAsked<number, number | null>;
export interface SimulatePage extends ProjectFrame {
  readonly firstFactors: readonly FactorId[];
  readonly secondFactors: readonly FactorId[];
  readonly operations: readonly string[];
  /** Null: nothing was asked yet. */
  readonly result: Simulation | null;
}

const CANDIDATES = 8;
/** Ten years: older proofs are answered alike, and no number makes an instant that is none. */
const LONGEST_MINUTES = 5_256_000;

/** Who is asked what, and why; by the function that decides every request. Null for a project that does not exist. */
export async function readSimulation(exchange: Exchange, admin: Admin, slug: string, query: SimulateQuery | null): Promise<SimulatePage | null> {
  const opened = await openProject(exchange, admin, slug, 1);
  if (opened === null) return null;
  const { methods, policy } = opened.project.config;
  return {
    ...opened.frame, firstFactors: firstFactors(methods), operations: Object.keys(policy.operations),
    secondFactors: [...new Set([...secondFactors(methods), ...aal2Methods(methods)])].filter((method) => method !== "oidc"),
    result: query === null ? null : await answer(exchange, opened, query),
  };
}

async function answer(exchange: Exchange, opened: OpenedProject, query: SimulateQuery): Promise<Simulation> {
  const policy = await policyOf(exchange, opened, query);
  if (policy === null) return { kind: query.policy === "draft" ? "no_draft" : "no_revision" };
  const project: Project = { row: opened.project.row, config: policy.config };
  const who = query.person.trim() === "" ? { ...synthetic(query, policy.config, exchange.now), name: null } : await realPerson(exchange, opened.project, project, query.person.trim());
  if (who === null) return { kind: "no_person" };
  if ("people" in who) return { kind: "several", people: who.people };
  const input: SimulateInput = { policy: policy.config.policy, area: areaOf(query, policy.config), session: who.session, subject: who.subject, now: exchange.now };
  const trace = simulate(input);
  return { kind: "answer", person: who.name, trace, test: asTest(input, trace), revision: policy.revision };
}

async function policyOf({ services }: Exchange, { project, shown, draft, place }: OpenedProject, query: SimulateQuery): Promise<{ readonly config: ProjectConfig; readonly revision: number | "draft" } | null> {
  if (query.policy === "live") return { config: project.config, revision: project.config.revision };
  if (query.policy === "draft") return draft === null ? null : { config: shown, revision: "draft" };
  const { revision } = query;
  if (revision === null || (await place.platform.findRevision(place.row.id, revision)) === null) return null;
  return { config: await services.resolver.configFor(project.row, revision), revision };
}

type Someone = { readonly session: SessionFacts | null; readonly subject: SubjectFacts; readonly name: string | null };

/** A person by id or address with their newest live session; several when the beginning of an address fits them. */
async function realPerson(exchange: Exchange, inForce: Project, judged: Project, text: string): Promise<Someone | null | { readonly people: readonly { readonly id: string; readonly address: string }[] }> {
  const { services, now } = exchange;
  const handle = handleOf(services, inForce);
  const prefix = storable(text).slice(0, 320);
  const rows = isUuid(text.toLowerCase()) ? [{ identityId: text.toLowerCase() as IdentityId, address: text }]
    : await services.db.platform.listPeopleWithSessions(inForce.row.id, { prefix, limit: CANDIDATES, now });
  const exact = rows.find(({ address }) => address === prefix.toLowerCase()) ?? (rows.length === 1 ? rows[0] : undefined);
  if (exact === undefined) return rows.length === 0 ? null : { people: rows.map(({ identityId, address }) => ({ id: identityId, address })) };
  const account = await handle.findAccount(exact.identityId);
  if (account === null) return null;
  const active = account.identity.state === "active";
  const { sessions } = active ? await handle.listSessions(exact.identityId, now, { offset: 0, limit: 1 }) : { sessions: [] };
  return { session: sessions[0] ?? null, subject: services.subjectOf(account.credentials, judged, account.identity), name: addressOf(account.identity) ?? exact.identityId };
}

/** Somebody with one first factor and these second ones, who proved as much as the level says, so many minutes ago. */
function synthetic({ first, second, level, minutes }: SimulateQuery, { methods }: ProjectConfig, now: Date): { readonly session: SessionFacts | null; readonly subject: SubjectFacts } {
  const begin = firstFactors(methods).find((method) => method === first) ?? firstFactors(methods)[0] ?? "password";
  const owned = [...new Set([...secondFactors(methods), ...aal2Methods(methods)])].filter((method) => second.includes(method));
  // A passkey is no reason to ask anybody for a second step; every other second factor is.
  const counts = owned.some((method) => secondFactors(methods).includes(method));
  const completedAt = new Date(now.getTime() - Math.min(Math.max(0, minutes), LONGEST_MINUTES) * 60_000);
  const proofs = [{ method: begin, aal: "aal1" as const, completedAt }, ...(level === "aal2" ? [{ method: owned[0] ?? ("totp" as const), aal: "aal2" as const, completedAt }] : [])];
  return {
    session: level === "none" ? null : { methods: proofs, expiresAt: new Date(now.getTime() + 86_400_000), revokedAt: null },
    subject: {
      availableAal: counts ? "aal2" : "aal1",
      usable: [{ method: begin, aal: "aal1" }, ...owned.map((method) => ({ method, aal: "aal2" as const }))],
    },
  };
}

/** The area a path really belongs to: the settings page is judged as settings, as the guard does. */
function areaOf({ area, where }: SimulateQuery, config: ProjectConfig): Area {
  if (area === "path") return areaOfPath(where.startsWith("/") ? where : `/${where}`, config);
  if (area === "operation") return { kind: "operation", name: where };
  return { kind: area };
}

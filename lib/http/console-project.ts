import type { DraftRow, RevisionRow } from "../platform/drafts";
import { describeChange } from "../config/diff";
import type { AdoptionCount, CardExport, EnrolmentChoice, OperationRule, PathRule, ProjectFrame, RevisionEntry } from "../model/console";
import { DomainError, isDomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { EnforcementModel } from "../model/policy";
import type { Project, ProjectConfig } from "../model/project";
import { adoptionOf } from "../platform/adoption";
import { requireRole } from "../platform/admins";
import { configOf, draftOf, linesOf } from "../platform/drafts";
import type { DraftPlace } from "../platform/drafts";
import { listRevisions } from "../platform/revisions";
import type { Admin } from "./console";
import { CARD_KEYS, enrolmentOf, exportOf } from "./console-document";
import type { CardName } from "./console-document";
import type { Exchange } from "./exchange";

/* What every page of a project's console begins from: what is in force, and the visitor's own draft. */

export interface OpenedProject {
  readonly project: Project;
  readonly place: DraftPlace;
  readonly draft: DraftRow | null;
  /** What forms show: the draft where there is one. */
  readonly shown: ProjectConfig;
  readonly frame: ProjectFrame;
  readonly history: readonly RevisionEntry[];
}

const HISTORY = 20;

/** Null for a project that does not exist. */
export async function openProject(exchange: Exchange, admin: Admin, slug: string, history = HISTORY): Promise<OpenedProject | null> {
  const { services, now } = exchange;
  const project = await services.resolver.bySlug(slug);
  if (project === null) return null;
  const { platform } = services.db;
  const place: DraftPlace = { platform, row: project.row, baseUrl: project.config.baseUrl, authorId: admin.identity.id, now };
  const [draft, revisions] = await Promise.all([draftOf(place), listRevisions(platform, project.row, { limit: history })]);
  const entries = revisions.map(entryOf);
  const { policy, revision } = project.config;
  const base = draft === null ? null : await platform.findRevision(project.row.id, draft.base);
  return {
    project, place, draft, history: entries,
    shown: draft === null ? project.config : shownConfig(place, draft, project.config),
    frame: {
      project: { slug: project.row.slug, name: project.row.name }, revision, signIn: policy.signIn, settings: policy.settings, newest: entries[0] ?? null,
      draft: draft === null || base === null ? null
        : { changes: describeChange(base.document, draft.document), at: draft.updatedAt, behind: draft.base < project.row.currentRevision },
    },
  };
}

/** The same for an action, which may change: throws `not_found`, and `forbidden` for a role that only reads. */
export async function openForChange(exchange: Exchange, admin: Admin, slug: string): Promise<OpenedProject> {
  await requireRole(exchange.services.db.platform, admin.identity.id, "change");
  const opened = await openProject(exchange, admin, slug);
  if (opened === null) throw new DomainError("not_found");
  return opened;
}

/** A draft that stopped being sound (a newer release, a schema file that is gone) shows what is in force instead. */
function shownConfig(place: DraftPlace, draft: DraftRow, inForce: ProjectConfig): ProjectConfig {
  try {
    return configOf(place, draft.document, draft.base + 1);
  } catch (error) {
    if (isDomainError(error) && error.code === "config_invalid") return inForce;
    throw error;
  }
}

export function entryOf({ number, at, author, comment, summary }: RevisionRow): RevisionEntry {
  return { number, at, author: author.label, comment: comment === "" ? null : comment, summary: linesOf(summary) };
}

export interface TwoFactorPage extends ProjectFrame {
  /** What the form shows: the draft where there is one. */
  readonly shown: {
    readonly signIn: EnforcementModel; readonly settings: EnforcementModel; readonly protectedPaths: readonly PathRule[];
    readonly operations: readonly OperationRule[]; readonly enrolment: EnrolmentChoice;
  };
  readonly adoption: AdoptionCount;
  /** As of when the numbers hold. */
  readonly countedAt: Date;
  readonly history: readonly RevisionEntry[];
  readonly exports: Readonly<Record<CardName, CardExport>>;
}

export async function readTwoFactor(exchange: Exchange, admin: Admin, slug: string): Promise<TwoFactorPage | null> {
  const opened = await openProject(exchange, admin, slug);
  if (opened === null) return null;
  const { project, shown, frame, history } = opened;
  const { policy, document } = shown;
  const adoption = await adoptionOf(exchange.services.db.platform, project, exchange.now);
  return {
    ...frame, history, exports: exportsOf(document, slug), adoption, countedAt: adoption.at,
    shown: {
      signIn: policy.signIn, settings: policy.settings, enrolment: enrolmentOf(document),
      protectedPaths: policy.protectedPaths.map(({ prefix, requirement }) => ({
        prefix, requiredAal: requirement.aal, maxAgeSeconds: requirement.maxAgeSeconds ?? null,
      })),
      operations: Object.entries(policy.operations).map(([name, { aal, maxAgeSeconds, methods }]) => ({
        name, requiredAal: aal, maxAgeSeconds: maxAgeSeconds ?? null, methods: methods ?? [],
      })),
    },
  };
}

export function exportsOf(document: JsonObject, slug: string): Readonly<Record<CardName, CardExport>> {
  const cards = Object.keys(CARD_KEYS) as readonly CardName[];
  return Object.fromEntries(cards.map((card) => [card, exportOf(document, slug, card)])) as unknown as Readonly<Record<CardName, CardExport>>;
}

import { describeChange } from "../config/diff";
import { printYaml } from "../config/yaml";
import type { ProjectFrame } from "../model/console";
import type { DraftClash, DraftPreview, PersonEffect } from "../model/console-impact";
import { DomainError, isDomainError } from "../model/errors";
import type { JsonObject } from "../model/identity";
import type { Project } from "../model/project";
import { changeDraft, configOf, conflictOf, dropDraft, fileSaysOtherwise, rebaseDraft, replaceDraft } from "../platform/drafts";
import type { DraftRow } from "../platform/drafts";
import { findAdmins, findPeople, impactWithin } from "../platform/impact-facts";
import type { ImpactPlace } from "../platform/impact-facts";
import { looseningsOf } from "../platform/loosening";
import { saveRevision } from "../platform/revisions";
import { maskSecrets } from "../platform/sealed-config";
import { lineDiff } from "./console-diff";
import type { Admin } from "./console";
import { withMethods, withTwoFactor } from "./console-document";
import type { MethodsInput, TwoFactorInput } from "./console-document";
import { codeUse, sendersOf } from "./console-methods";
import { openForChange, openProject } from "./console-project";
import type { OpenedProject } from "./console-project";
import { warningsOf } from "./console-warnings";
import type { Exchange } from "./exchange";
import { handleOf } from "./exchange";
import { storable } from "./odd-bytes";
import { addressOf } from "./person";

export interface ConfigFault {
  readonly path: string;
  readonly message: string;
}
export type Noted =
  /** The draft holds it; `empty`: nothing is different, so there is no draft. */
  | { readonly kind: "noted" | "empty" }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigFault[] }
  /** Codes cannot be a second factor while nothing can send them. */
  | { readonly kind: "no_sender" };

export interface FormPlace {
  readonly slug: string;
  /** The revision the form was read at. */
  readonly expected: number;
  /** It showed the draft. */
  readonly shownDraft: boolean;
}

/** Puts a form of the Two-Factor page into the admin's draft. */
export function noteTwoFactor(exchange: Exchange, admin: Admin, place: FormPlace, input: TwoFactorInput): Promise<Noted> {
  return note(exchange, admin, place, (document) => withTwoFactor(document, input), input.comment);
}

export async function noteMethods(exchange: Exchange, admin: Admin, place: FormPlace, input: MethodsInput): Promise<Noted> {
  const opened = await openForChange(exchange, admin, place.slug);
  const { mail, sms } = sendersOf(exchange, opened.shown);
  // What is so already does not stand in the way of another change.
  if (input.code !== "off" && input.code !== codeUse(opened.shown) && !mail && !sms) return { kind: "no_sender" };
  return note(exchange, admin, place, (document) => withMethods(document, input), input.comment);
}

async function note(exchange: Exchange, admin: Admin, form: FormPlace, change: (document: JsonObject) => JsonObject, comment: string): Promise<Noted> {
  const { place } = await openForChange(exchange, admin, form.slug);
  try {
    const { expected, shownDraft } = form;
    const draft = await changeDraft(place, { expected, shownDraft, change, ...(comment === "" ? {} : { comment: storable(comment) }) });
    return { kind: draft === null ? "empty" : "noted" };
  } catch (error) {
    if (isDomainError(error) && error.code === "config_invalid") return { kind: "invalid", problems: problemsOf(error) };
    throw error;
  }
}

/** Makes an earlier revision the draft, to be previewed like any change. */
export async function noteRestore(exchange: Exchange, admin: Admin, slug: string, number: number): Promise<Noted> {
  const { place } = await openForChange(exchange, admin, slug);
  const earlier = await place.platform.findRevision(place.row.id, number);
  if (earlier === null) throw new DomainError("not_found");
  try {
    const draft = await replaceDraft(place, earlier.document, `Restored revision ${String(number)}`);
    return { kind: draft === null ? "empty" : "noted" };
  } catch (error) {
    if (isDomainError(error) && error.code === "config_invalid") return { kind: "invalid", problems: problemsOf(error) };
    throw error;
  }
}

export interface DraftPage extends ProjectFrame {
  /** How many people have been looked at, while everybody of a large project is counted for the first time; then there is no preview yet. */
  readonly counting: number | null;
  /** Null: there is no draft, or it is still counted whom it meets. */
  readonly preview: null | (DraftPreview & {
    /** Names the draft as it was shown: another one is not saved in its place. */
    readonly stamp: string;
    readonly comment: string;
    readonly conflict: DraftClash | null;
    readonly people: readonly PersonEffect[];
  });
}

const PEOPLE = 25;
/** So long a page waits for people to be counted; then it says how far the count is. */
const PATIENCE_MS = 1_500;

/** What the draft would do, as of now. Null for a project that does not exist. */
export async function readDraft(exchange: Exchange, admin: Admin, slug: string, search: string): Promise<DraftPage | null> {
  const opened = await openProject(exchange, admin, slug);
  if (opened === null) return null;
  const { draft, frame } = opened;
  if (draft === null) return { ...frame, preview: null, counting: null };
  const { platform, row } = opened.place;
  const current = await platform.findRevision(row.id, row.currentRevision);
  if (current === null) throw new DomainError("not_found");
  const place = impactPlace(exchange, opened);
  const found = await impactWithin(place, PATIENCE_MS);
  if (found.kind === "counting") return { ...frame, preview: null, counting: found.people };
  const { impact, owners } = found;
  const admins = await findAdmins(place);
  const text = search.trim().slice(0, 320);
  return {
    ...frame, counting: null,
    preview: {
      stamp: stampOf(draft), comment: draft.comment, impact, admins,
      changes: describeChange(current.document, draft.document),
      diff: lineDiff(printYaml(maskSecrets(current.document)), printYaml(maskSecrets(draft.document))),
      loosenings: looseningsOf(opened.project.config, opened.shown, exchange.now),
      conflict: await conflictOf(opened.place, draft),
      you: admins.find(({ adminId }) => adminId === admin.identity.id) ?? null,
      people: await findPeople(place, { search: text, affected: impact.affected, limit: PEOPLE }),
      warnings: await warningsOf(exchange, { before: opened.project.config, after: opened.shown, impact, owners, admins, file: await fileSaysOtherwise(opened.place, current, draft.document), projectId: row.id }),
    },
  };
}

/** The project as it is, and as the draft would make it. */
export function impactPlace(exchange: Exchange, { project, shown, place }: OpenedProject): ImpactPlace {
  const after: Project = { row: project.row, config: shown };
  return { platform: place.platform, reads: handleOf(exchange.services, project), before: project, after, subjectOf: exchange.services.subjectOf, now: exchange.now };
}

function stampOf(draft: DraftRow): string {
  return `${String(draft.base)}.${String(draft.updatedAt.getTime())}`;
}

export type DraftSaved =
  | { readonly kind: "saved"; readonly revision: number }
  /** The draft says what is in force already. */
  | { readonly kind: "empty" }
  /** It protects less, and nobody says why. */
  | { readonly kind: "comment_required" }
  /** Another tab changed the draft since this preview. */
  | { readonly kind: "moved" }
  /** Somebody else saved first; the draft stays as it is. */
  | { readonly kind: "conflict" }
  | { readonly kind: "invalid"; readonly problems: readonly ConfigFault[] };

/** Saves the draft that was previewed. Nothing of it is lost by a refusal. */
export async function saveDraft(exchange: Exchange, admin: Admin, slug: string, shown: { readonly stamp: string; readonly comment: string }): Promise<DraftSaved> {
  const opened = await openForChange(exchange, admin, slug);
  const { draft, place, project } = opened;
  if (draft === null) return { kind: "empty" };
  if (stampOf(draft) !== shown.stamp) return { kind: "moved" };
  const comment = storable(shown.comment.trim().slice(0, 500));
  const { services, now, device } = exchange;
  if (draft.base !== project.row.currentRevision) return { kind: "conflict" };
  try {
    if (comment === "" && looseningsOf(project.config, configOf(place, draft.document, draft.base + 1), now).length > 0) return { kind: "comment_required" };
    const saved = await saveRevision({
      platform: services.db.platform, row: project.row, baseUrl: place.baseUrl, expected: draft.base, document: draft.document, comment, now,
      author: { kind: "admin", id: admin.identity.id, label: addressOf(admin.identity) ?? "an admin" },
      ipAddress: device.ipAddress, sessionId: admin.session.id,
    });
    await dropDraft(place, draft);
    return saved.kind === "saved" ? { kind: "saved", revision: saved.revision.number } : { kind: "empty" };
  } catch (error) {
    if (isDomainError(error) && error.code === "config_invalid") return { kind: "invalid", problems: problemsOf(error) };
    if (isDomainError(error) && error.code === "revision_conflict") return { kind: "conflict" };
    throw error;
  }
}

/** Puts the draft on top of what somebody else saved meanwhile. */
export async function putOnTop(exchange: Exchange, admin: Admin, slug: string): Promise<Noted> {
  const { place } = await openForChange(exchange, admin, slug);
  try {
    return { kind: (await rebaseDraft(place)) === null ? "empty" : "noted" };
  } catch (error) {
    if (isDomainError(error) && error.code === "config_invalid") return { kind: "invalid", problems: problemsOf(error) };
    throw error;
  }
}

export async function discardDraft(exchange: Exchange, admin: Admin, slug: string): Promise<void> {
  await dropDraft((await openForChange(exchange, admin, slug)).place);
}

export function problemsOf(error: DomainError): readonly ConfigFault[] {
  const { problems } = error.details;
  if (!Array.isArray(problems)) return [];
  return problems.filter((problem): problem is Readonly<Record<string, unknown>> => typeof problem === "object" && problem !== null)
    .map((problem) => ({ path: String(problem["path"] ?? ""), message: String(problem["message"] ?? "") }));
}


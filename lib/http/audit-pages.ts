import type { AuditActor, AuditRecord } from "../model/audit";
import type { ConsoleProject } from "../model/console";
import type { LogHead, LogVerdict } from "../model/console-people";
import { isUuid } from "../model/ids";
import type { IdentityId } from "../model/ids";
import { deskOf } from "./admin-door";
import type { Exchange } from "./exchange";
import { storable } from "./odd-bytes";

/** Kinds of events, each the beginnings of actions. */
export const AUDIT_KINDS = {
  login: "login.", registration: "registration.", recovery: "recovery.", verification: "verification.", factor: "factor.", session: "session",
  account: "account.", identity: "identity.", config: "config.", admin: "admin.", key: "api_key.", job: "job.", settings: "settings.",
} as const;
export type AuditKind = keyof typeof AUDIT_KINDS;
export const AUDIT_ACTORS: readonly AuditActor["kind"][] = ["person", "admin", "system", "cli", "anonymous"];

/** What the address bar says of the log. Dates are days, UTC, the last one included. */
export interface AuditSearch {
  readonly actor: AuditActor["kind"] | null;
  readonly actorId: string | null;
  readonly target: string | null;
  readonly kind: AuditKind | null;
  readonly action: string | null;
  readonly result: "ok" | "rejected" | null;
  readonly from: string | null;
  readonly until: string | null;
  readonly before: string | null;
}
export interface AuditPage {
  readonly project: ConsoleProject;
  readonly rows: readonly AuditRecord[];
  readonly next: number | null;
  readonly looked: number;
  readonly head: LogHead;
}
const PAGE = 50;
/** Entries that one press checks: some seconds of work. */
export const VERIFIED_AT_ONCE = 50_000;

export type AuditQuery = Parameters<Exchange["handle"]["searchAudit"]>[0];

/** The search as the database asks it; what is no id or no day is left out. */
export function auditQueryOf(search: AuditSearch): Omit<AuditQuery, "limit" | "before"> {
  const day = (text: string | null): Date | null => (text !== null && /^[12]\d{3}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? new Date(`${text}T00:00:00Z`) : null);
  const [from, until] = [day(search.from), day(search.until)];
  return {
    ...(search.actor === null ? {} : { actorKind: search.actor }),
    ...(search.actorId === null || !isUuid(search.actorId) ? {} : { actorId: search.actorId as IdentityId }),
    ...(search.target === null || !isUuid(search.target) ? {} : { identityId: search.target as IdentityId }),
    ...(search.kind === null ? {} : { actionPrefix: AUDIT_KINDS[search.kind] }),
    ...(search.action === null ? {} : { action: storable(search.action).slice(0, 100) }),
    ...(search.result === null ? {} : { result: search.result }),
    ...(from === null ? {} : { from }), ...(until === null ? {} : { until: new Date(until.getTime() + 86_400_000) }),
  };
}

/** One page of the log, newest first. Null: no such project. */
export async function readAudit(exchange: Exchange, slug: string, search: AuditSearch): Promise<AuditPage | null> {
  const desk = await deskOf(exchange, slug);
  if (desk === null) return null;
  const before = sequenceOf(search.before);
  const [found, head] = await Promise.all([
    desk.handle.searchAudit({ limit: PAGE, ...auditQueryOf(search), ...(before === null ? {} : { before }) }), desk.handle.auditHead(),
  ]);
  return { project: { slug: desk.project.row.slug, name: desk.project.row.name }, ...found, head };
}

/** Checks the chain from an entry on, a bounded number of entries. Null: no such project. */
export async function verifyLog(exchange: Exchange, slug: string, from: string | null): Promise<LogVerdict | null> {
  const desk = await deskOf(exchange, slug);
  return desk === null ? null : desk.handle.verifyAudit(sequenceOf(from) ?? 1, VERIFIED_AT_ONCE);
}

function sequenceOf(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

import type { Database } from "../db/handles";
import { DomainError } from "../model/errors";
import type { ControlCommands } from "./control";

/** Entries a step: short enough that a server beside it keeps answering. */
const STEP = 2_000;

export interface ChainReport {
  readonly project: string;
  readonly slug: string;
  readonly ok: boolean;
  /** Entries that were looked at and hold. */
  readonly entries: number;
  /** The first entry that does not hold; null when all do. */
  readonly broken: number | null;
}

/** `audit-verify [project id or short name]`: recomputes every hash of the chains, from the first entry to the head. */
export function auditCommands({ db }: { readonly db: Pick<Database, "platform" | "forProject"> }): ControlCommands {
  return {
    "audit-verify": async ([which = ""], tell) => {
      const rows = (await db.platform.listProjects()).filter(({ id, slug }) => which === "" || id === which || slug === which);
      if (rows.length === 0) throw new DomainError("not_found", { reason: `There is no project ${which}.` });
      const reports: ChainReport[] = [];
      for (const { id, slug } of rows) {
        const { entries, broken } = await verify(db.forProject(id), (done) => tell(`${slug}: ${String(done)} entries`));
        reports.push({ project: id, slug, ok: broken === null, entries, broken });
      }
      return reports;
    },
  };
}

async function verify(handle: ReturnType<Database["forProject"]>, tell: (done: number) => void): Promise<Pick<ChainReport, "entries" | "broken">> {
  for (let from = 1; ;) {
    const verdict = await handle.verifyAudit(from, STEP);
    if (!verdict.ok) return { entries: Math.max(0, verdict.sequence - 1), broken: verdict.sequence };
    if (verdict.complete) return { entries: verdict.to, broken: null };
    from = verdict.to + 1;
    tell(verdict.to);
  }
}

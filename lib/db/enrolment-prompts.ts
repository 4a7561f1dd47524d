import type { ProjectId } from "../model/ids";
import type { Queries, Statement } from "./connection";
import type { ProjectDb, ProjectReads } from "./handles";

/** $1 identity, $2 project, $3 what, $4 instant. Counts in the row itself: two pages at once lose nothing. */
const NOTE: Statement = {
  name: "rung_note_prompt",
  text: `INSERT INTO enrolment_prompt AS p (identity_id, project_id, shown, skipped, never, skipped_at)
  VALUES ($1::uuid, $2::uuid, CASE WHEN $3::text = 'shown' THEN 1 ELSE 0 END, CASE WHEN $3::text = 'shown' THEN 0 ELSE 1 END, $3::text = 'never',
    CASE WHEN $3::text = 'shown' THEN NULL ELSE $4::timestamptz END)
  ON CONFLICT (identity_id) DO UPDATE SET shown = p.shown + excluded.shown, skipped = p.skipped + excluded.skipped,
    never = p.never OR excluded.never, skipped_at = coalesce(excluded.skipped_at, p.skipped_at)
  WHERE p.project_id = excluded.project_id
  RETURNING identity_id`,
};

export function promptReads(queries: Queries, projectId: ProjectId): Pick<ProjectReads, "findEnrolmentPrompt"> {
  return {
    async findEnrolmentPrompt(identityId) {
      const row = await queries.prisma.enrolmentPrompt.findFirst({ where: { identityId, projectId } });
      return row === null ? null : { shown: row.shown, skipped: row.skipped, never: row.never, skippedAt: row.skippedAt };
    },
  };
}

export function promptWrites(queries: Queries, projectId: ProjectId): Pick<ProjectDb, "noteEnrolmentPrompt"> {
  return {
    async noteEnrolmentPrompt(identityId, what, at) {
      await queries.rows(NOTE, [identityId, projectId, what, at.toISOString()]);
    },
  };
}

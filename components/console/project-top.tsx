import { Notice } from "@/components/ui/notice";
import type { Translator } from "@/lib/i18n/text";
import type { AdminRole, ProjectFrame } from "@/lib/model/console";
import { DraftBar } from "./draft-bar";
import { EnforcementBanner } from "./enforcement-banner";

interface ProjectTopProps {
  readonly frame: ProjectFrame;
  /** What the visitor may do. */
  readonly may: AdminRole;
  readonly now: Date;
  readonly text: Translator;
  /** The page of the draft itself has no bar. */
  readonly withoutDraft?: boolean;
}

/** Above every policy page of a project: what is in force, what waits, and who may only look. */
export function ProjectTop({ frame, may, now, text, withoutDraft = false }: ProjectTopProps) {
  return (
    <div className="space-y-3">
      <EnforcementBanner signIn={frame.signIn} settings={frame.settings} newest={frame.newest} now={now} text={text} />
      {!withoutDraft && <DraftBar draft={frame.draft} slug={frame.project.slug} text={text} />}
      {may === "support" && <Notice tone="info"><p>{text.t("console.mayOnlyRead")}</p></Notice>}
    </div>
  );
}

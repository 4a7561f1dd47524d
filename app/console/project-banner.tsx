import type { ReactNode } from "react";
import { ProjectTop } from "@/components/console/project-top";
import { requestTime } from "@/app/request-time";
import { projectFrame } from "@/lib/http/next/people-pages";
import type { Translator } from "@/lib/i18n/text";

/** What is in force, on every page of a project, and who may only look. */
export async function projectBanner(slug: string, role: "owner" | "support", text: Translator): Promise<ReactNode> {
  const frame = await projectFrame(slug);
  return frame === null ? null : <ProjectTop frame={frame} may={role} now={await requestTime()} text={text} />;
}

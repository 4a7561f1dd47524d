"use server";

import { redirect } from "next/navigation";
import type { NewProjectAnswer } from "@/components/console/new-project-form";
import { createProjectFor } from "@/lib/http/next/console-policy";
import { single } from "./projects/[slug]/form-fields";
import { beginAction, refusedWith } from "./projects/[slug]/refused";

/** A new project, or why not. */
export async function createProjectForm(_before: NewProjectAnswer, formData: FormData): Promise<NewProjectAnswer> {
  const text = await beginAction(formData);
  const choices = { name: single(formData, "name"), slug: single(formData, "slug"), workspace: single(formData, "workspace") };
  const made = await createProjectFor({ name: choices.name, slug: choices.slug, workspaceId: choices.workspace });
  if (made.kind === "made") redirect(`/console/projects/${encodeURIComponent(made.slug)}`);
  return { ...refusedWith(text, [], choices), title: text.t("console.new.refused"), text: text.t(`console.new.problem.${made.problem}`) };
}

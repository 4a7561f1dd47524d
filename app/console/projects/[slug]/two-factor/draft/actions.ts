"use server";

import { redirect } from "next/navigation";
import type { SaveAnswer } from "@/components/console/save-draft-form";
import { dropOwnDraft, rebaseOwnDraft, saveShownDraft } from "@/lib/http/next/console-policy";
import { single } from "../../form-fields";
import { beginAction, refusedWith } from "../../refused";

const pageOf = (slug: string): string => `/console/projects/${encodeURIComponent(slug)}/two-factor`;

/** Saves the draft that was shown, or says why not. A draft that moved, or that somebody was faster than, is shown anew. */
export async function saveDraftForm(_before: SaveAnswer, formData: FormData): Promise<SaveAnswer> {
  const text = await beginAction(formData);
  const slug = single(formData, "slug");
  const comment = single(formData, "comment").slice(0, 500);
  const saved = await saveShownDraft(slug, { stamp: single(formData, "stamp"), comment });
  switch (saved.kind) {
    case "saved": return redirect(`${pageOf(slug)}?saved=${String(saved.revision)}`);
    case "empty": return redirect(`${pageOf(slug)}?unchanged=1`);
    case "moved": return redirect(`${pageOf(slug)}/draft?moved=1`);
    case "conflict": return redirect(`${pageOf(slug)}/draft`);
    case "comment_required": return { ...refusedWith(text, [], { comment }), text: text.t("console.draft.commentRequired") };
    case "invalid": return refusedWith(text, saved.problems.map(({ path, message }) => `${path}: ${message}`), { comment });
  }
}

/** Puts the draft on top of what somebody else saved, and shows the impact of that. */
export async function rebaseDraftForm(formData: FormData): Promise<void> {
  await beginAction(formData);
  const slug = single(formData, "slug");
  const noted = await rebaseOwnDraft(slug);
  redirect(noted.kind === "empty" ? `${pageOf(slug)}?unchanged=1` : noted.kind === "noted" ? `${pageOf(slug)}/draft` : `${pageOf(slug)}/draft?unfit=1`);
}

export async function dropDraftForm(formData: FormData): Promise<void> {
  await beginAction(formData);
  const slug = single(formData, "slug");
  await dropOwnDraft(slug);
  redirect(`${pageOf(slug)}?dropped=1`);
}

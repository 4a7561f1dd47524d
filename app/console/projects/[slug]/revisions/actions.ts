"use server";

import { redirect } from "next/navigation";
import { restoreAsDraft } from "@/lib/http/next/console-policy";
import { single, wholeOf } from "../form-fields";
import { beginAction } from "../refused";

/** Makes an earlier revision the admin's draft; it is previewed and saved like any change, as a new revision. */
export async function restoreRevisionForm(formData: FormData): Promise<void> {
  await beginAction(formData);
  const slug = single(formData, "slug");
  const base = `/console/projects/${encodeURIComponent(slug)}`;
  const noted = await restoreAsDraft(slug, wholeOf(single(formData, "number")));
  redirect(noted.kind === "noted" ? `${base}/two-factor/draft` : `${base}/revisions?${noted.kind === "empty" ? "same" : "unfit"}=1`);
}

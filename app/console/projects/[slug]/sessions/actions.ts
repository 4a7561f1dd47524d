"use server";

import { redirect } from "next/navigation";
import { admittedAction } from "@/app/console/admitted";
import { field } from "@/app/console/asked";
import { endSessionOf } from "@/lib/http/next/people-pages";

export async function endOne(formData: FormData): Promise<void> {
  await admittedAction(formData);
  const slug = field(formData, "slug");
  const ended = await endSessionOf(slug, field(formData, "session"));
  redirect(`/console/projects/${encodeURIComponent(slug)}/sessions?done=${ended ? "ended" : "gone"}`);
}

"use server";

import { redirect } from "next/navigation";
import { admittedAction } from "@/app/console/admitted";
import { field } from "@/app/console/asked";
import { beginExport, cancelJobOf } from "@/lib/http/next/people-pages";

const page = (slug: string): string => `/console/projects/${encodeURIComponent(slug)}/jobs`;

export async function beginExportOf(formData: FormData): Promise<void> {
  await admittedAction(formData);
  const slug = field(formData, "slug");
  const answer = await beginExport(slug, field(formData, "kind") === "export_audit" ? "export_audit" : "export_identities");
  redirect(`${page(slug)}?${answer === "started" ? "done=export" : "refused=busy"}`);
}

export async function cancel(formData: FormData): Promise<void> {
  await admittedAction(formData);
  const slug = field(formData, "slug");
  const stopped = await cancelJobOf(slug, field(formData, "job"));
  redirect(`${page(slug)}?done=${stopped ? "cancelled" : "over"}`);
}

"use server";

import { redirect } from "next/navigation";
import { checkAction } from "@/lib/http/next/action";
import { revokeMyOtherSessions, revokeMySession } from "@/lib/http/next/sessions";

/** Signs out one other session of the person in front of the form. The list cannot end its own session. */
export async function signOutSession(formData: FormData): Promise<void> {
  await checkAction(formData);
  await revokeMySession(field(formData, "session"));
  redirect(backTo(formData, "one"));
}

/** Signs out every session but this one. */
export async function signOutOtherSessions(formData: FormData): Promise<void> {
  await checkAction(formData);
  await revokeMyOtherSessions();
  redirect(backTo(formData, "others"));
}

function backTo(formData: FormData, done: "one" | "others"): string {
  const query = new URLSearchParams({ flow: field(formData, "flow"), signed_out: done });
  return `/settings?${query.toString()}#sessions`;
}
function field(formData: FormData, name: string): string {
  const value = formData.get(name);
  return typeof value === "string" ? value : "";
}

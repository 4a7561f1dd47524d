"use server";

import { randomUUID } from "node:crypto";
import { redirect } from "next/navigation";
import type { SetupAnswer } from "@/components/console/setup-form";
import { checkAction } from "@/lib/http/next/action";
import { acceptSetup } from "@/lib/http/next/console";

/** Makes the visitor of the link an admin; then they sign in like anyone and the console leads them to a second step. */
export async function acceptSetupForm(_before: SetupAnswer, formData: FormData): Promise<SetupAnswer> {
  await checkAction(formData);
  const email = field(formData, "email").trim();
  const result = await acceptSetup({ token: field(formData, "token"), email, password: field(formData, "password") });
  if (result.kind === "ok") redirect("/self-service/login/browser?return_to=/console");
  if (result.kind === "link_invalid") redirect("/console/setup");
  return { problems: result.problems, email, stamp: randomUUID() };
}

function field(formData: FormData, name: string): string {
  const value = formData.get(name);
  return typeof value === "string" ? value : "";
}

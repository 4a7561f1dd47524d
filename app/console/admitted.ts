import { redirect } from "next/navigation";
import { checkAction } from "@/lib/http/next/action";
import { requireConsoleAdmin } from "@/lib/http/next/console";
import { redirectForAssurance } from "@/lib/http/next/guard";

/** The beginning of every action here: the form is ours, the admin is one, and their second step is fresh. */
export async function admittedAction(formData: FormData): Promise<void> {
  await checkAction(formData);
  const answer = await requireConsoleAdmin();
  if (answer.kind === "not_admin") redirect("/console");
  if (answer.kind !== "allow") redirectForAssurance(answer);
}

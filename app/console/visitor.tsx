import { forbidden } from "next/navigation";
import type { PersonView } from "@/components/session/person";
import { requireConsoleAdmin } from "@/lib/http/next/console";
import { currentPerson, redirectForAssurance } from "@/lib/http/next/guard";

/** Asks the console's guard for a page: the admin, or 403, or a redirect to where progress is possible. */
export async function consoleVisitor(): Promise<PersonView> {
  const answer = await requireConsoleAdmin();
  if (answer.kind === "not_admin") forbidden();
  if (answer.kind !== "allow") redirectForAssurance(answer);
  return currentPerson();
}

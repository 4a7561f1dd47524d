import type { ReactNode } from "react";
import { ConsoleShell } from "@/components/console/console-shell";
import { NotAdmin } from "@/components/console/not-admin";
import type { PersonView } from "@/components/session/person";
import { requireConsoleAdmin } from "@/lib/http/next/console";
import { currentPerson, redirectForAssurance } from "@/lib/http/next/guard";
import type { Translator } from "@/lib/i18n/text";
import type { AdminRole } from "@/lib/model/console";

export type ConsoleVisitor =
  | { readonly kind: "admin"; readonly person: PersonView; readonly role: AdminRole }
  | { readonly kind: "refused"; readonly page: ReactNode };

/** Asks the console's guard for a page: an admin, a page that says no, or a redirect to where progress is possible. */
export async function consoleVisitor(text: Translator): Promise<ConsoleVisitor> {
  const answer = await requireConsoleAdmin();
  if (answer.kind !== "allow" && answer.kind !== "not_admin") redirectForAssurance(answer);
  const person = await currentPerson();
  if (answer.kind === "allow") return { kind: "admin", person, role: answer.role };
  const page = (
    <ConsoleShell text={text} person={person} narrow testId="screen-console-refused" title={text.t("console.noAccessTitle")}>
      <NotAdmin name={person.kind === "signed_in" ? person.identity.displayName : ""} signOutAt={person.kind === "signed_in" ? person.signOutAt : null} text={text} />
    </ConsoleShell>
  );
  return { kind: "refused", page };
}

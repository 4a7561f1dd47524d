import { ConsoleShell } from "@/components/console/console-shell";
import { NotAdmin } from "@/components/console/not-admin";
import { currentPerson } from "@/lib/http/next/guard";
import { pageLocale } from "@/lib/http/next/locale";
import { translator } from "@/lib/i18n/text";

/** Signed in, and not an admin: 403 with two ways on. */
export default async function ConsoleForbidden() {
  const text = translator(await pageLocale());
  const person = await currentPerson();
  return (
    <ConsoleShell text={text} person={person} narrow testId="screen-console-refused" title={text.t("console.noAccessTitle")}>
      <NotAdmin name={person.kind === "signed_in" ? person.identity.displayName : ""} signOutAt={person.kind === "signed_in" ? person.signOutAt : null} text={text} />
    </ConsoleShell>
  );
}

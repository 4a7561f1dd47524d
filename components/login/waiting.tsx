import type { PersonView } from "@/components/session/person";
import { initialsOf } from "@/components/session/person";
import { WhoChip } from "@/components/session/who-chip";
import type { Translator } from "@/lib/i18n/text";

/** Who this challenge is for. */
export function Waiting({ person, text }: { readonly person: PersonView; readonly text: Translator }) {
  if (person.kind === "signed_out" || person.kind === "unavailable") return null;
  const signedIn = person.kind === "signed_in";
  return (
    <WhoChip text={text} signOutAt={person.signOutAt}
      initials={signedIn ? initialsOf(person.identity.displayName) : person.hint.initials}
      address={signedIn ? person.identity.maskedAddress : person.hint.maskedAddress} />
  );
}

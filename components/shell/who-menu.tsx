import { Ladder } from "@/components/brand/ladder";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import type { PersonView } from "../session/person";

/** Who is here, at which level, and the way out: on every page. */
export function WhoMenu({ person, text }: { readonly person: PersonView; readonly text: Translator }) {
  if (person.kind === "unavailable") return null;
  if (person.kind === "signed_out") {
    return (
      <PlainLink href="/self-service/login/browser" className="button button-quiet ms-auto text-sm">{text.t("common.signIn")}</PlainLink>
    );
  }
  const signedIn = person.kind === "signed_in";
  const level = signedIn ? person.session.aal : "aal1";
  return (
    <div data-testid="who" className="ms-auto flex min-w-0 items-center gap-x-3">
      <span className="inline-flex min-w-0 items-center gap-2 text-sm">
        <Ladder level={level} className="h-6 w-5 shrink-0" />
        <span className="sr-only">{text.t(signedIn ? `level.${level}` : "level.pending")}</span>
        <bdi className="hidden max-w-48 truncate font-medium sm:inline">{signedIn ? person.identity.displayName : person.hint.maskedAddress}</bdi>
      </span>
      <PlainLink href={person.signOutAt} className="button button-quiet text-sm">{text.t("common.signOut")}</PlainLink>
    </div>
  );
}

import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import { Avatar } from "./avatar";

interface WhoChipProps {
  readonly initials: string;
  readonly address: string;
  readonly signOutAt: string;
  readonly text: Translator;
}

/** Who is waiting on this challenge, and the way out for anybody else. */
export function WhoChip({ initials, address, signOutAt, text }: WhoChipProps) {
  return (
    <div data-testid="who-is-waiting" className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-control bg-sunken p-2.5">
      <Avatar initials={initials} />
      <bdi dir="ltr" className="min-w-0 flex-1 basis-36 font-medium">{address}</bdi>
      <span className="ps-13 text-sm text-ink-2 sm:ps-0">
        {text.t("common.notYou")}{" "}
        <PlainLink href={signOutAt} className="link inline-flex min-h-11 items-center font-semibold">{text.t("common.signOut")}</PlainLink>
      </span>
    </div>
  );
}

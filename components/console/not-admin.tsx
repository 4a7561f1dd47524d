import { Heading } from "@/components/shell/heading";
import { Card } from "@/components/ui/card";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";

/** Signed in, and not an admin: why, who can change it, and two ways on. */
export function NotAdmin({ name, signOutAt, text }: { readonly name: string; readonly signOutAt: string | null; readonly text: Translator }) {
  return (
    <Card>
      <Heading lead={<p>{text.t("console.noAccessText", { name })}</p>}>{text.t("console.noAccessTitle")}</Heading>
      {signOutAt !== null && <PlainLink href={signOutAt} className="button button-primary w-full">{text.t("login.useAnother")}</PlainLink>}
      <PlainLink href="/" className="button button-secondary w-full">{text.t("console.backToApp")}</PlainLink>
    </Card>
  );
}

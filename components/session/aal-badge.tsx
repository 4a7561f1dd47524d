import { Ladder } from "@/components/brand/ladder";
import type { Translator } from "@/lib/i18n/text";
import type { SessionView } from "./person";
import { newestProof } from "./person";

/** The level as the ladder, with words always: "Signed in · confirmed with your app 3 minutes ago". */
export function AalBadge({ session, now, text }: { readonly session: SessionView; readonly now: Date; readonly text: Translator }) {
  return (
    <span data-testid="aal-badge" data-aal={session.aal} className="inline-flex items-center gap-2 text-sm text-ink-2">
      <Ladder level={session.aal} className="h-6 w-5 shrink-0" />
      <span>{levelWords(session, now, text)}</span>
    </span>
  );
}

function levelWords(session: SessionView, now: Date, text: Translator): string {
  const proof = newestProof(session);
  if (proof === null) return text.t(`level.${session.aal}`);
  const args = { with: text.t(`method.with.${proof.method}`), ago: text.relative(proof.completedAt, now) };
  return text.t(session.aal === "aal2" ? "level.confirmedAgo" : "level.signedInAgo", args);
}

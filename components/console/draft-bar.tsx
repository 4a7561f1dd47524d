import { Icon } from "@/components/ui/icon";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import type { DraftNote } from "@/lib/model/console";
import { placeUrl } from "./project-nav";

/** A change of one's own that waits, on every page of the project: what it says, and where it goes on. */
export function DraftBar({ draft, slug, text }: { readonly draft: DraftNote | null; readonly slug: string; readonly text: Translator }) {
  if (draft === null) return null;
  return (
    <aside aria-label={text.t("console.draft.label")} data-testid="draft-bar" className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-control border border-warn-line bg-warn-soft px-4 py-2.5 text-sm">
      <Icon name="alert" className="size-5 text-warn" />
      <p className="min-w-0 flex-1 basis-52">
        <span className="font-semibold">{text.t("console.draft.bar", { count: Math.max(1, draft.changes.length) })}</span>
        {draft.changes.length > 0 && <> {draft.changes.slice(0, 3).join(" · ")}{draft.changes.length > 3 ? " …" : ""}</>}
      </p>
      <PlainLink href={`${placeUrl(slug, "two-factor")}/draft`} className="button button-secondary">{text.t("console.draft.previewLink")}</PlainLink>
      <PlainLink href={`${placeUrl(slug, "simulate")}?policy=draft`} className="button button-quiet">{text.t("console.nav.simulate")}</PlainLink>
    </aside>
  );
}

import type { ReactNode } from "react";

const PILL = "rounded-full border border-accent/40 bg-accent-soft px-2 py-0.5 text-xs font-semibold text-accent";

/** The small badge "Last used here", as text among other text. */
export function LastUsedBadge({ words }: { readonly words: string }) {
  return <span data-testid="last-used" className={PILL}>{words}</span>;
}

interface LastUsedProps {
  readonly id: string;
  /** Null: nothing is said, and the button stands alone. */
  readonly words: string | null;
  readonly children: ReactNode;
}

/** A button with the badge on its upper edge. The badge is no part of the button's name: the button names its `id` as a description. */
export function LastUsed({ id, words, children }: LastUsedProps) {
  if (words === null) return children;
  return (
    <div className="relative pt-3.5">
      {children}
      <span id={id} data-testid="last-used" className={`pointer-events-none absolute end-3 top-0 leading-4 ${PILL}`}>{words}</span>
    </div>
  );
}

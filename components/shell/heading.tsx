import type { ReactNode } from "react";

export const HEADING_ID = "page-title";

/** The one h1. It can take the focus, so that a new step is read from its top. */
export function Heading({ children, lead }: { readonly children: ReactNode; readonly lead?: ReactNode }) {
  return (
    <div className="space-y-2">
      <h1 id={HEADING_ID} tabIndex={-1} className="text-2xl font-bold">{children}</h1>
      {lead !== undefined && <div className="space-y-1 text-ink-2">{lead}</div>}
    </div>
  );
}

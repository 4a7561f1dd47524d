import type { ReactNode } from "react";

/** The one card of a screen with one job. */
export function Card({ children }: { readonly children: ReactNode }) {
  return <div className="card space-y-5 p-5 sm:p-7">{children}</div>;
}

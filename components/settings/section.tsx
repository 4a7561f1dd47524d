import type { ReactNode } from "react";

interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly intro?: string;
  /** State in words: "On", "Off", "Needs attention". */
  readonly state?: { readonly words: string; readonly tone: "on" | "off" | "attention" };
  readonly children: ReactNode;
}
const TONES = {
  on: "border-accent/40 bg-accent-soft text-accent", off: "border-line bg-sunken text-ink-2", attention: "border-warn-line bg-warn-soft text-warn",
} as const;

/** One part of the settings page: a card with its own heading, reachable by its name. */
export function Section({ id, title, intro, state, children }: SectionProps) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} data-testid={`section-${id}`} className="card scroll-mt-6 space-y-5 p-5 sm:p-7">
      <div className="space-y-1">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
          <h2 id={`${id}-title`} tabIndex={-1} className="text-lg font-bold">{title}</h2>
          {state !== undefined && (
            <span className={`rounded-full border px-2.5 py-0.5 text-sm font-semibold ${TONES[state.tone]}`}>{state.words}</span>
          )}
        </div>
        {intro !== undefined && <p className="text-ink-2">{intro}</p>}
      </div>
      {children}
    </section>
  );
}

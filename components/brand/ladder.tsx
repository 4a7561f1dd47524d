export type Level = "aal0" | "aal1" | "aal2";
const LIT = { aal0: 0, aal1: 1, aal2: 2 } as const satisfies Record<Level, number>;

/** The mark: two rails, two rungs; as many rungs lit as the session's level. Never alone: words stand beside it. */
export function Ladder({ level, className = "h-7 w-6" }: { readonly level: Level; readonly className?: string }) {
  const lit = LIT[level];
  return (
    <svg viewBox="0 0 24 28" fill="none" strokeLinecap="round" aria-hidden="true" focusable="false" className={className}>
      <path d="M6 2.5v23M18 2.5v23" stroke="currentColor" strokeWidth="2.5" className={lit > 0 ? "text-ink" : "text-ink-3"} />
      <Rung y={18.5} lit={lit >= 1} />
      <Rung y={9.5} lit={lit >= 2} />
    </svg>
  );
}

/** An unlit rung is dotted as well as grey, so that the state is not colour alone. */
function Rung({ y, lit }: { readonly y: number; readonly lit: boolean }) {
  return lit ? (
    <path d={`M6 ${y}h12`} stroke="currentColor" strokeWidth="4.5" className="rung-lit text-accent" />
  ) : (
    <path d={`M9.5 ${y}h6`} stroke="currentColor" strokeWidth="2" strokeDasharray="0.1 4" className="text-edge" />
  );
}

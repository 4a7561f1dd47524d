export type Level = "aal0" | "aal1" | "aal2";
const LIT = { aal0: 0, aal1: 1, aal2: 2 } as const satisfies Record<Level, number>;

/** The mark: two rails, two rungs; as many rungs lit as the session's level. Never alone: words stand beside it. */
export function Ladder({ level, className = "h-7 w-6" }: { readonly level: Level; readonly className?: string }) {
  const lit = LIT[level];
  return (
    <svg viewBox="0 0 24 30" fill="none" strokeLinecap="round" aria-hidden="true" focusable="false" className={className}>
      <Rung y={21} lit={lit >= 1} />
      <Rung y={10.5} lit={lit >= 2} />
      <path d="M6 2v26M18 2v26" stroke="currentColor" strokeWidth="2" className={lit > 0 ? "text-ink" : "text-ink-3"} />
    </svg>
  );
}

/** An unlit rung is broken as well as grey, so that the state is not colour alone. */
function Rung({ y, lit }: { readonly y: number; readonly lit: boolean }) {
  return lit ? (
    <path d={`M6 ${y}h12`} stroke="currentColor" strokeWidth="4" strokeLinecap="butt" className="rung-lit text-accent" />
  ) : (
    <path d={`M8 ${y}h8`} stroke="currentColor" strokeWidth="1.5" strokeDasharray="1.5 1.75" strokeLinecap="butt" className="text-edge" />
  );
}

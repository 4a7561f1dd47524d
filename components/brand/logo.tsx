/** The name with its mark; the mark here is the brand, not a level. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 text-lg font-bold tracking-tight text-ink">
      <svg viewBox="0 0 24 28" fill="none" strokeLinecap="round" aria-hidden="true" focusable="false" className="h-7 w-6 text-accent">
        <path d="M6 2.5v23M18 2.5v23" stroke="currentColor" strokeWidth="2.75" />
        <path d="M6 9.5h12M6 18.5h12" stroke="currentColor" strokeWidth="4" />
      </svg>
      <span>Rung</span>
    </span>
  );
}

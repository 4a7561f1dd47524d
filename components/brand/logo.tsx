/** The name with its mark; the mark here is the brand, not a level. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 text-lg font-bold tracking-tight text-ink">
      <svg viewBox="0 0 24 30" fill="none" strokeLinecap="round" aria-hidden="true" focusable="false" className="h-7 w-6 text-accent">
        <path d="M6 2v26M18 2v26" stroke="currentColor" strokeWidth="2.5" />
        <path d="M6 10.5h12M6 21h12" stroke="currentColor" strokeWidth="3.5" strokeLinecap="butt" />
      </svg>
      <span>Rung</span>
    </span>
  );
}

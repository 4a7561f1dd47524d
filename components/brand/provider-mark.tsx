/** A provider's sign beside its name: our own simple drawing of a well-known one, else the first letter. Decoration only. */
export function ProviderMark({ id, name }: { readonly id: string; readonly name: string }) {
  const known = knownProvider(`${id} ${name}`);
  if (known !== null) {
    return <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" className="size-5 shrink-0">{DRAWINGS[known]}</svg>;
  }
  return (
    <span aria-hidden="true" className="inline-flex size-5 shrink-0 items-center justify-center rounded-sm border border-current text-xs leading-none font-bold">
      {([...name][0] ?? "?").toUpperCase()}
    </span>
  );
}

type Known = keyof typeof DRAWINGS;
const arc = { fill: "none", strokeWidth: 3.6 } as const;
const DRAWINGS = {
  google: (
    <>
      <path d="M19.1 7.1A8.6 8.6 0 0 0 5 7.2" stroke="#ea4335" {...arc} />
      <path d="M5 7.2a8.6 8.6 0 0 0 0 9.6" stroke="#fbbc05" {...arc} />
      <path d="M5 16.8a8.6 8.6 0 0 0 12.9 1.5" stroke="#34a853" {...arc} />
      <path d="M17.9 18.3A8.6 8.6 0 0 0 20.6 12H12.2" stroke="#4285f4" {...arc} />
    </>
  ),
  microsoft: (
    <>
      <path d="M3 3h8.5v8.5H3z" fill="#f25022" />
      <path d="M12.5 3H21v8.5h-8.5z" fill="#7fba00" />
      <path d="M3 12.5h8.5V21H3z" fill="#00a4ef" />
      <path d="M12.5 12.5H21V21h-8.5z" fill="#ffb900" />
    </>
  ),
  gitlab: (
    <>
      <path d="M12 21 3 13.8l2.6-9.3 2.9 6h7l2.9-6 2.6 9.3z" fill="#fc6d26" />
      <path d="M12 21 8.5 10.5h7z" fill="#e24329" />
    </>
  ),
} as const;

function knownProvider(words: string): Known | null {
  const lower = words.toLowerCase();
  return (Object.keys(DRAWINGS) as Known[]).find((name) => lower.includes(name)) ?? null;
}

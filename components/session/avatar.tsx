/** Initials in a circle; decoration beside the name. */
export function Avatar({ initials }: { readonly initials: string }) {
  return (
    <span aria-hidden="true" className="inline-flex size-10 shrink-0 items-center justify-center rounded-full bg-accent-soft text-sm font-bold text-accent">
      {initials}
    </span>
  );
}

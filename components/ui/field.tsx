import type { ReactNode } from "react";

export const hintId = (id: string): string => `${id}-hint`;
export const errorId = (id: string): string => `${id}-error`;

/** What `aria-describedby` and `aria-invalid` of a field must say. */
export function describe(id: string, hint: ReactNode, errors: readonly string[]): { "aria-describedby"?: string; "aria-invalid"?: true } {
  const ids = [...(errors.length > 0 ? [errorId(id)] : []), ...(hint === null ? [] : [hintId(id)])];
  return { ...(ids.length > 0 && { "aria-describedby": ids.join(" ") }), ...(errors.length > 0 && { "aria-invalid": true as const }) };
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint: ReactNode;
  readonly errors: readonly string[];
  readonly children: ReactNode;
}

/** Label, hint and error around an input that carries `describe(id, hint, errors)`. */
export function Field({ id, label, hint, errors, children }: FieldProps) {
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block font-semibold">{label}</label>
      {hint !== null && <p id={hintId(id)} className="text-sm text-ink-2">{hint}</p>}
      {errors.length > 0 && (
        <p id={errorId(id)} className="text-sm font-medium text-loss">{errors.join(" ")}</p>
      )}
      {children}
    </div>
  );
}

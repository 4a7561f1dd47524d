import type { ReactNode } from "react";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";

export interface FilterField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** Absent: typed freely. The first is "any". */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly type?: "search" | "date" | "text";
  readonly hint?: string;
}
interface FilterBarProps {
  readonly label: string;
  readonly action: string;
  readonly fields: readonly FilterField[];
  readonly narrowed: boolean;
  readonly text: Translator;
  readonly children?: ReactNode;
}

/** Filters as a plain form: what was chosen stands in the address, and a link to it shows the same list. */
export function FilterBar({ label, action, fields, narrowed, text, children }: FilterBarProps) {
  return (
    <form method="get" action={action} role="search" aria-label={label} className="flex flex-wrap items-end gap-3" data-testid="filters">
      {fields.map((field) => <Filter key={field.name} field={field} />)}
      <button type="submit" className="button button-secondary min-h-12">{text.t("console.list.apply")}</button>
      {narrowed && <PlainLink href={action} className="button button-quiet min-h-12">{text.t("console.list.clear")}</PlainLink>}
      {children}
    </form>
  );
}

function Filter({ field: { name, label, value, options, type = "text", hint } }: { readonly field: FilterField }) {
  const id = `filter-${name}`;
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  return (
    <div className="min-w-0 grow basis-40 space-y-1 sm:max-w-64">
      <label htmlFor={id} className="block text-sm font-semibold">{label}</label>
      {options === undefined ? (
        <input id={id} name={name} type={type} defaultValue={value} aria-describedby={hintId} maxLength={254} autoComplete="off" autoCapitalize="off" spellCheck={false} className="field text-sm" />
      ) : (
        <select id={id} name={name} defaultValue={value} className="field text-sm">
          {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
        </select>
      )}
      {hint !== undefined && <p id={hintId} className="text-xs text-ink-3">{hint}</p>}
    </div>
  );
}

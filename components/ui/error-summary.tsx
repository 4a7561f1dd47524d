import { FocusOn } from "./focus-on";
import { Icon } from "./icon";

export interface Fault {
  readonly message: string;
  /** The field it belongs to; absent: the form as a whole. */
  readonly field?: { readonly id: string; readonly label: string };
}
const ID = "error-summary";

/** What went wrong, first on the page and focused; each fault leads to its field. */
export function ErrorSummary({ title, faults }: { readonly title: string; readonly faults: readonly Fault[] }) {
  if (faults.length === 0) return null;
  return (
    <div id={ID} role="alert" tabIndex={-1} className="rounded-control border-2 border-loss-line bg-loss-soft p-3.5">
      <p className="flex items-center gap-2 font-semibold text-loss">
        <Icon name="alert" />
        {title}
      </p>
      <ul className="mt-1.5 space-y-1">
        {faults.map((fault) => (
          <li key={`${fault.field?.id ?? ""} ${fault.message}`}>
            {fault.field === undefined ? fault.message : (
              <a href={`#${fault.field.id}`} className="link text-ink">{fault.field.label}: {fault.message}</a>
            )}
          </li>
        ))}
      </ul>
      <FocusOn id={ID} />
    </div>
  );
}

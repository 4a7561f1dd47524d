import type { ReactNode } from "react";

interface DataTableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly testId: string;
  readonly children: ReactNode;
}

/** A list with a caption and named columns; where it is narrow each row is a card, and nothing scrolls sideways. */
export function DataTable({ caption, columns, testId, children }: DataTableProps) {
  return (
    <table className="w-full border-collapse text-sm max-md:block" data-testid={testId}>
      <caption className="sr-only">{caption}</caption>
      <thead className="border-b border-line text-ink-2 max-md:sr-only">
        <tr>
          {columns.map((column) => <th key={column} scope="col" className="px-2 py-2 text-start font-semibold first:ps-0 last:pe-0">{column}</th>)}
        </tr>
      </thead>
      <tbody className="max-md:block max-md:space-y-3">{children}</tbody>
    </table>
  );
}

export function DataRow({ children, testId }: { readonly children: ReactNode; readonly testId?: string }) {
  return (
    <tr data-testid={testId} className="max-md:block max-md:rounded-control max-md:border max-md:border-line max-md:p-3 md:border-b md:border-line">{children}</tr>
  );
}

interface CellProps {
  /** Name of the column, shown beside the value where there are no columns. */
  readonly label: string;
  readonly children: ReactNode;
}
export function Cell({ label, children }: CellProps) {
  return (
    <td className="px-2 py-2 align-top first:ps-0 last:pe-0 max-md:block max-md:px-0 max-md:py-1">
      <span className="block text-xs font-semibold text-ink-3 md:hidden">{label}</span>
      {children}
    </td>
  );
}

/** What the row is about. */
export function HeadCell({ label, children }: CellProps) {
  return (
    <th scope="row" className="px-2 py-2 ps-0 text-start align-top font-normal max-md:block max-md:px-0 max-md:py-1">
      <span className="block text-xs font-semibold text-ink-3 md:hidden">{label}</span>
      {children}
    </th>
  );
}

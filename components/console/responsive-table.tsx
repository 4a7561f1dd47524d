import type { ReactNode } from "react";

interface ResponsiveTableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  /** The first cell names its row. */
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  readonly testId?: string;
}

/** A table where there is room, and a stack of named values where there is none: nothing scrolls sideways. */
export function ResponsiveTable({ caption, columns, rows, testId }: ResponsiveTableProps) {
  return (
    <table className="w-full border-collapse text-sm max-md:block" data-testid={testId}>
      <caption className="pb-2 text-start font-semibold max-md:block">{caption}</caption>
      <thead className="max-md:sr-only">
        <tr>{columns.map((column) => <th key={column} scope="col" className="border-b border-line py-2 pe-3 text-start font-semibold text-ink-2">{column}</th>)}</tr>
      </thead>
      <tbody className="max-md:block max-md:space-y-3">
        {rows.map(({ key, cells }) => (
          <tr key={key} className="max-md:block max-md:rounded-control max-md:border max-md:border-line max-md:p-3">
            {cells.map((cell, index) => {
              const inside = (
                <>
                  <span aria-hidden="true" className="text-ink-3 md:hidden">{columns[index]}</span>
                  <span className="min-w-0">{cell}</span>
                </>
              );
              const look = "border-line py-1.5 pe-3 text-start align-top max-md:flex max-md:justify-between max-md:gap-3 md:border-b md:tabular-nums";
              return index === 0 ? <th key={columns[index]} scope="row" className={`${look} font-medium`}>{inside}</th> : <td key={columns[index]} className={look}>{inside}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

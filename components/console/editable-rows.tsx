"use client";

import type { ReactNode } from "react";
import { useState } from "react";
import { useHydrated } from "@/components/ui/use-hydrated";

export interface Column<Row> {
  readonly name: string;
  readonly label: string;
  /** The field of one row; `label` is its accessible name. */
  readonly field: (row: Row, label: string) => ReactNode;
}
interface EditableRowsProps<Row> {
  readonly rows: readonly Row[];
  readonly empty: Row;
  /** What names a row to whoever removes it. */
  readonly nameOf: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  readonly words: Readonly<Record<"caption" | "add" | "remove" | "removeHint" | "actions", string>>;
  readonly testId: string;
}
interface Keyed<Row> {
  readonly key: number;
  readonly row: Row;
}

/** Rows of plain fields with one empty row to add to: a table where there is room, a stack of cards where there is none. Script adds and removes rows. */
export function EditableRows<Row>({ rows, empty, nameOf, columns, words, testId }: EditableRowsProps<Row>) {
  const hydrated = useHydrated();
  const [shown, setShown] = useState<readonly Keyed<Row>[]>(() => [...rows, empty].map((row, key) => ({ key, row })));
  const add = (): void => {
    setShown([...shown, { key: Math.max(-1, ...shown.map(({ key }) => key)) + 1, row: empty }]);
  };
  return (
    <>
      <table className="w-full border-collapse max-md:block">
        <caption className="sr-only">{words.caption}</caption>
        <thead className="text-start text-sm text-ink-2 max-md:sr-only">
          <tr>
            {columns.map(({ name, label }) => <th key={name} scope="col" className="pe-2 pb-2 text-start font-semibold">{label}</th>)}
            {hydrated && <th scope="col" className="pb-2"><span className="sr-only">{words.actions}</span></th>}
          </tr>
        </thead>
        <tbody className="max-md:block max-md:space-y-4">
          {shown.map(({ key, row }, index) => (
            <tr key={key} className="max-md:block max-md:rounded-control max-md:border max-md:border-line max-md:p-3" data-testid={testId}>
              {columns.map(({ name, label, field }) => (
                <td key={name} className="py-1 align-top max-md:block md:pe-2">
                  <span aria-hidden="true" className="mb-1 block text-sm font-semibold text-ink-2 md:hidden">{label}</span>
                  {field(row, `${label} ${String(index + 1)}`)}
                </td>
              ))}
              {hydrated && (
                <td className="py-1 align-top max-md:block">
                  <button type="button" className="button button-quiet min-h-12 text-sm whitespace-nowrap" onClick={() => { setShown(shown.filter((other) => other.key !== key)); }}>
                    {words.remove}<span className="sr-only"> {nameOf(row) === "" ? index + 1 : nameOf(row)}</span>
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {hydrated ? <button type="button" className="button button-secondary" onClick={add}>{words.add}</button>
        : <p className="text-sm text-ink-2">{words.removeHint}</p>}
    </>
  );
}

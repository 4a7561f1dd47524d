"use client";

import { useState } from "react";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { PathLevel, PathRow } from "./two-factor-view";
import { PATH_LEVELS } from "./two-factor-view";

export interface PathWords {
  readonly title: string;
  readonly intro: string;
  readonly caption: string;
  readonly path: string;
  readonly level: string;
  readonly maxAge: string;
  readonly removeHint: string;
  readonly add: string;
  readonly remove: string;
  readonly levels: Readonly<Record<PathLevel, string>>;
}
const EMPTY: PathRow = { prefix: "", level: "aal2", minutes: "" };
interface KeyedRow {
  readonly key: number;
  readonly row: PathRow;
}

/** The protected paths as plain fields, with one empty row to add to. Script adds more rows and takes rows away. */
export function ProtectedPaths({ rows, words }: { readonly rows: readonly PathRow[]; readonly words: PathWords }) {
  const hydrated = useHydrated();
  const [shown, setShown] = useState<readonly KeyedRow[]>(() => [...rows, EMPTY].map((row, key) => ({ key, row })));
  const add = (): void => {
    setShown([...shown, { key: Math.max(-1, ...shown.map(({ key }) => key)) + 1, row: EMPTY }]);
  };
  return (
    <section aria-labelledby="paths-title" className="card space-y-4 p-5">
      <div>
        <h2 id="paths-title" className="text-lg font-bold">{words.title}</h2>
        <p className="text-ink-2">{words.intro}</p>
      </div>
      <table className="w-full border-collapse max-md:block">
        <caption className="sr-only">{words.caption}</caption>
        <thead className="text-start text-sm text-ink-2 max-md:sr-only">
          <tr>
            <th scope="col" className="pb-2 text-start font-semibold">{words.path}</th>
            <th scope="col" className="pb-2 text-start font-semibold">{words.level}</th>
            <th scope="col" className="pb-2 text-start font-semibold">{words.maxAge}</th>
            {hydrated && <td className="pb-2" />}
          </tr>
        </thead>
        <tbody className="max-md:block max-md:space-y-4">
          {shown.map(({ key, row }, index) => (
            <Row key={key} row={row} number={index + 1} words={words}
              onRemove={hydrated ? () => { setShown(shown.filter((other) => other.key !== key)); } : null} />
          ))}
        </tbody>
      </table>
      {hydrated ? <button type="button" className="button button-secondary" onClick={add}>{words.add}</button>
        : <p className="text-sm text-ink-2">{words.removeHint}</p>}
    </section>
  );
}

interface RowProps {
  readonly row: PathRow;
  readonly number: number;
  readonly words: PathWords;
  readonly onRemove: (() => void) | null;
}
function Row({ row, number, words, onRemove }: RowProps) {
  const cell = "py-1 align-top max-md:block md:pe-3";
  return (
    <tr className="max-md:block max-md:rounded-control max-md:border max-md:border-line max-md:p-3" data-testid="path-row">
      <td className={cell}>
        <NarrowLabel>{words.path}</NarrowLabel>
        <input name="path_prefix" defaultValue={row.prefix} aria-label={`${words.path} ${number}`} placeholder="/billing" dir="ltr"
          autoCapitalize="off" autoCorrect="off" spellCheck={false} className="field code text-sm" />
      </td>
      <td className={cell}>
        <NarrowLabel>{words.level}</NarrowLabel>
        <select name="path_level" defaultValue={row.level} aria-label={`${words.level} ${number}`} className="field text-sm">
          {PATH_LEVELS.map((level) => <option key={level} value={level}>{words.levels[level]}</option>)}
        </select>
      </td>
      <td className={`${cell} md:w-56`}>
        <NarrowLabel>{words.maxAge}</NarrowLabel>
        <input name="path_minutes" defaultValue={row.minutes} aria-label={`${words.maxAge} ${number}`} inputMode="decimal" dir="ltr"
          className="field text-sm tabular-nums" />
      </td>
      {onRemove !== null && (
        <td className="py-1 align-top max-md:block">
          <button type="button" className="button button-quiet min-h-12 text-sm" onClick={onRemove}>
            {words.remove}<span className="sr-only"> {row.prefix === "" ? number : row.prefix}</span>
          </button>
        </td>
      )}
    </tr>
  );
}

/** The column's name where the table is a stack of cards; the field has its own accessible name. */
function NarrowLabel({ children }: { readonly children: string }) {
  return <span aria-hidden="true" className="mb-1 block text-sm font-semibold text-ink-2 md:hidden">{children}</span>;
}

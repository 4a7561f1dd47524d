"use client";

import type { RequiredAal } from "@/lib/model/assurance";
import { EditableRows } from "./editable-rows";
import type { OperationRow, PathRow } from "./two-factor-view";
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
  readonly actions: string;
  readonly levels: Readonly<Record<RequiredAal, string>>;
}
export interface OperationWords extends PathWords {
  readonly methods: string;
}
const EMPTY_PATH: PathRow = { prefix: "", level: "aal2", minutes: "" };
const EMPTY_OPERATION: OperationRow = { name: "", level: "aal2", minutes: "", methods: "" };
const PLAIN = { dir: "ltr", autoCapitalize: "off", autoCorrect: "off", spellCheck: false, autoComplete: "off" } as const;

/** The protected paths as plain fields. */
export function ProtectedPaths({ rows, words }: { readonly rows: readonly PathRow[]; readonly words: PathWords }) {
  return (
    <section aria-labelledby="paths-title" className="card space-y-4 p-5">
      <Title id="paths-title" words={words} />
      <EditableRows rows={rows} empty={EMPTY_PATH} nameOf={({ prefix }) => prefix} words={words} testId="path-row" columns={[
        { name: "path", label: words.path, field: (row, label) => <input name="path_prefix" defaultValue={row.prefix} aria-label={label} placeholder="/billing" {...PLAIN} className="field code text-sm" /> },
        { name: "level", label: words.level, field: (row, label) => <Level name="path_level" level={row.level} label={label} words={words} /> },
        { name: "age", label: words.maxAge, field: (row, label) => <Minutes name="path_minutes" minutes={row.minutes} label={label} /> },
      ]} />
    </section>
  );
}

/** The operations an app asks for by name. */
export function Operations({ rows, words }: { readonly rows: readonly OperationRow[]; readonly words: OperationWords }) {
  return (
    <section aria-labelledby="operations-title" className="card space-y-4 p-5">
      <Title id="operations-title" words={words} />
      <EditableRows rows={rows} empty={EMPTY_OPERATION} nameOf={({ name }) => name} words={words} testId="operation-row" columns={[
        { name: "name", label: words.path, field: (row, label) => <input name="operation_name" defaultValue={row.name} aria-label={label} placeholder="payment.create" {...PLAIN} className="field code text-sm" /> },
        { name: "level", label: words.level, field: (row, label) => <Level name="operation_level" level={row.level} label={label} words={words} /> },
        { name: "age", label: words.maxAge, field: (row, label) => <Minutes name="operation_minutes" minutes={row.minutes} label={label} /> },
        { name: "methods", label: words.methods, field: (row, label) => <input name="operation_methods" defaultValue={row.methods} aria-label={label} placeholder="totp webauthn" {...PLAIN} className="field code text-sm" /> },
      ]} />
    </section>
  );
}

function Title({ id, words }: { readonly id: string; readonly words: PathWords }) {
  return (
    <div>
      <h2 id={id} className="text-lg font-bold">{words.title}</h2>
      <p className="text-ink-2">{words.intro}</p>
    </div>
  );
}

function Level({ name, level, label, words }: { readonly name: string; readonly level: RequiredAal; readonly label: string; readonly words: PathWords }) {
  return (
    <select name={name} defaultValue={level} aria-label={label} className="field text-sm">
      {PATH_LEVELS.map((value) => <option key={value} value={value}>{words.levels[value]}</option>)}
    </select>
  );
}

function Minutes({ name, minutes, label }: { readonly name: string; readonly minutes: string; readonly label: string }) {
  return <input name={name} defaultValue={minutes} aria-label={label} inputMode="decimal" dir="ltr" autoComplete="off" className="field text-sm tabular-nums" />;
}

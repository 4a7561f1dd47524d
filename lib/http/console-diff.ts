import type { DiffLine } from "../model/console-impact";

/** Unchanged lines kept around a change. */
const CONTEXT = 3;
/** Beyond this a table of both would be too large; everything is shown as taken away and added. */
const MOST_LINES = 3_000;

/** The lines that differ between two texts, with a few around them; a line of three dots stands for what is left out. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const start = common(old, now);
  const end = common(old.slice(start).reverse(), now.slice(start).reverse());
  const lines: readonly DiffLine[] = [
    ...old.slice(0, start).map(kept),
    ...middle(old.slice(start, old.length - end), now.slice(start, now.length - end)),
    ...old.slice(old.length - end).map(kept),
  ];
  const near = lines.map((_, index) => lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== " "));
  return lines.flatMap((line, index) => (near[index] === true ? [line] : index > 0 && near[index - 1] === true ? [{ sign: " ", text: "…" } as const] : []));
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n");
}

function kept(text: string): DiffLine {
  return { sign: " ", text };
}

/** How many lines two lists begin with alike. */
function common(left: readonly string[], right: readonly string[]): number {
  let count = 0;
  while (count < left.length && count < right.length && left[count] === right[count]) count += 1;
  return count;
}

/** Longest common subsequence. */
function middle(old: readonly string[], now: readonly string[]): readonly DiffLine[] {
  const all = (): readonly DiffLine[] => [...old.map((text): DiffLine => ({ sign: "-", text })), ...now.map((text): DiffLine => ({ sign: "+", text }))];
  if (old.length === 0 || now.length === 0 || old.length > MOST_LINES || now.length > MOST_LINES) return all();
  const width = now.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] = old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    const [was, will] = [old[row], now[column]];
    if (was !== undefined && was === will) {
      lines.push(kept(was));
      row += 1;
      column += 1;
    } else if (was !== undefined && (will === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ sign: "-", text: was });
      row += 1;
    } else {
      lines.push({ sign: "+", text: will ?? "" });
      column += 1;
    }
  }
  return lines;
}

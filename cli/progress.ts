import type { Io } from "./io";

export interface Progress {
  /** So much of the whole is done. */
  at(done: number, note?: string): void;
  /** The line is over: wiped where it was drawn. */
  end(): void;
}

const WIDTH = 30;

/** A bar on standard error where somebody looks at it; silence everywhere else. `total` null: unknown, a count is shown. */
export function progressOn(io: Pick<Io, "err" | "drawsProgress">, quiet: boolean, total: number | null): Progress {
  if (quiet || !io.drawsProgress) return { at: () => undefined, end: () => undefined };
  let drawn = "";
  return {
    at(done, note = "") {
      const share = total === null || total === 0 ? 0 : Math.min(1, done / total);
      const bar = total === null ? "" : `[${"#".repeat(Math.floor(share * WIDTH)).padEnd(WIDTH, ".")}] ${String(Math.floor(share * 100)).padStart(3)}% `;
      const line = `${bar}${String(done)}${total === null ? "" : ` of ${String(total)}`}${note === "" ? "" : `, ${note}`}`;
      if (line === drawn) return;
      drawn = line;
      io.err(`\r\u001b[K${line}`);
    },
    end() {
      if (drawn !== "") io.err("\r\u001b[K");
    },
  };
}

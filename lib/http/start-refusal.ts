import { isStartError, START_EXIT } from "../model/errors";

/** What a process that cannot start says, and how it ends: one line for every foreseen reason, a stack only for the others. */
export function startRefusal(error: unknown): { readonly words: string; readonly exitCode: number } {
  if (isStartError(error)) return { words: error.message, exitCode: error.exitCode };
  const code = error instanceof Error && "code" in error ? error.code : null;
  switch (code) {
    case "EADDRINUSE":
      return { words: "The port is in use by another program. Stop it, or set PORT to another number.", exitCode: START_EXIT.general };
    case "EACCES":
      return { words: "This user may not open that port. Set PORT to a number above 1023.", exitCode: START_EXIT.general };
    case "EADDRNOTAVAIL":
      return { words: "This machine has no such address to listen on. Set HOST to one of its own, such as 127.0.0.1.", exitCode: START_EXIT.general };
    default: {
      const words = error instanceof Error ? error.stack ?? error.message : String(error);
      return { words: `The server could not start: ${words}`, exitCode: START_EXIT.general };
    }
  }
}

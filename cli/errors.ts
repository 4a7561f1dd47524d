/** The command cannot go on. Its lines go to standard error and the exit code is 1; nothing else is printed. */
export class CliError extends Error {
  readonly lines: readonly string[];

  constructor(...lines: readonly string[]) {
    super(lines.join("\n"));
    this.name = "CliError";
    this.lines = lines;
  }
}

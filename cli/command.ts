import { Command } from "commander";
import { createAccess } from "./access";
import type { Access } from "./access";
import { CliError } from "./errors";
import { FORMATS, parseFormat, print } from "./format";
import type { Printed } from "./format";
import type { Io } from "./io";
import { readSettings } from "./settings";
import type { Settings } from "./settings";
import type { Send } from "./transport";

/** What a command works with. */
export interface Context {
  readonly io: Io;
  readonly settings: Settings;
  readonly access: Access;
  readonly quiet: boolean;
  /** Nobody is asked. */
  readonly yes: boolean;
  print(printed: Printed): void;
  /** A line for a person, on standard error; not with `--quiet`. */
  note(line: string): void;
}

/** Options as commander hands them over, read by name. */
export interface Options {
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  flag(name: string): boolean;
}

export type Run = (ctx: Context, args: readonly string[], options: Options) => Promise<void>;

export interface House {
  readonly io: Io;
  /** Absent: over the network. */
  readonly send?: Send;
}

export interface Leaf {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Lines of the help: what to type, and after `#` what it does. Never empty. */
  readonly examples: readonly string[];
  /** False: prints no value. */
  readonly formats?: boolean;
  /** The way to a project or workspace. */
  readonly scope?: "project" | "workspace" | "none";
  readonly arguments?: readonly (readonly [string, string])[];
  readonly options?: readonly (readonly [string, string, string?])[];
  readonly repeatable?: readonly (readonly [string, string])[];
  readonly run: Run;
}

const collect = (value: string, known: readonly string[] | undefined): readonly string[] => [...(known ?? []), value];

/** Adds one command with the options that every command has (contract/admin.md 3.1). */
export function leaf(parent: Command, house: House, spec: Leaf): Command {
  const command = parent.command(spec.name).summary(spec.summary).description(spec.summary);
  if (spec.aliases !== undefined) command.aliases([...spec.aliases]);
  for (const [name, words] of spec.arguments ?? []) command.argument(name, words);
  if (spec.scope === "project") command.option("--project <project>", "id, or the beginning of its name, short name or id");
  if (spec.scope === "project" || spec.scope === "workspace") command.option("--workspace <workspace>", "id, or the beginning of its name or id");
  for (const [flags, words, fallback] of spec.options ?? []) command.option(flags, words, fallback);
  for (const [flags, words] of spec.repeatable ?? []) command.option(flags, words, collect);
  if (spec.formats !== false) command.option("--format <format>", `how to print: ${FORMATS}`, "default");
  common(command);
  command.addHelpText("after", `\nExamples:\n${spec.examples.map((line) => `  ${line}`).join("\n")}`);
  return command.action((...given: unknown[]) => perform(house, given, spec.run));
}

/** `-c`, `-q` and `-y`, before the command or behind it. */
export function common(command: Command): Command {
  return command.option("-c, --config <path>", "where the selection of `rung use` is kept")
    .option("-q, --quiet", "print only the first column, and no remarks")
    .option("-y, --yes", "ask nothing");
}

/** A group such as `list`: prints its help when no command follows. */
export function group(parent: Command, name: string, summary: string, aliases: readonly string[] = []): Command {
  return parent.command(name).summary(summary).description(summary).aliases([...aliases]);
}

async function perform(house: House, given: readonly unknown[], run: Run): Promise<void> {
  const command = given.find((value): value is Command => value instanceof Command);
  if (command === undefined) throw new Error("a command without its command");
  const options = optionsOf(command.optsWithGlobals<Record<string, unknown>>());
  const { io, send } = house;
  const quiet = options.flag("quiet");
  const settings = readSettings(io.env, { config: options.text("config") });
  const format = parseFormat(options.text("format") ?? "default");
  const note = (line: string): void => {
    if (!quiet) io.err(`${line}\n`);
  };
  const access = createAccess({ settings, note, ...(send === undefined ? {} : { send }) });
  try {
    await run({ io, settings, access, quiet, yes: options.flag("yes"), note, print: (printed) => io.out(print(printed, format, quiet)) }, command.args, options);
  } finally {
    await access.close();
  }
}

function optionsOf(values: Readonly<Record<string, unknown>>): Options {
  return {
    text(name) {
      const value = values[name];
      return typeof value === "string" ? value : undefined;
    },
    list(name) {
      const value = values[name];
      return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
    },
    flag: (name) => values[name] === true,
  };
}

/** Asks unless `--yes` said so already; without a terminal nothing is assumed. Throws `CliError` when the answer is no. */
export async function confirm({ io, yes, quiet }: Context, question: string): Promise<void> {
  if (yes) return;
  if (quiet || !io.inputIsTerminal) throw new CliError(`${question} Nobody can be asked here: say so with --yes.`);
  const answer = await io.ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer)) throw new CliError("Nothing was changed.");
}

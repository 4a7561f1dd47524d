import { Command, CommanderError } from "commander";
import { common } from "./command";
import type { House } from "./command";
import { registerAdmin } from "./commands/admin";
import { registerAudit } from "./commands/audit";
import { registerExplain } from "./commands/explain";
import { verbsOf } from "./commands/groups";
import { identities } from "./commands/identities";
import { identityConfig } from "./commands/identity-config";
import { importPeople } from "./commands/import";
import { registerKeys } from "./commands/keys";
import { projects } from "./commands/projects";
import { registerShell } from "./commands/shell";
import { validate } from "./commands/validate";
import { workspaces } from "./commands/workspaces";
import { CliError } from "./errors";
import { FORMATS } from "./format";

const ABOUT = `The command line of Rung.

On the machine of the installation it needs no key: it asks the running server for one of 15 minutes. From anywhere else:
  RUNG_CONSOLE_URL=https://console.id.example.com RUNG_WORKSPACE_API_KEY=ory_wak_… rung list projects`;

const EXAMPLES = `
Examples:
  rung list workspaces
  rung list projects --workspace acme
  rung get identity-config --project shop --workspace acme --format yaml > identity-config.yaml
  rung update identity-config --project shop --workspace acme --file identity-config.yaml
  rung explain --identity grace@bank.test --area operation payment.create

Environment (each also under its ORY_ name, where the official tool has one):
  RUNG_CONSOLE_URL, RUNG_WORKSPACE_API_KEY, RUNG_PROJECT_API_KEY, RUNG_WORKSPACE, RUNG_PROJECT, RUNG_CONFIG_PATH

Every command has examples in its own help: rung update identity-config --help`;

/** The command line for these words, over a terminal or what stands for one: all of it, or at least the command that they name. */
export async function createProgram(house: House, args: readonly string[] = []): Promise<Command> {
  // Without a default: what is not said here leaves the command's own.
  const program = common(new Command("rung")).option("--format <format>", `how to print: ${FORMATS}`).description(ABOUT).addHelpText("after", EXAMPLES).showSuggestionAfterError().helpCommand("help [command]", "show how a command is used");
  const verbs = verbsOf(program);
  for (const register of [workspaces, projects, identityConfig, identities, importPeople, validate]) register(verbs, house);
  registerExplain(program, house);
  registerAudit(program, house);
  registerAdmin(program, house);
  registerKeys(program, house);
  registerShell(program, house);
  const light = new Set(program.commands.filter((command) => command.name() !== "completion").flatMap((command) => [command.name(), ...command.aliases()]));
  // migrate, doctor, backup and restore live there: the database engine behind them takes a second to load, and `list` needs none of it.
  if (!light.has(verbIn(args))) (await import("./operations")).registerOperations(program, house);
  forEvery(program, (command) => {
    command.exitOverride().configureOutput({ writeOut: (text) => house.io.out(text), writeErr: (text) => house.io.err(text) });
  });
  return program;
}

/** The first word that is neither an option nor the value of one; "" where there is none. */
function verbIn(args: readonly string[]): string {
  return args.find((word, index) => !word.startsWith("-") && !["-c", "--config", "--format"].includes(args[index - 1] ?? "")) ?? "";
}

/** Runs one command line and answers the exit code: 0, or 1 for every failure (contract/admin.md 3.1). */
export async function runCli(args: readonly string[], house: House): Promise<0 | 1> {
  try {
    await (await createProgram(house, args)).parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    if (!(error instanceof CliError)) {
      house.io.err(`rung: ${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    }
    house.io.err(`${error.lines.join("\n")}\n`);
    return 1;
  }
}

function forEvery(command: Command, run: (command: Command) => void): void {
  run(command);
  for (const one of command.commands) forEvery(one, run);
}

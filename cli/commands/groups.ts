import type { Command } from "commander";
import type { House } from "../command";
import { group } from "../command";

/** The verbs. Every command is a verb and a noun. */
export interface Verbs {
  readonly list: Command;
  readonly get: Command;
  readonly create: Command;
  readonly update: Command;
  readonly patch: Command;
  readonly use: Command;
  readonly delete: Command;
  readonly import: Command;
  readonly validate: Command;
}

export type Register = (verbs: Verbs, house: House) => void;

export function verbsOf(program: Command): Verbs {
  return {
    list: group(program, "list", "List workspaces, projects or people", ["ls"]),
    get: group(program, "get", "Read one thing"),
    create: group(program, "create", "Make a workspace, a project or a person"),
    update: group(program, "update", "Replace a configuration as a whole"),
    patch: group(program, "patch", "Change single keys of a configuration"),
    use: group(program, "use", "Choose the project or workspace that commands mean"),
    delete: group(program, "delete", "Delete people"),
    import: group(program, "import", "Bring people in from files"),
    validate: group(program, "validate", "Check files without changing anything"),
  };
}

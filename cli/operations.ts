import type { Command } from "commander";
import { register as registerBackup } from "./backup";
import type { House } from "./command";
import { register as registerDoctor } from "./doctor";
import { register as registerMigrate } from "./migrate";
import { register as registerRestore } from "./restore";

/** The commands that open the database themselves. Loaded only when one of them is meant: its engine takes a while. */
export function registerOperations(program: Command, house: House): void {
  for (const register of [registerMigrate, registerDoctor, registerBackup, registerRestore]) register(program, house);
}

import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CliError } from "./errors";

/** What `rung use` remembers, in Ory's own shape. Never a key. */
export interface State {
  readonly selectedProject: string | null;
  readonly selectedWorkspace: string | null;
}

const NOTHING: State = { selectedProject: null, selectedWorkspace: null };

/** The remembered selection; nothing where there is no file. Throws `CliError` for a file that is not ours to read. */
export function readState(path: string): State {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return NOTHING;
    throw new CliError(`The state file ${path} cannot be read.`);
  }
  try {
    const stored: unknown = JSON.parse(text);
    return { selectedProject: member(stored, "selected_project"), selectedWorkspace: member(stored, "selected_workspace") };
  } catch {
    throw new CliError(`The state file ${path} is not JSON. Remove it, or name another one with --config.`);
  }
}

/** Writes it whole or not at all, mode 0600. */
export function writeState(path: string, state: State): void {
  const draft = `${path}.${String(process.pid)}.tmp`;
  const document = { version: "v1", selected_project: state.selectedProject ?? "", selected_workspace: state.selectedWorkspace ?? "" };
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch {
    throw new CliError(`The state file ${path} cannot be written. Name another one with --config.`);
  }
}

function member(value: unknown, name: string): string | null {
  const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  return typeof found === "string" && found !== "" && found !== "00000000-0000-0000-0000-000000000000" ? found : null;
}

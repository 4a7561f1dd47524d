import type { FileStanding } from "../model/console";
import type { FileProblem } from "./config-file-read";

/** Who won between rung.yml and everybody else, for whoever asks; nothing secret is in it. */
export interface ConfigFileStatus extends FileStanding {
  /** The newest revision that the file made; null: none ever. */
  readonly revision: number | null;
  /** The revision in force. */
  readonly current: number;
  readonly problems: readonly FileProblem[];
  /** Keys of the file that belong to the installation and are left out. */
  readonly ignored: readonly string[];
  /** Keys that are kept and change nothing, in words. */
  readonly warnings: readonly string[];
}

type Ask = () => Promise<ConfigFileStatus>;
const KEY = Symbol.for("rung.config-file");
interface Holder { [KEY]?: Ask | undefined }

/** As of now; null where this installation has no configuration file. Throws when the database does not answer. */
export async function configFileStatus(): Promise<ConfigFileStatus | null> {
  return (await (globalThis as Holder)[KEY]?.()) ?? null;
}

/** From the process's server to its pages: both have a copy of this module. Answers how to take it back. */
export function publishStatus(ask: Ask): () => void {
  const holder = globalThis as Holder;
  holder[KEY] = ask;
  return () => {
    if (holder[KEY] === ask) holder[KEY] = undefined;
  };
}

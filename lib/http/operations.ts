import { isAbsolute } from "node:path";
import { DomainError } from "../model/errors";
import type { Tell } from "../platform/control";
import { installationFacts } from "../platform/facts";
import type { Services } from "../services";

type Command = (services: Services, args: readonly string[], tell: Tell) => Promise<readonly string[]>;

const WORD_EVERY_MS = 10_000;

/** Commands for whoever operates the machine; the process that has the embedded database runs them (lib/http/commands.ts). */
export const operations: Readonly<Record<"facts" | "copy-data", Command>> = {
  facts: async (services) => [JSON.stringify(await installationFacts(services))],
  /** A copy of the store as of one instant, into a directory that does not exist yet. */
  "copy-data": async ({ db }, [target = ""], tell) => {
    if (db.copyTo === null || !isAbsolute(target)) throw new DomainError("bad_request", { reason: "A copy needs the embedded database and an absolute path." });
    const timer = setInterval(() => tell("still copying"), WORD_EVERY_MS);
    try {
      await db.copyTo(target);
    } finally {
      clearInterval(timer);
    }
    return [target];
  },
};

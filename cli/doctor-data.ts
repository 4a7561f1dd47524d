import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Env } from "../lib/env";
import { checkConfigFile, configFilePath } from "../lib/platform/config-file";
import { installationFacts } from "../lib/platform/facts";
import type { InstallationFacts } from "../lib/platform/facts";
import { fail, ok, warn, wordsOf } from "./finding";
import type { Finding } from "./finding";
import { withServices } from "./local";
import { running, stateOf } from "./migrate";

/* What is in the database. A running server is asked; else the database is opened, looked at and closed again, and never migrated. */

interface Looked {
  readonly findings: readonly Finding[];
  /** The database's clock; null where it could not be asked. */
  readonly now: Date | null;
}

export async function checkDatabase(env: Env): Promise<Looked> {
  const where = env.databaseUrl === null ? env.dataDir : new URL(env.databaseUrl).host;
  const { swapPending } = await import("../lib/db/backup");
  if (env.databaseUrl === null && await swapPending(env.dataDir)) {
    return { findings: [fail("database", `a restore of ${where} was cut off`, "Start the server, or restore again: either finishes it.")], now: null };
  }
  if (env.databaseUrl === null && !existsSync(join(env.dataDir, "PG_VERSION"))) {
    return { findings: [warn("database", `${where} does not exist yet`, "The first start makes it: npm start")], now: null };
  }
  try {
    const asked = env.databaseUrl === null ? await running() : null;
    if (asked !== null) return told([ok("database", `${where}, asked through the running server`), migrated(asked.migrations.length)], asked, fileOf(asked, env));
    const { migrations, problem } = await stateOf(env);
    const reached = ok("database", `${where} answers`);
    if (problem !== null) return { findings: [reached, fail("migrations", problem, "rung migrate up, or start the version that wrote it.")], now: null };
    return await withServices(async (_commands, services) => {
      const facts = await installationFacts(services);
      const path = configFilePath(env);
      const row = await services.db.platform.findDefaultProject();
      const wrong = path === null || row === null ? null : await checkConfigFile(path, row, services.resolver.baseUrlOf(row));
      return told([reached, migrated(migrations.length)], facts, path === null ? noFile() : judged(path, wrong));
    });
  } catch (error) {
    return { findings: [fail("database", wordsOf(error), "See docs/running.md, When it does not start.")], now: null };
  }
}

function told(first: readonly Finding[], facts: InstallationFacts, file: Finding): Looked {
  return { findings: [...first, file, admins(facts), outbox(facts), jobs(facts)], now: new Date(facts.now) };
}

const migrated = (many: number): Finding => ok("migrations", `all ${String(many)} are applied`);
const noFile = (): Finding => ok("config file", "none; the configuration is kept in the database");

function judged(path: string, wrong: string | null): Finding {
  if (wrong === null) return ok("config file", `${path} is valid`);
  return fail("config file", wrong.replaceAll(/\s+/g, " "), "Mend it: a start refuses it, a running server keeps what it had.");
}

function fileOf({ configFile }: InstallationFacts, env: Env): Finding {
  const path = configFilePath(env) ?? "the file";
  if (configFile === null) return noFile();
  const [problem] = configFile.problems;
  switch (configFile.state) {
    case "applied": return ok("config file", `${path} is in force`);
    case "overridden_by_console": return warn("config file", `${path} was applied, and changed elsewhere since`, "Bring the file in line, or change it to have it applied again.");
    default: return fail("config file", `${path} is wrong: ${problem === undefined ? "" : `${problem.key} ${problem.reason}`}`, "Mend it; the last good configuration is in force meanwhile.");
  }
}

function admins({ admins: many }: InstallationFacts): Finding {
  return many > 0 ? ok("admins", `${String(many)} may use the console`) : warn("admins", "nobody may use the console yet", "Make a link that makes its visitor the first owner: npm run setup-link");
}

function outbox({ overdueMessages, abandonedMessages }: InstallationFacts): Finding {
  if (overdueMessages > 0) return warn("outbox", `${counted(overdueMessages, "message waits", "messages wait")} for more than ten minutes`, "Check the mail server, and what the messages page of the console says of them.");
  if (abandonedMessages > 0) return warn("outbox", `${counted(abandonedMessages, "message of the last day was", "messages of the last day were")} given up`, "The messages page of the console says why.");
  return ok("outbox", "nothing waits");
}

function counted(many: number, one: string, other: string): string {
  return `${String(many)} ${many === 1 ? one : other}`;
}

function jobs({ unfinishedJobs }: InstallationFacts): Finding {
  return ok("jobs", unfinishedJobs === 0 ? "none" : `${String(unfinishedJobs)} under way`);
}

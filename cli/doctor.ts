import type { Command } from "commander";
import { readEnv } from "../lib/env";
import type { Env } from "../lib/env";
import { leaf } from "./command";
import type { House } from "./command";
import { checkClock, checkKeys, checkNode, checkPort, checkSmtp, checkSpace } from "./doctor-machine";
import { checkDatabase } from "./doctor-data";
import { CliError } from "./errors";
import { fail, ok, warn, wordsOf } from "./finding";
import type { Finding } from "./finding";
import { table } from "./format";

/** `rung doctor`: looks at everything and changes nothing. Exit code 1 when something keeps the installation from working. */
export function register(program: Command, house: House): void {
  leaf(program, house, {
    name: "doctor", summary: "Look for what is wrong with this installation, and say what to do", scope: "none",
    examples: ["rung doctor", "rung doctor --format json    # for a monitor; exit code 1 when a check fails"],
    run: async (ctx) => {
      const findings = await examine();
      ctx.print(table(["CHECK", "STATE", "FOUND", "WHAT TO DO"], findings.map((one) => ({
        value: { ...one }, cells: [one.check, one.verdict, one.found, one.remedy ?? ""],
      }))));
      const failed = findings.filter(({ verdict }) => verdict === "fail").length;
      if (failed > 0) throw new CliError(`${String(failed)} of ${String(findings.length)} checks failed.`);
    },
  });
}

/** Every check in turn; one that breaks is a finding, too. */
export async function examine(): Promise<readonly Finding[]> {
  const [node, env] = [checkNode(process.versions.node), readOrFind()];
  if ("verdict" in env) return [node, env];
  const machine = await Promise.all([checkKeys(env), checkSpace(env), checkPort(env), checkSmtp(env)].map(safely));
  const data = await checkDatabase(env).catch((error: unknown) => ({ findings: [fail("database", wordsOf(error), "See docs/running.md, When it does not start.")], now: null }));
  return [node, ok("environment", "every variable can be read"), ...machine, ...data.findings, ...(data.now === null ? [] : [checkClock(data.now, new Date())])];
}

function readOrFind(): Env | Finding {
  try {
    return readEnv();
  } catch (error) {
    return fail("environment", wordsOf(error), "Set the variable as the line says.");
  }
}

async function safely(check: Promise<Finding>): Promise<Finding> {
  return check.catch((error: unknown) => warn("a check", wordsOf(error), "The check itself broke; please report it."));
}

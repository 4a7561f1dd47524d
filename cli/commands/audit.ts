import type { Command } from "commander";
import type { JsonValue } from "../../lib/model/identity";
import { listOf, member, textOf } from "../api";
import { group, leaf } from "../command";
import type { House } from "../command";
import { CliError } from "../errors";
import { table } from "../format";
import { besideServer } from "../local";
import { registerAuditExport } from "./audit-export";

/** `rung audit verify`: recomputes the chains. Exit code 1 when an entry does not hold. */
export function registerAudit(program: Command, house: House): void {
  const audit = group(program, "audit", "The record of what happened");
  registerAuditExport(audit, house);
  leaf(audit, house, {
    name: "verify", summary: "Check the audit log: every entry, every link, up to the head of the chain", arguments: [["[project]", "id or short name; default: every project"]],
    examples: ["rung audit verify", "rung audit verify shop --format json"],
    async run(ctx, [project]) {
      const result = await besideServer("audit-verify", project === undefined ? [] : [project], (line) => {
        if (ctx.io.drawsProgress && !ctx.quiet) ctx.io.err(`\r\u001b[K${line}`);
      }) as JsonValue;
      if (ctx.io.drawsProgress && !ctx.quiet) ctx.io.err("\r\u001b[K");
      const chains = listOf(result);
      ctx.print(table(["PROJECT", "SLUG", "ENTRIES", "HOLDS"], chains.map((chain) => ({
        value: chain, cells: [textOf(chain, "project"), textOf(chain, "slug"), String(member(chain, "entries")), member(chain, "ok") === true ? "yes" : `no, from entry ${String(member(chain, "broken"))} on`],
      }))));
      const broken = chains.filter((chain) => member(chain, "ok") !== true).map((chain) => textOf(chain, "slug") ?? "");
      if (broken.length > 0) throw new CliError(`The audit log does not hold: ${broken.join(", ")}`);
    },
  });
}

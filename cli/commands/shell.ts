import type { Command } from "commander";
import { leaf } from "../command";
import type { House } from "../command";
import { completionFor, SHELLS } from "../completion";
import { row } from "../format";
import { VERSION } from "../../lib/http/version";

/** `rung completion` and `rung version`. */
export function registerShell(program: Command, house: House): void {
  leaf(program, house, {
    name: "completion", summary: `Print a completion script: ${SHELLS.join(", ")}`, arguments: [["<shell>", SHELLS.join(", ")]], formats: false,
    examples: [
      "source <(rung completion bash)                       # this shell; or put it into ~/.bashrc",
      "rung completion zsh > \"${fpath[1]}/_rung\"             # then start a new shell",
      "rung completion fish > ~/.config/fish/completions/rung.fish",
    ],
    run: async (ctx, [shell = ""]) => ctx.io.out(completionFor(shell, program)),
  });
  leaf(program, house, {
    name: "version", summary: "Print the version", examples: ["rung version", "rung version --format json"],
    run: async (ctx) => ctx.print(row({ version: VERSION }, [["Version", VERSION]])),
  });
}

import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import type { Command } from "commander";
import type { JsonValue } from "../../lib/model/identity";
import { textOf } from "../api";
import { leaf } from "../command";
import type { House } from "../command";
import { CliError } from "../errors";
import { table } from "../format";
import { besideServer } from "../local";

const WORDS: Readonly<Record<string, string>> = {
  genuine: "genuine: this installation wrote this file", file_differs: "the manifest is genuine, but the file is another or was changed",
  not_ours: "the manifest was changed, or signed with a key this installation does not hold", no_manifest: "this is no manifest of an audit export",
};

/** `rung audit verify-export`: checks an exported log against its signed manifest. Exit code 1 for anything but genuine. */
export function registerAuditExport(audit: Command, house: House): void {
  leaf(audit, house, {
    name: "verify-export", summary: "Check an exported audit log against its signed manifest (HMAC-SHA-256 under this installation's keys)",
    options: [["--file <path>", "the exported file, JSONL or CSV"], ["--manifest <path>", "its manifest"]],
    examples: ["rung audit verify-export --file audit-shop-812.jsonl --manifest audit-shop-812.jsonl.manifest.json"],
    async run(ctx, _args, options) {
      const [file, manifest] = [options.text("file"), options.text("manifest")];
      if (file === undefined || manifest === undefined) throw new CliError("Name the file and its manifest: --file PATH --manifest PATH");
      const result = await besideServer("audit-verify-export", [read(manifest), await digestOf(file)]) as JsonValue;
      const verdict = textOf(result, "verdict") ?? "";
      ctx.print(table(["FILE", "VERDICT"], [{ value: result, cells: [file, WORDS[verdict] ?? verdict] }]));
      if (verdict !== "genuine") throw new CliError(WORDS[verdict] ?? "The export could not be checked.");
    },
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new CliError(`Cannot read ${path}.`);
  }
}

/** SHA-256 of a file of any size. */
async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch {
    throw new CliError(`Cannot read ${path}.`);
  }
  return hash.digest("hex");
}

import type { Command } from "commander";
import { parseDurationMs } from "../../lib/config/durations";
import type { JsonObject, JsonValue } from "../../lib/model/identity";
import { listOf, textOf } from "../api";
import { leaf } from "../command";
import type { House, Options } from "../command";
import { CliError } from "../errors";
import { besideServer } from "../local";
import { readState } from "../state";

const AREAS = ["session", "settings", "privileged_change", "factor_change", "operation", "path"] as const;

/** `rung explain`: the decision of the server for one person, one place and one session, with its reasons. Reads only. */
export function registerExplain(program: Command, house: House): void {
  leaf(program, house, {
    name: "explain", summary: "Say why this person would be asked here, or not", arguments: [["[name]", "the operation or path of --area operation and --area path"]], scope: "project",
    options: [
      ["-i, --identity <person>", "id, or what they sign in with"], ["-a, --area <area>", `where: ${AREAS.join(", ")}`, "session"],
      ["-s, --session <id>", "a session of theirs, newest, or none", "newest"],
      ["--with <proofs>", "instead: an imagined session, such as password@20m,totp@2m (how, and how long ago)"],
    ],
    examples: [
      "rung explain --identity grace@bank.test --project bank",
      "rung explain -i grace@bank.test --area operation payment.create --with password@20m,totp@6m",
      "rung explain -i grace@bank.test --area path /payment --session none --format json-pretty",
    ],
    async run(ctx, [name], options) {
      const identity = options.text("identity");
      if (identity === undefined) throw new CliError("Say who is meant with --identity.");
      const project = options.text("project") ?? ctx.settings.project ?? readState(ctx.settings.statePath).selectedProject ?? "default";
      const question = { project, identity, area: areaOf(options.text("area") ?? "session", name), session: options.text("session") ?? "newest", ...proofsOf(options) };
      const answer = await besideServer("explain", [JSON.stringify(question)]) as JsonValue;
      const trace = listOf((answer as JsonObject)["trace"]).map(String);
      ctx.print({ value: answer, shape: { kind: "document", lines: trace, ids: [textOf((answer as JsonObject)["decision"], "kind") ?? ""] } });
    },
  });
}

function areaOf(kind: string, name: string | undefined): JsonObject {
  const known = AREAS.find((area) => area === kind);
  if (known === undefined) throw new CliError(`The area ${kind} is unknown. It is one of ${AREAS.join(", ")}.`);
  if (known !== "operation" && known !== "path") {
    if (name !== undefined) throw new CliError(`The area ${known} takes no name.`);
    return { kind: known };
  }
  if (name === undefined) throw new CliError(known === "operation" ? "Name the operation: --area operation payment.create" : "Name the path: --area path /payment");
  return known === "operation" ? { kind: known, name } : { kind: known, pathname: name };
}

function proofsOf(options: Options): JsonObject {
  const text = options.text("with");
  if (text === undefined) return {};
  return {
    proofs: text.split(",").map((part) => {
      const [method = "", age = "0s"] = part.trim().split("@");
      const milliseconds = parseDurationMs(age);
      if (method === "" || milliseconds === null) throw new CliError(`--with looks like password@20m,totp@2m; this is ${part.trim()}`);
      return { method, ageSeconds: Math.floor(milliseconds / 1_000) };
    }),
  };
}

import type { JsonObject, JsonValue } from "../../lib/model/identity";
import { isDomainError } from "../../lib/model/errors";
import type { ProjectKey } from "../../lib/model/ids";
import { leaf } from "../command";
import { CliError } from "../errors";
import { peopleIn } from "../import-batch";
import { isMap } from "../jsonpath";
import { mergeFiles } from "../merge";
import { rulesOf } from "../patch-files";
import { readDocuments, readSource } from "../sources";
import type { Register } from "./groups";

/** What the admin API takes when it makes a person (contract/admin.md 1.7). */
const MEMBERS = ["schema_id", "traits", "credentials", "verifiable_addresses", "recovery_addresses", "metadata_public", "metadata_admin", "state", "organization_id", "external_id", "region"];
const CREDENTIALS = ["password", "oidc", "saml", "totp", "lookup_secret", "webauthn", "passkey", "code"];

export const validate: Register = (verbs, house) => {
  leaf(verbs.validate, house, {
    name: "identity", aliases: ["identities"], summary: "Check files with people; nothing is sent anywhere", arguments: [["[file...]", "JSON: one person, a list, or one a line; default: standard input"]],
    examples: ["rung validate identity people.json", "cat ada.json | rung validate identity"],
    async run(ctx, files) {
      const problems: string[] = [];
      for (const file of files.length === 0 ? ["-"] : files) {
        const text = file === "-" ? await ctx.io.input() : (await readSource(file, process.cwd(), { io: ctx.io, allowRemote: "never" })).bytes.toString("utf8");
        problems.push(...problemsOf(text).map((problem) => `${file === "-" ? "standard input" : file}: ${problem}`));
      }
      if (problems.length > 0) throw new CliError(...problems);
      ctx.print({ value: { valid: true }, shape: { kind: "document", lines: ["All identity files are valid."] } });
    },
  });

  leaf(verbs.validate, house, {
    name: "identity-config", aliases: ["ic", "kratos-config"], summary: "Check an identity config as the server would; nothing is sent anywhere",
    arguments: [["[file...]", "as --file"]], options: [["--allow-remote-files", "read http:// and https:// sources"]], repeatable: [["-f, --file <source>", "path, file:// or base64:// (repeatable; default: standard input)"]],
    examples: ["rung validate identity-config --file identity-config.yaml", "rung validate identity-config base.yaml production.yaml   # as they would be merged"],
    async run(ctx, files, options) {
      const sources = [...files, ...options.list("file")];
      const document = mergeFiles(await readDocuments(sources, rulesOf(ctx, house, options)));
      const problems = await configProblems(document);
      if (problems.length > 0) throw new CliError("The identity config is not valid:", ...problems);
      ctx.print({ value: { valid: true }, shape: { kind: "document", lines: ["The identity config is valid."] } });
    },
  });
};

/** Every problem of a configuration, with the key it is about; empty when a server would take it. */
export async function configProblems(document: JsonObject): Promise<readonly string[]> {
  // The schema is compiled when it is loaded; only this command needs it.
  const { parseProjectConfig } = await import("../../lib/config/parse");
  try {
    // Where the project lives is not known here; it only completes addresses.
    parseProjectConfig(document, 1, { baseUrl: "https://id.example.com", projectKey: "aaaaaaaaaa" as ProjectKey, name: "check" });
    return [];
  } catch (error) {
    if (!isDomainError(error)) throw error;
    const problems = error.details["problems"];
    if (!Array.isArray(problems)) return [String(error.details["reason"] ?? error.code)];
    return problems.map((problem: { readonly path?: unknown; readonly message?: unknown }) => `  ${String(problem.path ?? "")}: ${String(problem.message ?? "")}`);
  }
}

/** What is wrong in the text of a file with people. */
export function problemsOf(text: string): readonly string[] {
  let people: readonly JsonValue[];
  try {
    people = peopleIn(text);
  } catch (error) {
    return [`is not JSON: ${error instanceof Error ? error.message : String(error)}`];
  }
  if (people.length === 0) return ["holds nobody"];
  return people.flatMap((person, index) => personProblems(person).map((problem) => (people.length === 1 ? problem : `person ${String(index + 1)}: ${problem}`)));
}

function personProblems(person: JsonValue): readonly string[] {
  if (!isMap(person)) return ["must be an object"];
  const unknown = Object.keys(person).filter((key) => !MEMBERS.includes(key)).map((key) => `has a member "${key}", which nobody knows`);
  const traits = isMap(person["traits"]) ? [] : ["needs traits, an object"];
  const state = person["state"] === undefined || person["state"] === "active" || person["state"] === "inactive" ? [] : ["has a state that is neither active nor inactive"];
  const schema = person["schema_id"] === undefined || typeof person["schema_id"] === "string" ? [] : ["has a schema_id that is no text"];
  const credentials = person["credentials"];
  const methods = credentials === undefined ? [] : !isMap(credentials) ? ["has credentials that are no object"]
    : Object.entries(credentials).flatMap(([type, value]) => (!CREDENTIALS.includes(type) ? [`has credentials of a type "${type}", which nobody knows`] : isMap(value) ? [] : [`has credentials.${type}, which is no object`]));
  return [...unknown, ...traits, ...state, ...schema, ...methods];
}

import { isUuid } from "../../lib/model/ids";
import type { JsonValue } from "../../lib/model/identity";
import { listOf } from "../api";
import type { Api } from "../api";
import { confirm, leaf } from "../command";
import { CliError } from "../errors";
import { row, table } from "../format";
import { peopleIn } from "../import-batch";
import { asObject, IDENTITY_COLUMNS, identityCells, named } from "../rows";
import { projectApi } from "../select";
import { readSource } from "../sources";
import type { Register } from "./groups";

export const identities: Register = (verbs, house) => {
  leaf(verbs.list, house, {
    name: "identities", aliases: ["identity"], summary: "List the people of a project, a page at a time", scope: "project",
    options: [
      ["--page-size <number>", "people a page (1 to 500)", "100"], ["--page-token <token>", "where the page before ended"],
      ["--consistency <level>", "strong or eventual; here every read is strong", "eventual"], ["--identifier <identifier>", "only who signs in with exactly this"],
    ],
    examples: ["rung list identities --project shop", "rung list identities --project shop --page-size 500 --format jsonpath=identities.#.id", "rung list identities --identifier ada@example.org"],
    async run(ctx, _args, options) {
      const api = await projectApi(ctx, { project: options.text("project"), workspace: options.text("workspace") });
      const query = new URLSearchParams({ page_size: options.text("pageSize") ?? "100" });
      for (const [name, value] of [["page_token", options.text("pageToken")], ["credentials_identifier", options.text("identifier")], ["consistency", options.text("consistency")]] as const) {
        if (value !== undefined) query.set(name, value);
      }
      const { body, next } = await api.page(`/admin/identities?${query.toString()}`);
      const found = listOf(body);
      const entries = found.map((identity) => ({ value: identity, cells: identityCells(identity) }));
      // Ids only means ids only: a last line that is none would end in somebody's loop.
      const last = next === null || ctx.quiet ? [] : [{ value: null, cells: ["NEXT PAGE TOKEN", next, "", "", "", ""] }];
      ctx.print(table(IDENTITY_COLUMNS, [...entries, ...last], { identities: found, next_page_token: next ?? "" }));
    },
  });

  leaf(verbs.get, house, {
    name: "identity", aliases: ["identities"], summary: "Show people", scope: "project", arguments: [["<id...>", "ids; an address or other identifier works too"]],
    options: [["--external-id", "the ids are ids of your own system"]], repeatable: [["-i, --include-credentials <type>", "with what is stored of this credential, e.g. oidc (repeatable)"]],
    examples: ["rung get identity 7b0a5f0e-2b1c-4d5e-8f90-123456789abc --format json-pretty", "rung get identity ada@example.org", "rung get identity 4711 --external-id --format jsonpath=traits.email"],
    async run(ctx, ids, options) {
      const api = await projectApi(ctx, { project: options.text("project"), workspace: options.text("workspace") });
      const query = options.list("includeCredentials").map((type) => `include_credential=${encodeURIComponent(type)}`).join("&");
      const found: JsonValue[] = [];
      for (const id of ids) found.push(await onePerson(api, id, { external: options.flag("externalId"), query }));
      const [only] = found;
      if (found.length === 1 && only !== undefined) ctx.print(row(asObject(only), named(IDENTITY_COLUMNS, identityCells(only))));
      else ctx.print(table(IDENTITY_COLUMNS, found.map((identity) => ({ value: identity, cells: identityCells(identity) }))));
    },
  });

  leaf(verbs.create, house, {
    name: "identity", summary: "Make one person", scope: "project",
    options: [
      ["-f, --file <source>", "a JSON file as the admin API takes it; - is standard input"], ["--traits <json>", "the traits"], ["--schema <id>", "the identity schema; default: the project's"],
      ["--state <state>", "active or inactive"], ["--external-id <id>", "the id in your own system"],
    ],
    examples: [`rung create identity --project shop --traits '{"email":"ada@example.org"}'`, "rung create identity --file ada.json --format jsonpath=id"],
    async run(ctx, _args, options) {
      const traits = options.text("traits");
      const file = options.text("file");
      if ((traits === undefined) === (file === undefined)) throw new CliError("Give either --traits or --file.");
      const given = file === undefined ? [] : peopleIn(await textOf(file, ctx));
      if (file !== undefined && given.length !== 1) throw new CliError(`${file} holds ${String(given.length)} people. Several are brought in by: rung import identities ${file}`);
      const body = {
        ...asObject(given[0]), ...(traits === undefined ? {} : { traits: jsonOf(traits) }),
        ...member("schema_id", options.text("schema")), ...member("state", options.text("state")), ...member("external_id", options.text("externalId")),
      };
      const api = await projectApi(ctx, { project: options.text("project"), workspace: options.text("workspace") });
      const identity = await api.call("POST", "/admin/identities", body);
      ctx.print(row(asObject(identity), named(IDENTITY_COLUMNS, identityCells(identity))));
    },
  });

  leaf(verbs.delete, house, {
    name: "identity", aliases: ["identities"], summary: "Delete people and everything of theirs, for good", scope: "project", arguments: [["<id...>", "ids; an address or other identifier works too"]],
    options: [["--external-id", "the ids are ids of your own system"]],
    examples: ["rung delete identity 7b0a5f0e-2b1c-4d5e-8f90-123456789abc --project shop", "rung list identities --identifier ada@example.org -q | xargs rung delete identity --yes"],
    async run(ctx, ids, options) {
      const api = await projectApi(ctx, { project: options.text("project"), workspace: options.text("workspace") });
      const people: string[] = [];
      for (const id of ids) people.push(isUuid(id) && !options.flag("externalId") ? id : String(asObject(await onePerson(api, id, { external: options.flag("externalId"), query: "" }))["id"]));
      // As with the official tool nobody is asked in a script; somebody at a terminal is.
      if (ctx.io.inputIsTerminal && !ctx.quiet) await confirm(ctx, `Delete ${people.length === 1 ? "this person" : `these ${String(people.length)} people`} for good?`);
      for (const id of people) await api.call("DELETE", `/admin/identities/${encodeURIComponent(id)}`);
      const [only] = people;
      if (people.length === 1 && only !== undefined) ctx.print(row({ id: only }, [["ID", only]]));
      else ctx.print(table(["ID"], people.map((id) => ({ value: { id }, cells: [id] }))));
    },
  });
};

/** By id, by an id of another system, or by exactly what they sign in with. Throws `CliError` when that is nobody. */
async function onePerson(api: Api, id: string, { external, query }: { readonly external: boolean; readonly query: string }): Promise<JsonValue> {
  const tail = query === "" ? "" : `?${query}`;
  if (external) return api.call("GET", `/admin/identities/by/external/${encodeURIComponent(id)}${tail}`);
  if (isUuid(id)) return api.call("GET", `/admin/identities/${id}${tail}`);
  const [found] = listOf((await api.page(`/admin/identities?credentials_identifier=${encodeURIComponent(id)}`)).body);
  const known: unknown = asObject(found)["id"];
  if (typeof known !== "string") throw new CliError(`Nobody signs in with ${id}.`);
  return api.call("GET", `/admin/identities/${known}${tail}`);
}

async function textOf(file: string, ctx: { readonly io: { input(): Promise<string>; readonly inputIsTerminal: boolean } }): Promise<string> {
  if (file === "-") return ctx.io.input();
  return (await readSource(file, process.cwd(), { io: ctx.io, allowRemote: "never" })).bytes.toString("utf8");
}

function jsonOf(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new CliError(`The traits must be valid JSON, such as {"email":"ada@example.org"}; these are ${text}`);
  }
}

function member(name: string, value: string | undefined): Readonly<Record<string, JsonValue>> {
  return value === undefined ? {} : { [name]: value };
}

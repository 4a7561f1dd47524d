import type { Command } from "commander";
import type { JsonValue } from "../../lib/model/identity";
import { listOf, textOf } from "../api";
import { confirm, group, leaf } from "../command";
import type { House } from "../command";
import { row, table } from "../format";
import type { Printed } from "../format";
import { besideServer } from "../local";
import { asObject } from "../rows";

const COLUMNS = ["ID", "ADDRESS", "ROLE", "STATE", "SINCE"] as const;

/** `rung admin`: who administers this installation, changed from the machine itself and recorded in the console's audit log. */
export function registerAdmin(program: Command, house: House): void {
  const admin = group(program, "admin", "Who administers this installation", ["admins"]);
  leaf(admin, house, {
    name: "list", aliases: ["ls"], summary: "List the admins", examples: ["rung admin list", "rung admin list --format jsonpath=#.address"],
    async run(ctx) {
      const admins = listOf(await besideServer("admin-list") as JsonValue);
      ctx.print(table(COLUMNS, admins.map((one) => ({ value: one, cells: ["id", "address", "role", "state", "created_at"].map((name) => textOf(one, name)) }))));
    },
  });
  leaf(admin, house, {
    name: "add", summary: "Make somebody an admin; who has no account in the console yet gets a link that is good once, for an hour",
    arguments: [["<address>", "e-mail address or id"]], options: [["--role <role>", "owner (changes things) or support (looks at them)", "owner"]],
    examples: ["rung admin add ada@example.org", "rung admin add grace@example.org --role support"],
    async run(ctx, [address = ""], options) {
      const result = await besideServer("admin-add", [address, options.text("role") ?? "owner"]) as JsonValue;
      ctx.print(linkOrRow(result));
    },
  });
  leaf(admin, house, {
    name: "remove", aliases: ["rm"], summary: "Take the role away; the account stays, and the last owner who can sign in stays owner", arguments: [["<address>", "e-mail address or id"]],
    examples: ["rung admin remove ada@example.org", "rung admin remove ada@example.org --yes"],
    async run(ctx, [address = ""]) {
      await confirm(ctx, `Shall ${address} no longer administer this installation?`);
      ctx.print(linkOrRow(await besideServer("admin-remove", [address]) as JsonValue));
    },
  });
  leaf(admin, house, {
    name: "break-glass", summary: "When no admin gets in any more: a link that makes its visitor an owner, once, within an hour. It is on record",
    options: [["--reason <text>", "why; kept in the audit log"]],
    examples: [`rung admin break-glass --reason "both owners lost their phones"`],
    async run(ctx, _args, options) {
      await confirm(ctx, "Make a link that lets its visitor own this installation?");
      ctx.print(linkOrRow(await besideServer("break-glass", [options.text("reason") ?? ""]) as JsonValue));
    },
  });
}

function linkOrRow(result: JsonValue): Printed {
  const value = asObject(result);
  const url = textOf(result, "url");
  if (url !== null) return { value, shape: { kind: "document", lines: [`Open this once, before ${textOf(result, "expires_at") ?? "it ends"}, to become ${textOf(result, "role") ?? "an admin"}:`, `  ${url}`], ids: [url] } };
  return row(value, Object.entries(value).map(([name, cell]) => [name.toUpperCase().replaceAll("_", " "), typeof cell === "string" ? cell : null]));
}

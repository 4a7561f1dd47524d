import type { Command } from "commander";
import type { JsonValue } from "../../lib/model/identity";
import { listOf, member, textOf } from "../api";
import { confirm, group, leaf } from "../command";
import type { Context, House } from "../command";
import { CliError } from "../errors";
import { row, table } from "../format";
import { besideServer } from "../local";
import { asObject } from "../rows";

/** `rung keys`: the keys that seal what is stored. Nothing of a key is ever printed but its id. */
export function registerKeys(program: Command, house: House): void {
  const keys = group(program, "keys", "The keys that seal what is stored");
  leaf(keys, house, {
    name: "list", aliases: ["ls"], summary: "List the keys of the key file; the first one seals, all of them open", examples: ["rung keys list"],
    async run(ctx) {
      const found = listOf(await besideServer("keys-list") as JsonValue);
      ctx.print(table(["ID", "SEALS", "VALUES UNDER OLDER KEYS"], found.map((key) => {
        const older: unknown = member(key, "values_under_older_keys");
        return { value: key, cells: [textOf(key, "id"), member(key, "seals") === true ? "yes" : "no", typeof older === "number" ? String(older) : ""] };
      })));
    },
  });
  leaf(keys, house, {
    name: "rotate", summary: "Seal with a new key from now on, and seal again what is stored. Can be cut off and gone on with; nobody is signed out",
    options: [
      ["--add-only", "only add a key that opens: first step where several machines share a key file by copying it"], ["--use <id>", "use this key of the file instead of a new one: the second step"],
      ["--resume", "only go on with sealing again"],
    ],
    examples: [
      "rung keys rotate",
      "rung keys rotate --resume                # after a rotation that was cut off",
      "rung keys rotate --add-only              # several machines: then copy the key file to all of them, then",
      "rung keys rotate --use k7f3a2b1c",
    ],
    async run(ctx, _args, options) {
      if (options.flag("addOnly")) {
        const id = textOf(await besideServer("keys-add") as JsonValue, "id");
        ctx.note("The key opens from now on and seals nothing yet. Back the key file up.");
        return ctx.print(row({ id }, [["ID", id]]));
      }
      const resume = options.flag("resume");
      if (!resume) await confirm(ctx, "Seal everything under another key? Back the key file up first, and again afterwards.");
      const use = options.text("use");
      const result = await besideServer(resume ? "keys-reseal" : "keys-rotate", use === undefined || resume ? [] : [use], (line) => ctx.note(line)) as JsonValue;
      report(ctx, result);
    },
  });
}

function report(ctx: Context, result: JsonValue): void {
  const left = Object.entries(asObject(asObject(result)["left"]));
  const open = left.filter(([, count]) => count !== 0);
  const [broken, passwords, securityKeys] = ["broken", "passwords", "security_keys"].map((name) => Number(member(result, name))) as [number, number, number];
  ctx.print(row(asObject(result), [
    ["KEY", textOf(result, "key")], ["SEALED AGAIN", String(member(result, "resealed"))],
    ["STILL UNDER OLDER KEYS", open.length === 0 ? "0" : open.map(([kind, count]) => `${kind} ${String(count)}`).join(", ")],
    ["PASSWORDS UNDER OLDER KEYS", String(passwords)], ["SECURITY KEYS UNDER OLDER KEYS", String(securityKeys)],
  ]));
  ctx.note(`${keepOrNot(open.length + broken, passwords + securityKeys)} Back the key file up now.`);
  if (broken > 0) throw new CliError(`${broken === 1 ? "1 value opens" : `${String(broken)} values open`} under no key of the file and ${broken === 1 ? "was left as it is" : "were left as they are"}. Is a key missing?`);
  if (open.length > 0) throw new CliError("Some values still lie under older keys. Go on with: rung keys rotate --resume");
}

/** Forms, changes and sign-ins under way are not sealed again: they end first, as late as `selfservice.flows.*.lifespan` of some project lets them; the links in letters to old mailboxes live longest (`REVERT_DAYS`). */
const UNDER_WAY = "for seven days: a link that takes a change of address back lives so long, and forms, sign-ins and changes under way at most as long as a flow";

/** May the old keys go? */
function keepOrNot(sealed: number, made: number): string {
  if (sealed > 0) return "Keep the old keys in the file.";
  // A server that has not been started again since an upgrade does not say: then nobody may conclude that it is none.
  if (made !== 0) return `Nothing that stays needs an older key to be opened. Keep the old keys until every password and security key above has signed in once, as each moves to the new key then; and ${UNDER_WAY}.`;
  return `No stored secret, password or security key needs an older key any more. Keep the old keys ${UNDER_WAY}. Without them, recovery codes and remembered browsers of their time end.`;
}

import type { JsonValue } from "../../lib/model/identity";
import { listOf, member, textOf } from "../api";
import type { Context } from "../command";

/** Warnings of an update that succeeded, then that it did: on standard error, where no program reads them (contract/admin.md 3.5). */
export function noteUpdate(ctx: Context, answer: JsonValue, success: string): void {
  const warnings = listOf(member(answer, "warnings"));
  if (warnings.length > 0) {
    ctx.note("Warnings were found.");
    for (const warning of warnings) ctx.note(`- ${textOf(warning, "message") ?? JSON.stringify(warning)}`);
    ctx.note("It is safe to ignore them, unless you meant these keys to have an effect.");
  }
  ctx.note(success);
}

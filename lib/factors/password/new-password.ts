import type { JsonObject, TraitFacts } from "../../model/identity";
import type { Message } from "../../model/message";
import { say } from "../../wire/message";
import { textOf } from "../../wire/values";
import type { FactorContext, Rejected } from "../factor";
import { judgePassword, type PasswordVerdict } from "./rules";

/** The password a person chose, held against the rules; a refusal names the reason on the field (contract 5.4). */
export function chosenPassword(
  payload: JsonObject, facts: TraitFacts, ctx: FactorContext,
): { readonly kind: "ok"; readonly password: string } | Rejected {
  if (facts.identifiers.length === 0) return { kind: "rejected", messages: [say.noIdentifiers()], counts: false };
  const verdict = judgePassword(textOf(payload, "password") ?? "", ctx.config.password, {
    identifiers: facts.identifiers,
    serviceName: ctx.project.config.brand.name,
    isListed: (password) => ctx.passwords.isListed(password),
  });
  return verdict.kind === "ok" ? verdict : { kind: "rejected", messages: [sentence(verdict)], field: "password", counts: false };
}

function sentence(verdict: Exclude<PasswordVerdict, { kind: "ok" }>): Message {
  switch (verdict.kind) {
    case "missing": return say.missing("password");
    case "too_short": return say.passwordTooShort(verdict);
    case "too_long": return say.passwordTooLong(verdict);
    case "control_character": return say.passwordRefused("password_control_character");
    case "similar": return say.passwordTooSimilar();
    case "service_name": return say.passwordRefused("password_like_service");
    case "listed": return say.passwordBreached();
  }
}

import { negotiatedText } from "./locale";
import { isDomainError } from "../model/errors";
import type { Identity } from "../model/identity";
import type { Session } from "../model/session";
import { acceptSetupLink, readSetupLink } from "../platform/setup-link";
import type { SetupOutcome } from "../platform/setup-link";
import { say } from "../wire/message";
import type { Exchange } from "./exchange";
import { storable } from "./odd-bytes";

/* Who administers, and the first of them. What the pages read and write is in console-*.ts beside this file. */

/** Who is asking: made by `requireConsoleAdmin` alone. */
export interface Admin {
  readonly session: Session;
  readonly identity: Identity;
}

/** What the visitor of a set-up link becomes: the first admin, or another owner or helper. */
export type SetupLinkState = "first" | "owner" | "support" | "invalid";

/** May this set-up token still be used, and for what? Consumes nothing. */
export async function setupLinkState({ services, now }: Exchange, token: string): Promise<SetupLinkState> {
  return await readSetupLink(services.db.platform, token, now) ?? "invalid";
}

export interface SetupInput {
  readonly token: string;
  readonly email: string;
  readonly password: string;
}
export type SetupAnswer =
  | { readonly kind: "ok" }
  | { readonly kind: "link_invalid" }
  | { readonly kind: "rejected"; readonly problems: readonly { readonly field: string; readonly message: string }[] };

/** Makes the visitor of a set-up link an owner; the same attempt limits as any sign-in. */
export async function acceptSetupInput(exchange: Exchange, input: SetupInput): Promise<SetupAnswer> {
  const { services, handle, project, device, now } = exchange;
  const text = negotiatedText(exchange.headers);
  const budget = await services.limitsFor(handle).chargeSource(device.ipAddress, now);
  if (budget.kind === "wait") {
    const message = text.message(say.generic("too_many_attempts_wait", { seconds: budget.retryAfterSeconds }));
    return { kind: "rejected", problems: [{ field: "", message }] };
  }
  try {
    const outcome = await acceptSetupLink({
      platform: services.db.platform, consoleHandle: handle, project, passwords: services.passwords, ipAddress: device.ipAddress, now,
      limits: services.limitsFor(handle), ...input, email: storable(input.email),
    });
    if (outcome.kind === "accepted") return { kind: "ok" };
    return { kind: "rejected", problems: [{ field: outcome.field, message: text.message(problemMessage(outcome, input)) }] };
  } catch (error) {
    if (isDomainError(error) && error.code === "setup_link_invalid") return { kind: "link_invalid" };
    throw error;
  }
}

function problemMessage(outcome: Extract<SetupOutcome, { kind: "rejected" }>, input: SetupInput) {
  const actualLength = Array.from(input.password).length;
  switch (outcome.problem) {
    case "email_invalid": return say.notEmail(input.email);
    case "email_taken": return say.identifierTaken();
    case "password_too_short": return say.passwordTooShort({ minLength: outcome.minLength ?? 8, actualLength });
    case "password_too_long": return say.passwordTooLong({ maxLength: 1_024, actualLength });
    case "password_unprintable": return say.passwordRefused("password_control_character");
    case "password_listed": return say.passwordBreached();
  }
}

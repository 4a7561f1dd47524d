import type { JsonObject } from "../model/identity";
import { rfc3339 } from "./message";

/** In place of what a message says (contract/admin.md 1.17): codes and links are nobody's but their receiver's. */
export const REDACTED = "<redacted-unless-dev-mode>";

/** Names of Ory's templates; what Rung alone has goes by its own name. */
const TEMPLATE_TYPES: Readonly<Record<string, string>> = {
  login_code: "login_code_valid", second_factor_code: "login_code_valid", registration_code: "registration_code_valid",
  recovery_code: "recovery_code_valid", recovery_unknown: "recovery_code_invalid",
  verification_code: "verification_code_valid", verification_unknown: "verification_code_invalid",
  factor_added: "authenticator_key_added", address_changed: "verifiable_address_changed",
};

export interface WireMessage {
  readonly id: string;
  readonly status: string;
  readonly channel: string;
  readonly template: string;
  /** The whole address where it is known, else enough to recognise it. */
  readonly recipient: string;
  /** Null: redacted. */
  readonly letter: { readonly subject: string; readonly body: string } | null;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function templateType(template: string): string {
  return TEMPLATE_TYPES[template] ?? template;
}

/** A message as operators see it. `dispatches` is for one message alone. */
export function messageToWire(message: WireMessage, dispatches?: readonly JsonObject[]): JsonObject {
  return {
    id: message.id, status: message.status, type: message.channel, recipient: message.recipient,
    subject: message.letter?.subject ?? REDACTED, body: message.letter?.body ?? REDACTED,
    template_type: templateType(message.template), channel: message.channel, send_count: message.attempts,
    ...(dispatches === undefined || dispatches.length === 0 ? {} : { dispatches }),
    created_at: rfc3339(message.createdAt), updated_at: rfc3339(message.updatedAt),
  };
}

/**
 * The last attempt to hand a message over. Differs from Kratos: the attempts before it are counted (`send_count`) and not listed. `id`
 * is the message's own: there is one dispatch to name.
 */
export function dispatchesOf(message: WireMessage): readonly JsonObject[] {
  const failed = message.lastError !== null && message.status !== "sent";
  if (message.attempts === 0 || (!failed && message.status !== "sent")) return [];
  return [{
    id: message.id, message_id: message.id, status: failed ? "failed" : "success",
    ...(failed ? { error: { message: message.lastError } } : {}),
    created_at: rfc3339(message.updatedAt), updated_at: rfc3339(message.updatedAt),
  }];
}

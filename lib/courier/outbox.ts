import type { KeyRing } from "../crypto/keys";
import type { OutboxMessage, ProjectDb } from "../db/handles";
import { isLocale } from "../i18n/locale";
import type { Locale } from "../i18n/locale";
import type { AddressChannel, JsonObject } from "../model/identity";
import type { IdentityId, ProjectId } from "../model/ids";
import { wakeCourier } from "./wake";

/** Every letter and text message there is. Codes first, then answers to strangers, then what the owner is told. */
export const COURIER_TEMPLATES = [
  "login_code", "second_factor_code", "registration_code", "recovery_code", "verification_code",
  // To an address that nobody here has (`notify_unknown_recipients`), or that has an account already.
  "recovery_unknown", "verification_unknown", "registration_taken",
  "factor_added", "factor_removed", "password_changed", "address_changed", "address_reverted", "recovery_used", "recovery_code_used",
  "new_device", "second_factor_failed", "factor_waiting", "factor_stopped", "account_linked", "account_unlinked",
  "key_cloned",
] as const;
export type CourierTemplate = (typeof COURIER_TEMPLATES)[number];

export function isCourierTemplate(name: string): name is CourierTemplate {
  return (COURIER_TEMPLATES as readonly string[]).includes(name);
}

export interface Letter {
  readonly via: AddressChannel;
  /** Normalised e-mail address or E.164 number. */
  readonly to: string;
  readonly template: CourierTemplate;
  readonly locale: Locale;
  /** Words of the template: `code`, `minutes`, `device`, `label`, `at`, `host`, `revert` (the secret of a link), … Text only. */
  readonly data: JsonObject;
  readonly identityId: IdentityId | null;
  /** Same key, same letter: a retry of the transaction writes none twice. */
  readonly dedupe: string;
  /** Not sent any more from then on. */
  readonly expiresAt: Date | null;
}

/** Writes a letter into the outbox, in the transaction of its reason; sent beside the requests, at least once under one key. */
export async function enqueue(tx: ProjectDb, keys: KeyRing, projectId: ProjectId, letter: Letter, now: Date): Promise<void> {
  const { via, to, template, locale, data } = letter;
  await tx.enqueueMessage({
    channel: via, template, recipientHint: hintOf(via, to), recipientMac: macsOf(keys, projectId, to)[0] ?? null, identityId: letter.identityId, dedupe: letter.dedupe,
    sealed: keys.seal("outbox", JSON.stringify({ to, locale, data }), [projectId, letter.dedupe]),
    notBefore: now, expiresAt: letter.expiresAt, at: now,
  });
  wakeCourier();
}

/** What a sealed letter holds. Throws when it does not open, or is not a letter. */
export function openLetter(keys: KeyRing, message: Pick<OutboxMessage, "sealed" | "projectId" | "dedupe">): Pick<Letter, "to" | "locale" | "data"> {
  const letter = JSON.parse(keys.open("outbox", message.sealed, [message.projectId, message.dedupe])) as Partial<Pick<Letter, "to" | "locale" | "data">>;
  if (typeof letter.to !== "string" || !isLocale(letter.locale) || typeof letter.data !== "object") throw new Error("a message holds no letter");
  return { to: letter.to, locale: letter.locale, data: letter.data };
}

/**
 * How messages to an address are found without storing it: the digests under every key, current first. `typed` may be spelled as people
 * spell addresses; a normalised one is its own spelling.
 */
export function macsOf(keys: KeyRing, projectId: ProjectId, typed: string): readonly string[] {
  return keys.macsHex("recipient", projectId, typed.normalize("NFC").trim().toLowerCase());
}

/** Enough to recognise, too little to write to: `a…@example.org`, `+49…42`. */
export function hintOf(via: AddressChannel, to: string): string {
  if (via === "sms") return `${to.slice(0, 3)}…${to.slice(-2)}`;
  const at = to.lastIndexOf("@");
  return at <= 0 ? "…" : `${to.slice(0, 1)}…${to.slice(at)}`;
}

import { envError, text } from "./values";
import type { EnvSource } from "./values";

/** `smtp://` or `smtps://` with a host; never shown, because it usually holds a password. */
export function smtpUrl(source: EnvSource): string | null {
  const value = text(source, "RUNG_SMTP_URL");
  if (value === null) return null;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== "smtp:" && url.protocol !== "smtps:") || url.hostname === "") {
    throw envError("RUNG_SMTP_URL", "is not the address of a mail server", "smtps://user:secret@mail.example.com:465");
  }
  return value;
}

/** `name@host` or `Name <name@host>`. */
export function mailFrom(source: EnvSource): { readonly address: string; readonly name: string | null } | null {
  const value = text(source, "RUNG_MAIL_FROM");
  if (value === null) return null;
  const [, name = "", inside] = /^([^<>]*)<([^<>]+)>$/.exec(value) ?? [];
  const address = (inside ?? value).trim();
  if (!/^[^\s@<>,;"]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(address) || /\p{Cc}/u.test(value)) {
    throw envError("RUNG_MAIL_FROM", "is not a mail address", "\"Garden <no-reply@example.com>\"");
  }
  const clean = name.trim().replace(/^"(.*)"$/, "$1").trim();
  return { address, name: clean === "" ? null : clean };
}

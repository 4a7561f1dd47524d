import type { Identity, JsonValue } from "../model/identity";
import type { Session, SessionSummary } from "../model/session";

export type { SessionSummary } from "../model/session";

/** Enough to recognise oneself, too little to learn who somebody is. */
export interface PersonHint {
  readonly initials: string;
  readonly maskedAddress: string;
}

export function summaryOf(session: Session): SessionSummary {
  return {
    id: session.id, aal: session.aal, authenticatedAt: session.authenticatedAt, issuedAt: session.issuedAt, expiresAt: session.expiresAt,
    methods: session.methods.map(({ method, aal, completedAt }) => ({ method, aal, completedAt })),
    devices: session.devices.map(({ ipAddress, userAgent }) => ({ ipAddress, userAgent })),
  };
}

export function hintOf(identity: Identity): PersonHint {
  const name = displayNameOf(identity);
  return { initials: initialsOf(name), maskedAddress: maskAddress(addressOf(identity) ?? name) };
}

/** The person's name where the traits hold one, else the address, else nothing but "You". */
export function displayNameOf(identity: Identity): string {
  const { traits } = identity;
  const name = nameIn(traits["name"]) ?? joined([text(traits["first_name"]), text(traits["last_name"])]) ?? text(traits["username"]);
  return name ?? addressOf(identity) ?? "You";
}

export function addressOf(identity: Identity): string | null {
  const stored = identity.verifiableAddresses[0]?.value ?? identity.recoveryAddresses[0]?.value;
  return stored ?? text(identity.traits["email"]) ?? text(identity.traits["phone"]) ?? text(identity.traits["username"]);
}

/** `ada@example.test` → `a••@e••.test`; a number keeps its last two digits; the count of dots tells nothing. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf("@");
  if (at < 0) return /^\+?[\d\s-]{5,}$/.test(address) ? `•••${address.slice(-2)}` : `${first(address)}•••`;
  const host = address.slice(at + 1);
  const dot = host.lastIndexOf(".");
  const domain = dot > 0 ? `${first(host)}•••${host.slice(dot)}` : `${first(host)}•••`;
  return `${first(address)}•••@${domain}`;
}

function initialsOf(name: string): string {
  const words = name.split("@")[0]?.split(/[\s._-]+/u).filter((word) => word !== "") ?? [];
  return words.slice(0, 2).map(first).join("").toUpperCase();
}

export function nameIn(value: JsonValue | undefined): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return text(value);
  const parts = value as Readonly<Record<string, JsonValue>>;
  return joined([text(parts["first"]), text(parts["last"])]);
}

function joined(parts: readonly (string | null)[]): string | null {
  const words = parts.filter((part) => part !== null);
  return words.length === 0 ? null : words.join(" ");
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

function first(word: string): string {
  return [...word][0] ?? "";
}

import { hashToken, newToken } from "../crypto/token";
import type { AdminRow, Database, PlatformDb } from "../db/handles";
import type { AuditActor } from "../model/audit";
import { DomainError } from "../model/errors";
import type { IdentityId } from "../model/ids";
import { addMs, HOUR_MS } from "../model/time";
import { normaliseIdentifier } from "../wire/identity-schema";
import { needsFirstAdmin } from "./admins";
import { addOwner, provenOwner, roleOfLink } from "./first-owner";
import type { SetupAcceptance } from "./first-owner";
import { isStorable } from "./text";

/** A link is good once and for an hour; a newer one leaves older ones alone until they end by themselves. */
export const SETUP_LINK_TTL_MS = HOUR_MS;
/** The role is part of the token that is hashed: another word in front makes it another token, and no link. */
const PREFIXES = { owner: "rung_setup_", support: "rung_support_" } as const;
const TOKEN = /^rung_(?:setup|support)_[A-Za-z0-9]{32}$/;
/** One address; what is accepted here is what the schema `preset://email` accepts, and mail servers judge the rest. */
const EMAIL = /^[^\s@"(),:;<>[\]\\]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?$/;
const MAX_PASSWORD_BYTES = 1024;

type AdminRole = AdminRow["role"];

export interface SetupLink {
  readonly url: string;
  readonly expiresAt: Date;
}

export interface SetupLinkPlace {
  readonly db: Pick<Database, "platform" | "forProject">;
  readonly hosts: { readonly consoleUrl: URL };
  readonly now: Date;
}
/** Who makes a link, and what the audit log says of it. */
export interface SetupLinkRecord {
  readonly action: "admin.link_made" | "admin.invited" | "admin.break_glass";
  readonly actor: AuditActor;
  readonly ipAddress?: string | null;
  /** Never a token or a whole address. */
  readonly details?: Readonly<Record<string, string>>;
}

/**
 * Makes the link that lets its visitor become an owner, or a helper, and records who made it in the console's audit, in one transaction:
 * there is no link without a record. The token is in the answer and nowhere else in clear. Throws `not_found` without a console project.
 */
export async function makeSetupLink({ db, hosts, now }: SetupLinkPlace, record: SetupLinkRecord, role: AdminRole = "owner"): Promise<SetupLink> {
  const row = await db.platform.findConsoleProject();
  if (row === null) throw new DomainError("not_found", { reason: "This installation has no console project." });
  const token = newToken(PREFIXES[role]);
  const expiresAt = addMs(now, SETUP_LINK_TTL_MS);
  await db.forProject(row.id).transaction(async (tx) => {
    await db.platform.insertSetupLink({ tokenHash: hashToken(token), expiresAt, at: now });
    const { action, actor, ipAddress = null, details } = record;
    await tx.appendAudit({ action, actor, result: "ok", ipAddress, details: { ...details, role, until: expiresAt.toISOString() } }, now);
  });
  const url = new URL("/console/setup", hosts.consoleUrl);
  url.searchParams.set("token", token);
  return { url: url.href, expiresAt };
}

/** For the page that shows the form: may this token still be used? Consumes nothing. */
export async function isSetupLinkOpen(platform: PlatformDb, token: string, now: Date): Promise<boolean> {
  if (!TOKEN.test(token)) return false;
  const link = await platform.findSetupLink(hashToken(token));
  return link !== null && link.usedAt === null && link.expiresAt > now;
}

/** What an open link makes of its visitor; `first` while nobody administers. Null for a link that is none, used or over. Consumes nothing. */
export async function readSetupLink(platform: PlatformDb, token: string, now: Date): Promise<"first" | AdminRole | null> {
  if (!(await isSetupLinkOpen(platform, token, now))) return null;
  const role = roleOfLink(token);
  return role === "owner" && await needsFirstAdmin(platform) ? "first" : role;
}

export type { SetupAcceptance } from "./first-owner";

export type SetupProblem =
  | "email_invalid" | "email_taken" | "password_too_short" | "password_too_long" | "password_unprintable" | "password_listed";

export type SetupOutcome =
  | { readonly kind: "accepted"; readonly identityId: IdentityId }
  | { readonly kind: "rejected"; readonly field: "email" | "password"; readonly problem: SetupProblem; readonly minLength?: number };

/**
 * The visitor of a set-up link becomes an admin of the link's role: a person of the console project with a password. Someone who is already
 * there proves it with their password and becomes one too.
 *
 * Order: 1 link open · 2 fields · 3 hash, before any transaction · 4 one transaction: person, link, owner, audit record. Whoever
 * loses the race for the link leaves nothing behind, and there is no owner without a record. Throws `setup_link_invalid` for a
 * link that is unknown, used or over.
 */
export async function acceptSetupLink(setup: SetupAcceptance): Promise<SetupOutcome> {
  const { platform, token, now } = setup;
  if (!(await isSetupLinkOpen(platform, token, now))) throw new DomainError("setup_link_invalid");
  const email = normaliseIdentifier(setup.email);
  if (hasControl(setup.email.trim()) || !EMAIL.test(email) || email.length > 254) {
    return { kind: "rejected", field: "email", problem: "email_invalid" };
  }
  const refused = passwordProblem(setup, email);
  if (refused !== null) return refused;

  const hash = await setup.passwords.hash(setup.password);
  const identityId = (await addOwner(setup, email, hash)) ?? (await provenOwner(setup, email));
  return identityId === null ? { kind: "rejected", field: "email", problem: "email_taken" } : { kind: "accepted", identityId };
}

/** A character nobody types, or one that no column can hold. */
function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text) || !isStorable(text);
}

function passwordProblem({ password, project, passwords }: SetupAcceptance, email: string): SetupOutcome | null {
  const refuse = (problem: SetupProblem): SetupOutcome => ({ kind: "rejected", field: "password", problem });
  const typed = password.normalize("NFC");
  const { minLength } = project.config.methods.password;
  if (Buffer.byteLength(typed, "utf8") > MAX_PASSWORD_BYTES) return refuse("password_too_long");
  if (Array.from(typed).length < minLength) return { kind: "rejected", field: "password", problem: "password_too_short", minLength };
  if (hasControl(typed)) return refuse("password_unprintable");
  if (passwords.isListed(typed) || typed.toLowerCase() === email) return refuse("password_listed");
  return null;
}

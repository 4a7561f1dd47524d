import { hashToken, newToken, randomId } from "../crypto/token";
import type { PlatformDb, ProjectHandle } from "../db/handles";
import { DomainError, isDuplicateIdentifier } from "../model/errors";
import type { IdentityId } from "../model/ids";
import type { Project } from "../model/project";
import { addMs, HOUR_MS } from "../model/time";
import { maskAddress } from "./audit";

/** A link is good once and for an hour; a newer one leaves older ones alone until they end by themselves. */
export const SETUP_LINK_TTL_MS = HOUR_MS;
const TOKEN = /^rung_setup_[A-Za-z0-9]{32}$/;
/** One address; what is accepted here is what the schema `preset://email` accepts, and mail servers judge the rest. */
const EMAIL = /^[^\s@"(),:;<>[\]\\]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?$/;
const MAX_PASSWORD_BYTES = 1024;

export interface SetupLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** Makes the link that lets its visitor become an owner. The token is in the answer and nowhere else in clear. */
export async function makeSetupLink(platform: PlatformDb, hosts: { readonly consoleUrl: URL }, now: Date): Promise<SetupLink> {
  const token = newToken("rung_setup_");
  const expiresAt = addMs(now, SETUP_LINK_TTL_MS);
  await platform.insertSetupLink({ tokenHash: hashToken(token), expiresAt, at: now });
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

export type SetupProblem =
  | "email_invalid" | "email_taken" | "password_too_short" | "password_too_long" | "password_unprintable" | "password_listed";

export type SetupOutcome =
  | { readonly kind: "accepted"; readonly identityId: IdentityId }
  | { readonly kind: "rejected"; readonly field: "email" | "password"; readonly problem: SetupProblem; readonly minLength?: number };

/** What of the password hasher is needed here. */
interface Passwords {
  hash(password: string): Promise<string>;
  verify(known: string | null, password: string): Promise<{ readonly ok: boolean }>;
  isListed(password: string): boolean;
}

export interface SetupAcceptance {
  readonly platform: PlatformDb;
  /** Bound to the console project. */
  readonly consoleHandle: ProjectHandle;
  readonly project: Project;
  readonly token: string;
  readonly email: string;
  readonly password: string;
  readonly passwords: Passwords;
  readonly ipAddress?: string | null;
  readonly now: Date;
}

/**
 * The visitor of a set-up link becomes an owner: a person of the console project with a password. Someone who is already
 * there proves it with their password and becomes an owner too.
 *
 * Order: 1 link open · 2 fields · 3 hash, before any transaction · 4 person · 5 consume the link. Whoever loses the race
 * for the link leaves nobody behind. Throws `setup_link_invalid` for a link that is unknown, used or over.
 */
export async function acceptSetupLink(setup: SetupAcceptance): Promise<SetupOutcome> {
  const { platform, consoleHandle, token, now } = setup;
  if (!(await isSetupLinkOpen(platform, token, now))) throw new DomainError("setup_link_invalid");
  const email = setup.email.trim().toLowerCase().normalize("NFC");
  if (!EMAIL.test(email) || email.length > 254) return { kind: "rejected", field: "email", problem: "email_invalid" };
  const refused = passwordProblem(setup, email);
  if (refused !== null) return refused;

  const hash = await setup.passwords.hash(setup.password);
  const created = await createPerson(setup, email, hash);
  const identityId = created ?? (await provenPerson(setup, email));
  if (identityId === null) return { kind: "rejected", field: "email", problem: "email_taken" };

  if (!(await platform.consumeSetupLink(hashToken(token), identityId, now))) {
    if (created !== null) await consoleHandle.transaction((tx) => tx.deleteIdentity(created));
    throw new DomainError("setup_link_invalid");
  }
  await consoleHandle.transaction((tx) => tx.appendAudit({
    action: "admin.added", actor: { kind: "admin", identityId, label: maskAddress(email) }, result: "ok", identityId,
    ipAddress: setup.ipAddress ?? null, details: { role: "owner", by: "set-up link" },
  }, now));
  return { kind: "accepted", identityId };
}

function passwordProblem({ password, project, passwords }: SetupAcceptance, email: string): SetupOutcome | null {
  const refuse = (problem: SetupProblem): SetupOutcome => ({ kind: "rejected", field: "password", problem });
  const typed = password.normalize("NFC");
  const { minLength } = project.config.methods.password;
  if (Buffer.byteLength(typed, "utf8") > MAX_PASSWORD_BYTES) return refuse("password_too_long");
  if (Array.from(typed).length < minLength) return { kind: "rejected", field: "password", problem: "password_too_short", minLength };
  if (/\p{Cc}/u.test(typed)) return refuse("password_unprintable");
  if (passwords.isListed(typed) || typed.toLowerCase() === email) return refuse("password_listed");
  return null;
}

/** The new person's id, or null when the address is somebody's already. */
async function createPerson(setup: SetupAcceptance, email: string, hash: string): Promise<IdentityId | null> {
  const id = randomId() as IdentityId;
  const address = { value: email, via: "email" } as const;
  try {
    await setup.consoleHandle.transaction(async (tx) => {
      await tx.insertIdentity({
        id, schemaId: setup.project.config.defaultSchemaId, traits: { email }, verifiable: [address], recovery: [address], at: setup.now,
      });
      await tx.insertCredential(id, { type: "password", hash, identifiers: [email], enrolledAal: "aal1", at: setup.now });
    });
    return id;
  } catch (error) {
    if (isDuplicateIdentifier(error)) return null;
    throw error;
  }
}

async function provenPerson({ consoleHandle, password, passwords }: SetupAcceptance, email: string): Promise<IdentityId | null> {
  const account = await consoleHandle.findAccountByIdentifier("password", email);
  const stored = account?.credentials.find((credential) => credential.type === "password");
  const { ok } = await passwords.verify(stored?.type === "password" ? stored.hash : null, password);
  return ok && account !== null ? account.identity.id : null;
}

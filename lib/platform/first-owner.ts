import { hashToken, randomId } from "../crypto/token";
import type { PlatformDb, ProjectDb, ProjectHandle } from "../db/handles";
import { DomainError, isDuplicateIdentifier } from "../model/errors";
import type { IdentityId } from "../model/ids";
import type { Project } from "../model/project";
import { maskAddress } from "./audit";

/** What of the password hasher is needed here. */
interface Passwords {
  hash(password: string): Promise<string>;
  verify(known: string | null, password: string): Promise<{ readonly ok: boolean }>;
  isListed(password: string): boolean;
}

/** What of the budgets is needed here. */
type PasswordTry = { readonly subject: string; readonly lane: "password"; readonly method: "password"; readonly deviceTrusted: boolean };
interface PasswordBudget {
  chargeFactor(attempt: PasswordTry, now: Date): Promise<{ readonly kind: "go" | "wait" | "disabled" }>;
  succeedFactor(attempt: PasswordTry): Promise<void>;
  refundFactor(attempt: PasswordTry, now: Date): Promise<void>;
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
  /** Budgets of the console project: proving a password that is there counts like any sign-in. Absent: nothing is counted. */
  readonly limits?: PasswordBudget;
  readonly ipAddress?: string | null;
  readonly now: Date;
}

/** Makes a person with this password an admin: person, link, role and record in one transaction. Null when the address is somebody's. */
export async function addOwner(setup: SetupAcceptance, email: string, hash: string): Promise<IdentityId | null> {
  const id = randomId() as IdentityId;
  const address = { value: email, via: "email" } as const;
  try {
    await setup.consoleHandle.transaction(async (tx) => {
      await tx.insertIdentity({
        id, schemaId: setup.project.config.defaultSchemaId, traits: { email }, verifiable: [address], recovery: [address], at: setup.now,
      });
      await tx.insertCredential(id, { type: "password", hash, identifiers: [email], enrolledAal: "aal1", at: setup.now });
      await makeOwner(setup, tx, id, email);
    });
    return id;
  } catch (error) {
    if (isDuplicateIdentifier(error)) return null;
    throw error;
  }
}

/** The owner who was there already and knows the password; null for anybody else, and while the password has to wait. */
export async function provenOwner(setup: SetupAcceptance, email: string): Promise<IdentityId | null> {
  const { consoleHandle, limits, now } = setup;
  const attempt = { subject: email, lane: "password", method: "password", deviceTrusted: false } as const;
  const verdict = await limits?.chargeFactor(attempt, now);
  if (verdict !== undefined && verdict.kind !== "go") return null;
  try {
    const proven = await verifiedPerson(setup, email);
    if (proven === null) return null;
    const owner = await consoleHandle.transaction(async (tx) => {
      // The same guard as at a sign-in: still this password, and still an active person.
      if (!(await tx.replacePasswordHash(proven.credentialId, proven.hash, proven.hash, now))) return null;
      await makeOwner(setup, tx, proven.identityId, email);
      return proven.identityId;
    });
    if (owner !== null) await limits?.succeedFactor(attempt);
    return owner;
  } catch (error) {
    await limits?.refundFactor(attempt, now);
    throw error;
  }
}

async function verifiedPerson({ consoleHandle, password, passwords }: SetupAcceptance, email: string) {
  const account = await consoleHandle.findAccountByIdentifier("password", email);
  const stored = account?.credentials.find((credential) => credential.type === "password");
  const hash = stored?.type === "password" ? stored.hash : null;
  const { ok } = await passwords.verify(hash, password);
  if (!ok || account === null || stored === undefined || hash === null) return null;
  return { identityId: account.identity.id, credentialId: stored.id, hash };
}

/** What a link makes of its visitor; the database knows the whole token alone, so nobody writes another role into theirs. */
export function roleOfLink(token: string): "owner" | "support" {
  return token.startsWith("rung_support_") ? "support" : "owner";
}

/** Uses the link up, makes the person an admin and records it: the last statements of the transaction that is open. */
async function makeOwner(setup: SetupAcceptance, tx: ProjectDb, identityId: IdentityId, email: string): Promise<void> {
  const role = roleOfLink(setup.token);
  if (!(await setup.platform.consumeSetupLink(hashToken(setup.token), identityId, setup.now, role))) throw new DomainError("setup_link_invalid");
  await tx.appendAudit({
    action: "admin.added", actor: { kind: "admin", identityId, label: maskAddress(email) }, result: "ok", identityId,
    ipAddress: setup.ipAddress ?? null, details: { role, by: "set-up link" },
  }, setup.now);
}

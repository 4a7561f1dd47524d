import { parseArgon2, withinBounds } from "../crypto/argon2";
import { readImportedHash } from "../crypto/imported-hash";
import type { ImportProblem } from "../crypto/imported-hash";
import { randomId } from "../crypto/token";
import type { StoredCode, StoredCredential } from "../db/handles";
import { digestLookupCode, lookupBinding, newLookupSalt, normaliseLookupCode } from "../factors/lookup_secret/codes";
import { totpBinding } from "../factors/totp/secret";
import { MIN_SECRET_BYTES } from "../factors/totp/verify";
import { MIGRATING_HASH } from "../model/credential";
import type { LookupCredential } from "../model/credential";
import { DomainError } from "../model/errors";
import type { CredentialId, IdentityId } from "../model/ids";
import type { CodeImport, CredentialImport } from "../wire/credential-body";
import type { AdminContext } from "./admin-context";

/* What an import brings in clear, as it is stored: hashed, sealed, digested. Nothing here touches the database. */

type Secret = Extract<CredentialImport, { type: "password" }>["secret"];

const PROBLEMS: Readonly<Record<ImportProblem, string>> = {
  unknown_format: "no known hash format matches the given password hash",
  cost_out_of_bounds: "the given password hash demands more work than this server does for one sign-in",
  malformed: "the given password hash is not what its format says",
};

/** Throws `bad_request` for a hash nobody could ever sign in with. A password policy is not asked: an admin's word stands. */
export async function passwordHash(secret: Secret, ctx: Pick<AdminContext, "keys" | "passwords">): Promise<string> {
  if (secret === "migrate") return MIGRATING_HASH;
  if ("clear" in secret) return ctx.passwords.hash(secret.clear);
  checkHash(secret.hash, ctx);
  return secret.hash;
}

export function checkHash(hash: string, { keys }: Pick<AdminContext, "keys">): void {
  const ours = parseArgon2(hash);
  const keyId = ours?.keyId ?? null;
  // One of ours, peppered: it verifies only where the key is, and at no more cost than any other.
  if (ours !== null && keyId !== null) {
    if (!withinBounds(ours.cost)) throw new DomainError("bad_request", { reason: PROBLEMS.cost_out_of_bounds });
    if (keys.macUnder(keyId, "pepper", "") !== null) return;
    throw new DomainError("bad_request", { reason: "the given password hash needs a key that this server does not hold" });
  }
  const read = readImportedHash(hash);
  if ("problem" in read) throw new DomainError("bad_request", { reason: PROBLEMS[read.problem] });
}

/** The parameters our codes have; an app that counts otherwise would never be right. */
const PLAIN_PARAMETERS: readonly (readonly [name: string, value: RegExp])[] = [["algorithm", /^sha-?1$/i], ["digits", /^6$/], ["period", /^30$/]];

export function totpRow(url: string, identityId: IdentityId, { keys }: Pick<AdminContext, "keys">): StoredCredential {
  const secret = secretOfUrl(url);
  return {
    id: randomId() as CredentialId, type: "totp", slot: "single", identifiers: [],
    config: { sealedSecret: keys.seal("totp", secret, totpBinding(identityId)) },
  };
}

/** The shared secret of an `otpauth://totp/` address, as base32 without blanks and padding. Throws `bad_request`. */
export function secretOfUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== "otpauth:" || url.host.toLowerCase() !== "totp") throw notTotp("it is no otpauth://totp/ address");
  for (const [name, value] of PLAIN_PARAMETERS) {
    const given = url.searchParams.get(name);
    if (given !== null && !value.test(given)) throw notTotp(`${name} must be ${name === "algorithm" ? "SHA1" : name === "digits" ? "6" : "30"}`);
  }
  const secret = (url.searchParams.get("secret") ?? "").toUpperCase().replace(/[\s=-]+/g, "");
  if (!/^[A-Z2-7]+$/.test(secret) || secret.length > 256) throw notTotp("its secret is no base32");
  if (Math.floor((secret.length * 5) / 8) < MIN_SECRET_BYTES) throw notTotp(`its secret has fewer than ${String(MIN_SECRET_BYTES * 8)} bits`);
  return secret;
}

function notTotp(why: string): DomainError {
  return new DomainError("bad_request", { reason: `credentials.totp.config.totp_url cannot be imported: ${why}` });
}

/** A new set of imported codes, by the storage mode of the project. */
export async function lookupRow(codes: readonly CodeImport[], identityId: IdentityId, ctx: AdminContext): Promise<StoredCredential> {
  const set = { storage: ctx.project.config.methods.lookup_secret.storage, salt: newLookupSalt() };
  return {
    id: randomId() as CredentialId, type: "lookup_secret", slot: "single", identifiers: [], config: set,
    codes: await storedCodes(codes, set, 0, identityId, ctx),
  };
}

/** Codes for a set that is there or is made, from a position on. A code that the list names twice is stored once. */
export async function storedCodes(
  codes: readonly CodeImport[], set: Pick<LookupCredential, "storage" | "salt">, from: number, identityId: IdentityId, ctx: Pick<AdminContext, "keys" | "passwords">,
): Promise<readonly StoredCode[]> {
  const seen = new Set<string>();
  const stored: StoredCode[] = [];
  for (const { code, usedAt } of codes) {
    const plain = normaliseLookupCode(code ?? "");
    if (code === null || plain === "" || seen.has(plain)) continue;
    seen.add(plain);
    const position = from + stored.length;
    const digest = await digestLookupCode(code, set, identityId, ctx);
    const sealed = set.storage === "revealable" ? ctx.keys.seal("lookup", code, lookupBinding(identityId, position)) : null;
    stored.push({ position, digest, sealed, usedAt });
  }
  return stored;
}

import type { AccountSnapshot } from "../db/handles";
import { countAll } from "../factors/registry";
import type { Credential } from "../model/credential";
import type { Identity } from "../model/identity";
import type { CredentialId } from "../model/ids";
import { codeAddressesOf } from "../model/owned-address";
import type { Project } from "../model/project";
import { keysOf } from "../webauthn/key-record";

/**
 * Ways to sign in that these credentials are, by the methods that are on (contract/admin.md 1.5). Codes that everybody can get are
 * one; a key that was stopped is none (W33).
 * Differs from Kratos: a method that is off counts nothing (J12).
 */
export function waysIn(credentials: readonly Credential[], project: Project, identity: Identity): number {
  const stopped = new Set(keysOf(credentials).filter(({ key }) => key.clonedAt !== null).map(({ credential }) => credential.id));
  const good = credentials.filter(({ id }) => !stopped.has(id));
  return countAll(good, project.config.methods, identity).reduce((sum, { first }) => sum + first, 0);
}

/** The person could begin a session now. */
export function canSignIn({ identity, credentials }: AccountSnapshot, project: Project): boolean {
  return identity.state === "active" && leadsIn(credentials, project, identity);
}

/** One of these is a way in; codes are where there is somewhere to send them. */
function leadsIn(credentials: readonly Credential[], project: Project, identity: Identity): boolean {
  const { methods } = project.config;
  const { code } = methods;
  const reachable = (codeAddressesOf(credentials) ?? (code.missingCredentialFallback ? identity.verifiableAddresses : [])).length > 0;
  const counted = reachable ? project : { ...project, config: { ...project.config, methods: { ...methods, code: { ...code, enabled: false } } } };
  return waysIn(credentials, counted, identity) > 0;
}

/** Somebody signs in with it, or could if its method were on. */
function isWayIn(credential: Credential): boolean {
  switch (credential.type) {
    case "password":
    case "oidc":
    case "passkey": return true;
    case "webauthn": return keysOf([credential]).some(({ key }) => key.passwordless);
    default: return false;
  }
}

/** The one rule of every door: what somebody signs in with goes only when another way in is left (contract/admin.md 1.13). */
export function keepsAWayIn({ identity, credentials }: AccountSnapshot, gone: readonly CredentialId[], project: Project): boolean {
  if (!credentials.some((credential) => gone.includes(credential.id) && isWayIn(credential))) return true;
  return leadsIn(credentials.filter(({ id }) => !gone.includes(id)), project, identity);
}

/** May an admin take this out? Codes follow the addresses of the profile: who has the address has them. */
export function isRemovable(account: AccountSnapshot, credential: Credential, project: Project): boolean {
  return !isEmpty(credential) && credential.type !== "code" && keepsAWayIn(account, [credential.id], project);
}

/** A row that keeps somebody's names for them while they have no password. */
export function isEmpty(credential: Credential): boolean {
  return credential.type === "password" && credential.hash === "";
}

import type { KeyRing } from "../crypto/keys";
import { lookupBinding } from "../factors/lookup_secret/codes";
import { totpAccountName, totpBinding, totpUri } from "../factors/totp/secret";
import type { FactorId } from "../model/assurance";
import { MIGRATING_HASH } from "../model/credential";
import type { Credential, LookupCredential } from "../model/credential";
import type { Identity, JsonObject, TraitFacts } from "../model/identity";
import { codeAddressesOf } from "../model/owned-address";
import type { Project } from "../model/project";
import { rfc3339 } from "../wire/message";
import { keysOf } from "../webauthn/key-record";
import type { KeyRecord } from "../webauthn/key-record";
import { userHandleOf } from "../webauthn/user-handle";
import { factsOf } from "./traits";

interface View {
  readonly identity: Identity;
  readonly credentials: readonly Credential[];
  readonly project: Project;
  readonly keys: KeyRing;
  /** Types whose secret is shown; `all` for the document that a patch changes. */
  readonly secrets: readonly string[] | "all";
}

const TYPES: readonly FactorId[] = ["password", "oidc", "totp", "lookup_secret", "webauthn", "passkey", "code"];

/** Credentials keyed by type (contract/admin.md 1.11); the configuration, which is secret, only of the types that were asked for. */
export function credentialsView(view: View): JsonObject {
  return Object.fromEntries(TYPES.flatMap((type) => {
    const own = view.credentials.filter((credential) => credential.type === type);
    const [oldest] = own;
    if (oldest === undefined) return [];
    const shown = view.secrets === "all" || view.secrets.includes(type);
    const newest = own.reduce((last, { updatedAt }) => (updatedAt > last ? updatedAt : last), oldest.updatedAt);
    return [[type, {
      type, identifiers: [...identifiersOf(type, own, view)], ...(shown ? { config: configOf(type, own, view) } : {}), version: 1,
      created_at: rfc3339(oldest.createdAt), updated_at: rfc3339(newest),
    }]];
  }));
}

/** What the schema says of stored traits; nothing where the schema is gone. */
export function storedFacts(project: Project, identity: Identity): TraitFacts {
  if (project.config.schemas.some(({ id }) => id === identity.schemaId)) return factsOf(project, identity);
  return { identifiers: [], verifiable: [], recovery: [], totpAccountName: null };
}

function identifiersOf(type: FactorId, own: readonly Credential[], view: View): readonly string[] {
  switch (type) {
    case "totp":
    case "lookup_secret": return [view.identity.id];
    case "webauthn": return storedFacts(view.project, view.identity).identifiers;
    case "passkey": return [handleOf(keysOf(own).map(({ key }) => key), view.identity)];
    default: return own.flatMap((credential) => ("identifiers" in credential ? credential.identifiers : []));
  }
}

function configOf(type: FactorId, own: readonly Credential[], view: View): JsonObject {
  switch (type) {
    case "password": return passwordConfig(own);
    case "totp": return totpConfig(own, view);
    case "lookup_secret": return { recovery_codes: own.flatMap((set) => (set.type === "lookup_secret" ? codesOf(set, view) : [])) };
    case "oidc": return { providers: own.flatMap(linkOf) };
    case "code": return { addresses: (codeAddressesOf(own) ?? []).map(({ via, value }) => ({ channel: via, address: value })) };
    default: {
      const keys = keysOf(own).map(({ key }) => key);
      return { credentials: keys.map(keyToWire), user_handle: padded(handleOf(keys, view.identity)) };
    }
  }
}

function passwordConfig(own: readonly Credential[]): JsonObject {
  const password = own.find((credential) => credential.type === "password");
  if (password?.type !== "password" || password.hash === "") return {};
  return password.hash === MIGRATING_HASH ? { use_password_migration_hook: true } : { hashed_password: password.hash };
}

function totpConfig(own: readonly Credential[], { identity, project, keys }: View): JsonObject {
  const app = own.find((credential) => credential.type === "totp");
  if (app?.type !== "totp") return {};
  const secret = keys.open("totp", app.sealedSecret, totpBinding(identity.id));
  return { totp_url: totpUri(project.config.methods.totp.issuer, totpAccountName(storedFacts(project, identity), identity.id), secret) };
}

/** A hashed set has no codes to show: its entries have ids in their place, so that a patch can name them. */
function codesOf(set: LookupCredential, { identity, keys }: View): readonly JsonObject[] {
  return set.codes.map(({ id, sealed, position, usedAt }) => ({
    ...(sealed === null ? { id } : { code: keys.open("lookup", sealed, lookupBinding(identity.id, position)) }),
    ...(usedAt === null ? {} : { used_at: rfc3339(usedAt) }),
  }));
}

/** Tokens of a provider are never kept, so there are none to show. */
function linkOf(credential: Credential): readonly JsonObject[] {
  if (credential.type !== "oidc") return [];
  const { provider, subject } = credential.document;
  if (typeof provider !== "string" || typeof subject !== "string") return [];
  return [{ subject, provider, initial_id_token: "", initial_access_token: "", initial_refresh_token: "" }];
}

function keyToWire(key: KeyRecord): JsonObject {
  return {
    id: padded(key.id), public_key: padded(key.publicKey), attestation_type: key.format,
    authenticator: { aaguid: Buffer.from(key.aaguid.replaceAll("-", ""), "hex").toString("base64"), sign_count: key.signCount, clone_warning: key.clonedAt !== null },
    display_name: key.name, added_at: rfc3339(new Date(key.addedAt)), is_passwordless: key.passwordless,
    flags: { user_present: true, user_verified: key.userVerified, backup_eligible: key.backupEligible, backup_state: key.backupState },
    transport: [...key.transports],
  };
}

function handleOf(keys: readonly KeyRecord[], identity: Identity): string {
  return keys.find(({ userHandle }) => userHandle !== undefined)?.userHandle ?? userHandleOf(identity.id);
}

/** Standard base64 with padding, as binary members are written. */
function padded(base64url: string): string {
  return Buffer.from(base64url, "base64url").toString("base64");
}

import type { AccountSnapshot } from "../db/handles";
import { DomainError } from "../model/errors";
import type { JsonObject, JsonValue, TraitFacts } from "../model/identity";
import type { IdentityId } from "../model/ids";
import { identityToWire } from "../wire/identity";
import { readAddresses, readExternalId, readState, refuseOrganization } from "../wire/identity-body";
import { applyPatch } from "../wire/identity-patch";
import { checkPatchedTypes, readCredentials } from "../wire/credential-body";
import { isObject, malformed, member, objectAt, textAt } from "../wire/members";
import { againWhenChanged } from "./admin-context";
import type { AdminContext } from "./admin-context";
import { changePerson } from "./admin-update";
import { joined, NOTHING_PLANNED, planCredentials } from "./credential-plan";
import type { CredentialPlan } from "./credential-plan";
import { credentialsView } from "./credential-view";

/** An identity as an admin sees it, without credentials. */
export function adminIdentity(account: Pick<AccountSnapshot, "identity">, ctx: Pick<AdminContext, "project">): JsonObject {
  const { identity } = account;
  return { ...identityToWire(identity, ctx.project.config), metadata_admin: identity.metadataAdmin };
}

/**
 * Changes a person by a JSON Patch of the admin identity with credentials and their configuration (contract/admin.md 1.9). What the
 * patch leaves as it is stays untouched, also secrets that are never shown. Null for an unknown id.
 * Throws `bad_request`, `conflict`, and `DuplicateIdentifier` when a name, address or external id is somebody else's.
 */
export function patchByAdmin(id: IdentityId, patch: JsonValue, ctx: AdminContext): Promise<AccountSnapshot | null> {
  return againWhenChanged(async () => {
    const account = await ctx.handle.findAccount(id);
    if (account === null) return null;
    const before = documentOf(account, ctx);
    const after = applyPatch(before, patch);
    return changePerson(account, wantedOf(account, before, after, ctx), ctx);
  });
}

function documentOf(account: AccountSnapshot, ctx: AdminContext): JsonObject {
  return { ...adminIdentity(account, ctx), credentials: credentialsView({ ...account, project: ctx.project, keys: ctx.keys, secrets: "all" }) };
}

function wantedOf({ identity }: AccountSnapshot, before: JsonObject, after: JsonObject, ctx: AdminContext): Parameters<typeof changePerson>[1] {
  refuseOrganization(after);
  const traits = member(after, "traits");
  if (!isObject(traits)) throw malformed("traits must be an object");
  const schemaId = textAt(after, "schema_id", "") || ctx.project.config.defaultSchemaId;
  const state = readState(member(after, "state"));
  if (state === null) throw malformed('the state must be one of "active" and "inactive"');
  const differs = (name: string): boolean => !same(member(before, name), member(after, name));
  return {
    schemaId, state, traits: differs("traits") || schemaId !== identity.schemaId ? traits : null,
    metadataPublic: member(after, "metadata_public") ?? null, metadataAdmin: member(after, "metadata_admin") ?? null,
    externalId: readExternalId(textAt(after, "external_id", "")),
    verifiable: differs("verifiable_addresses") ? readAddresses(after) : null,
    credentials: (current, facts) => planPatched(current, facts, before, after, ctx),
  };
}

/** Only types whose part of the document differs are read: what is the same is kept as it rests. */
async function planPatched(account: AccountSnapshot, facts: TraitFacts, before: JsonObject, after: JsonObject, ctx: AdminContext): Promise<CredentialPlan> {
  const [old, fresh] = [objectAt(before, "credentials", "") ?? {}, objectAt(after, "credentials", "") ?? {}];
  checkPatchedTypes(fresh);
  const types = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter((type) => !same(configOf(old, type), configOf(fresh, type)));
  if (types.includes("code")) throw new DomainError("bad_request", { reason: "credentials.code follows the traits; change those" });
  const unknown = types.find((type) => !PATCHABLE.includes(type));
  if (unknown !== undefined) throw malformed(`credentials.${unknown} is no type that can be patched`);
  const plans: CredentialPlan[] = [];
  for (const type of types) {
    const envelope = objectAt(fresh, type, "credentials.");
    const imports = envelope === null ? [] : readCredentials({ [type]: envelope }, "patched");
    plans.push(imports.length === 0 ? removal(type, account, facts) : await planCredentials(imports, { id: account.identity.id, facts, credentials: account.credentials }, "set", ctx));
  }
  return plans.length === 0 ? NOTHING_PLANNED : joined(plans);
}

const PATCHABLE = ["password", "totp", "lookup_secret", "webauthn", "passkey"];

function removal(type: string, { credentials }: AccountSnapshot, facts: TraitFacts): CredentialPlan {
  const own = credentials.filter((credential) => credential.type === type);
  const [first] = own;
  if (first === undefined) return NOTHING_PLANNED;
  if (first.type === "password") {
    // Names stay theirs while they have no password.
    if (first.hash === "") return NOTHING_PLANNED;
    return facts.identifiers.length > 0 ? { ...NOTHING_PLANNED, rehash: "", ended: ["password"] } : { ...NOTHING_PLANNED, remove: [first.id], ended: ["password"] };
  }
  return { ...NOTHING_PLANNED, remove: own.map(({ id }) => id), ended: [first.type] };
}

function configOf(credentials: JsonObject, type: string): JsonValue | undefined {
  const envelope = member(credentials, type);
  return isObject(envelope) ? member(envelope, "config") ?? {} : undefined;
}

function same(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    const [a, b] = [left as readonly JsonValue[], right as readonly JsonValue[]];
    return a.length === b.length && a.every((item, index) => same(item, b[index]));
  }
  if (isObject(left) && isObject(right)) {
    const names = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...names].every((name) => same(member(left, name), member(right, name)));
  }
  return left === right;
}

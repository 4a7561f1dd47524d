import type { AddressChannel, JsonObject, JsonValue } from "../model/identity";
import { isUuid } from "../model/ids";
import { readCredentials } from "./credential-body";
import type { CredentialImport } from "./credential-body";
import { normaliseAddress } from "./identity-schema";
import { flagAt, instantAt, isObject, listAt, malformed, member, objectAt, onlyMembers, textAt } from "./members";

/** What an admin says of an address that the traits have. */
export interface AddressImport {
  readonly via: AddressChannel;
  /** Normalised. */
  readonly value: string;
  readonly verified: boolean;
  readonly status: "pending" | "sent" | "completed";
  readonly verifiedAt: Date | null;
}

/** A person as an admin describes them. Null: not said. */
export interface IdentityInput {
  readonly schemaId: string | null;
  readonly traits: JsonObject;
  readonly state: "active" | "inactive" | null;
  readonly metadataPublic: JsonValue | null;
  readonly metadataAdmin: JsonValue | null;
  readonly externalId: string | null;
  readonly credentials: readonly CredentialImport[];
  readonly verifiable: readonly AddressImport[];
}

const MEMBERS = [
  "schema_id", "traits", "credentials", "verifiable_addresses", "recovery_addresses", "metadata_public", "metadata_admin", "state",
  "organization_id", "external_id", "region",
];
const VERIFIABLE = ["id", "value", "verified", "via", "status", "verified_at", "created_at", "updated_at"];
const RECOVERY = ["id", "value", "via", "created_at", "updated_at", "break_glass_for_organization"];
const MAX_EXTERNAL_ID = 255;

/**
 * The body of a create (`strict`: an unknown member is refused by its name) or of an update (`lenient`: it is ignored), by contract
 * admin 1.7 and 1.8. Throws `bad_request` naming what cannot be read.
 */
export function readIdentityBody(body: JsonValue, reading: "strict" | "lenient"): IdentityInput {
  if (!isObject(body)) throw malformed("the body must be a JSON object");
  if (reading === "strict") {
    onlyMembers(body, MEMBERS, "");
    for (const address of listAt(body, "verifiable_addresses", "")) onlyMembers(address, VERIFIABLE, "verifiable_addresses");
    for (const address of listAt(body, "recovery_addresses", "")) onlyMembers(address, RECOVERY, "recovery_addresses");
  }
  refuseOrganization(body);
  textAt(body, "region", "");
  return {
    schemaId: textAt(body, "schema_id", "") || null,
    traits: objectAt(body, "traits", "") ?? {},
    state: readState(member(body, "state")),
    metadataPublic: member(body, "metadata_public") ?? null,
    metadataAdmin: member(body, "metadata_admin") ?? null,
    externalId: readExternalId(textAt(body, "external_id", "")),
    credentials: readCredentials(objectAt(body, "credentials", "") ?? {}, reading),
    verifiable: readAddresses(body),
  };
}

export function readState(state: JsonValue | undefined): "active" | "inactive" | null {
  if (state === undefined || state === null || state === "") return null;
  if (state !== "active" && state !== "inactive") throw malformed('the state must be one of "active" and "inactive"');
  return state;
}

export function readExternalId(text: string | null): string | null {
  if (text !== null && text.length > MAX_EXTERNAL_ID) throw malformed(`external_id has more than ${String(MAX_EXTERNAL_ID)} characters`);
  return text === "" ? null : text;
}

/** Nobody here belongs to an organization: what says otherwise is refused, so that nobody relies on it. */
export function refuseOrganization(body: JsonObject): void {
  const id = textAt(body, "organization_id", "");
  if (id === null || id === "") return;
  throw malformed(isUuid(id) ? "organizations are not offered by this server; leave organization_id out" : "organization_id is not a uuid");
}

export function readAddresses(body: JsonObject): readonly AddressImport[] {
  return listAt(body, "verifiable_addresses", "").flatMap((entry) => {
    const at = "verifiable_addresses.";
    const via = textAt(entry, "via", at) ?? "email";
    if (via !== "email" && via !== "sms") throw malformed(`${at}via must be email or sms`);
    const value = normaliseAddress(textAt(entry, "value", at) ?? "", via);
    const verified = flagAt(entry, "verified", at) ?? false;
    const status = textAt(entry, "status", at) || (verified ? "completed" : "pending");
    if (status !== "pending" && status !== "sent" && status !== "completed") throw malformed(`${at}status must be pending, sent or completed`);
    // One without the other says two things at once: only a verified address is completed.
    const settled = verified ? "completed" : status === "completed" ? "pending" : status;
    return value === null ? [] : [{ via, value, verified, status: settled, verifiedAt: instantAt(entry, "verified_at", at) }];
  });
}

/** Branded identifiers: each is a uuid v4 (or the named format) on the wire, and none can be passed where another is asked for. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type ProjectId = Branded<"ProjectId">;
export type WorkspaceId = Branded<"WorkspaceId">;
export type IdentityId = Branded<"IdentityId">;
export type SessionId = Branded<"SessionId">;
export type FlowId = Branded<"FlowId">;
export type CredentialId = Branded<"CredentialId">;
export type LookupCodeId = Branded<"LookupCodeId">;
export type AddressId = Branded<"AddressId">;
export type OneTimeCodeId = Branded<"OneTimeCodeId">;
/** Ten lower-case characters, fixed length for ever: cookie names end in it, so no name is another's prefix. */
export type ProjectKey = Branded<"ProjectKey">;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** True for a lower-case RFC 9562 uuid; asked before any id from outside reaches the database. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}

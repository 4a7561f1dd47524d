import { isUuid } from "../model/ids";
import type { IdentityId } from "../model/ids";
import { fromBase64url } from "./bytes";

/** The user handle of a person: the 16 bytes of their id, random, without personal data and the same for all their keys (W15). */
export function userHandleOf(identityId: IdentityId): string {
  return Buffer.from(identityId.replaceAll("-", ""), "hex").toString("base64url");
}

/** The person a handle stands for; null when it is none of ours. */
export function identityOfHandle(handle: string): IdentityId | null {
  const bytes = fromBase64url(handle);
  if (bytes?.length !== 16) return null;
  const id = Buffer.from(bytes).toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return isUuid(id) ? id as IdentityId : null;
}

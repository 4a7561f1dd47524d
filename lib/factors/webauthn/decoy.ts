import type { KeyRing } from "../../crypto/keys";
import type { ProjectId } from "../../model/ids";
import type { KnownKey } from "../../webauthn/key-record";

/** Sizes and ways that authenticators in the field have. */
const SIZES = [16, 20, 32, 48, 64] as const;
const WAYS: readonly (readonly string[])[] = [["usb"], ["nfc", "usb"], ["hybrid", "internal"], ["internal"]];

/**
 * A key that nobody has, for a name that nobody has (W36): always the same for the same name, and like any other. Made under the
 * oldest key of the ring, so that a new one changes nothing that a stranger could compare.
 */
export function decoyKeys(keys: KeyRing, projectId: ProjectId, identifier: string): readonly KnownKey[] {
  const material = Buffer.concat(["size", "front", "back"].map((part) =>
    Buffer.from(keys.macsHex("decoy", projectId, identifier, part).at(-1) ?? "", "hex")));
  const size = SIZES[(material[0] ?? 0) % SIZES.length] ?? 32;
  return [{ id: material.subarray(32, 32 + size).toString("base64url"), transports: WAYS[(material[1] ?? 0) % WAYS.length] ?? [] }];
}

/* The door of the key ring: what other rooms import. */
export type { Key, KeyRing, MacPurpose, SealPurpose } from "./key-types";
export { createKeyRing, encodeParts, ephemeralKeyRing, SealBroken } from "./ring";
export { createKeyFile, EXAMPLE_SECRET, loadKeyRing, readKeyFile } from "./key-file";
export { followingRing, KEY_FILE_SEEN_WITHIN_MS } from "./key-follow";
export { addKey, keyIds, promoteKey } from "./key-rotate";

/* The door of the key ring: what other rooms import. */
export type { Key, KeyRing, MacPurpose, SealPurpose } from "./key-types";
export { createKeyRing, encodeParts, ephemeralKeyRing, SealBroken } from "./ring";
export { createKeyFile, EXAMPLE_SECRET, loadKeyRing, readKeyFile } from "./key-file";

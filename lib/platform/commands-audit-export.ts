import type { KeyRing } from "../crypto/keys";
import { verifyExport } from "./audit-export";
import type { ControlCommands } from "./control";

/** `audit-verify-export MANIFEST SHA256`: is the file with this digest the one that this installation signed? Answers the verdict. */
export function auditExportCommands({ keys }: { readonly keys: KeyRing }): ControlCommands {
  return {
    "audit-verify-export": ([manifest = "", sha256 = ""]) => Promise.resolve({ verdict: verifyExport(keys, manifest, sha256), sha256 }),
  };
}

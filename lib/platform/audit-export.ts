import { createHash } from "node:crypto";
import type { KeyRing } from "../crypto/keys";
import { constantTimeEqual } from "../crypto/token";
import type { AuditRecord } from "../model/audit";

/*
 * A log on its way out of the house, and the statement that goes with it. The statement (manifest) is signed with HMAC-SHA-256 under the
 * installation's key ring, purpose `audit-export`: whoever holds the key file can tell, years later and after every rotation, whether
 * a file is what this installation wrote. The chain inside the file can be checked by anybody: every line carries its hash.
 */

export type ExportFormat = "jsonl" | "csv";

export interface ManifestFacts {
  readonly project: { readonly id: string; readonly slug: string; readonly name: string };
  readonly file: { readonly format: ExportFormat; readonly sha256: string; readonly bytes: number; readonly entries: number; readonly first: number | null; readonly last: number | null };
  readonly filters: Readonly<Record<string, string>>;
  /** The newest entry that could be in the file, and its hash: where the chain stood. */
  readonly through: { readonly sequence: number; readonly hash: string };
  readonly made_at: string;
  readonly made_by: string;
}
export interface Manifest extends ManifestFacts {
  readonly kind: typeof KIND;
  readonly algorithm: "HMAC-SHA256";
  readonly key_id: string;
  readonly signature: string;
}
const KIND = "rung-audit-export/1";

export function signManifest(keys: KeyRing, facts: ManifestFacts): Manifest {
  const body = { kind: KIND, algorithm: "HMAC-SHA256", key_id: keys.currentKid, ...facts } as const;
  return { ...body, signature: keys.macHex("audit-export", stable(body)) };
}

export type ExportVerdict = "genuine" | "file_differs" | "not_ours" | "no_manifest";

/** Is this the file that the manifest speaks of, and did this installation sign it? `sha256`: of the file at hand, hex. */
export function verifyExport(keys: KeyRing, manifest: string, sha256: string): ExportVerdict {
  const parsed = readManifest(manifest);
  if (parsed === null) return "no_manifest";
  const { signature, ...body } = parsed;
  const expected = keys.macUnder(String(body["key_id"]), "audit-export", stable(body));
  if (expected === null || !constantTimeEqual(expected.toString("hex"), signature)) return "not_ours";
  const file = body["file"];
  const named = typeof file === "object" && file !== null && "sha256" in file ? file.sha256 : null;
  return named === sha256.toLowerCase() ? "genuine" : "file_differs";
}

function readManifest(text: string): (Readonly<Record<string, unknown>> & { readonly signature: string }) | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("signature" in value) || !("kind" in value)) return null;
    return typeof value.signature === "string" && value.kind === KIND ? { ...value, signature: value.signature } : null;
  } catch {
    return null;
  }
}

/** JSON with the keys of every object in order: the same facts are the same bytes. */
function stable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stable).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${JSON.stringify(key)}:${stable(item)}`).join(",")}}`;
}

const COLUMNS = ["sequence", "at", "actor_kind", "actor_id", "actor", "action", "target", "result", "session", "from", "details", "previous_hash", "hash"] as const;

export function exportHead(format: ExportFormat): string {
  return format === "csv" ? `${COLUMNS.join(",")}\r\n` : "";
}

/** One entry as its line of the file. */
export function exportLine(record: AuditRecord, format: ExportFormat): string {
  const { sequence, at, action, actor, result, identityId, sessionId, ipAddress, details, previousHash, hash } = record;
  if (format === "jsonl") {
    return `${JSON.stringify({
      sequence, at: at.toISOString(), action, actor, result, identity_id: identityId ?? null, session_id: sessionId ?? null, ip_address: ipAddress ?? null,
      details: details ?? {}, previous_hash: previousHash, hash,
    })}\n`;
  }
  const cells = [
    String(sequence), at.toISOString(), actor.kind, actor.identityId ?? "", actor.label ?? "", action, identityId ?? "", result, sessionId ?? "", ipAddress ?? "",
    JSON.stringify(details ?? {}), previousHash, hash,
  ];
  return `${cells.map(cell).join(",")}\r\n`;
}

/** RFC 4180; what a spreadsheet would take for a formula is disarmed. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Digest and size of a file that is made piece by piece. */
export function measured(): { take(piece: string): void; done(): { readonly sha256: string; readonly bytes: number } } {
  const hash = createHash("sha256");
  let bytes = 0;
  return {
    take(piece) {
      hash.update(piece, "utf8");
      bytes += Buffer.byteLength(piece, "utf8");
    },
    done: () => ({ sha256: hash.digest("hex"), bytes }),
  };
}

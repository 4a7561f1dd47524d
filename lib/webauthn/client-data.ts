import type { CeremonyRefusal } from "./refusal";

export interface ExpectedClientData {
  readonly type: "webauthn.create" | "webauthn.get";
  /** Base64url of the bytes that were issued. */
  readonly challenge: string;
  readonly origins: readonly string[];
}

/**
 * What the browser says it signed (WebAuthn L3, 7.1 and 7.2): type, challenge, an origin that is on the list to the letter (no other
 * case, no trailing dot), and not from within another site's frame. Every `topOrigin` is refused, which the library would let pass
 * at registration (W4, W5). Null: all is as expected.
 */
export function checkClientData(bytes: Uint8Array, expected: ExpectedClientData): CeremonyRefusal | null {
  const data = parseClientData(bytes);
  if (data === null) return "malformed";
  if (data["type"] !== expected.type) return "type";
  if (expected.challenge === "" || data["challenge"] !== expected.challenge) return "challenge";
  const origin = data["origin"];
  if (typeof origin !== "string" || !expected.origins.includes(origin)) return "origin";
  if (data["crossOrigin"] !== undefined && data["crossOrigin"] !== false) return "cross_origin";
  return data["topOrigin"] === undefined ? null : "cross_origin";
}

function parseClientData(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : null;
  } catch {
    return null;
  }
}

import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from "@simplewebauthn/browser";

/** What a browser is asked to sign with, as the wire holds it: JSON with one member `publicKey` (contract 5.7, 5.8). */
export function requestOptions(json: string): PublicKeyCredentialRequestOptionsJSON | null {
  const options = member(parsed(json), "publicKey");
  return options !== null && typeof options["challenge"] === "string" ? options as unknown as PublicKeyCredentialRequestOptionsJSON : null;
}

export interface CreationOptions {
  readonly options: PublicKeyCredentialCreationOptionsJSON;
  /** Fields of the form whose first filled one names the new passkey; empty where the options name it already. */
  readonly nameFields: readonly string[];
}

/** What a browser is asked to make. Registration wraps it and names the fields that hold the person's name (contract 10.8). */
export function creationOptions(json: string): CreationOptions | null {
  const outer = parsed(json);
  const options = member(member(outer, "credentialOptions") ?? outer, "publicKey");
  if (options === null || typeof options["challenge"] !== "string" || member(options, "user") === null) return null;
  const names = outer?.["displayNameFieldNames"];
  const first = outer?.["displayNameFieldName"];
  const listed = Array.isArray(names) ? names : [first];
  return {
    options: options as unknown as PublicKeyCredentialCreationOptionsJSON,
    nameFields: listed.filter((name): name is string => typeof name === "string"),
  };
}

/** The same options for a passkey called by what the person typed about themselves. */
export function namedAs(options: PublicKeyCredentialCreationOptionsJSON, name: string | null): PublicKeyCredentialCreationOptionsJSON {
  return name === null ? options : { ...options, user: { ...options.user, name, displayName: name } };
}

/** A credential id as the settings screen has it (hex) in the browser's own writing (base64url). Null for anything else. */
export function credentialIdFromHex(hex: string): string | null {
  if (!/^([0-9a-f]{2})+$/i.test(hex)) return null;
  const bytes = (hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16)));
  return btoa(bytes.join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function parsed(json: string): Readonly<Record<string, unknown>> | null {
  try {
    return asRecord(JSON.parse(json));
  } catch {
    return null;
  }
}
function member(value: Readonly<Record<string, unknown>> | null, name: string): Readonly<Record<string, unknown>> | null {
  return asRecord(value?.[name]);
}
function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Readonly<Record<string, unknown>> : null;
}

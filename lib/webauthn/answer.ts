import { fromBase64url } from "./bytes";

type Bytes = Uint8Array<ArrayBuffer>;

/** Longer than any honest answer: a TPM's certificates stay below 10 KB. */
const MAX_LENGTH = 65_536;
/** W12; and no authenticator makes ids shorter than 16 bytes (WebAuthn L3, 4: at least 100 bits of entropy). */
const CREDENTIAL_ID_BYTES = { min: 16, max: 1023 } as const;
const MAX_TRANSPORTS = 8;

interface Common {
  /** Base64url; the one spelling. */
  readonly id: string;
  readonly clientDataJson: Bytes;
}
export interface RegistrationAnswer extends Common {
  readonly attestationObject: Bytes;
  readonly transports: readonly string[];
}
export interface AssertionAnswer extends Common {
  readonly authenticatorData: Bytes;
  readonly signature: Bytes;
  /** Base64url; null when absent or empty. */
  readonly userHandle: string | null;
}

/** The JSON text that `create` left in the form (contract 5.14); null when it is anything else. */
export function readRegistrationAnswer(text: string): RegistrationAnswer | null {
  const answer = readCommon(text);
  const attestationObject = fromBase64url(answer?.response["attestationObject"]);
  if (answer === null || attestationObject === null || attestationObject.length === 0) return null;
  return { id: answer.id, clientDataJson: answer.clientDataJson, attestationObject, transports: readTransports(answer.response["transports"]) };
}

/** The JSON text that `get` left in the form; null when it is anything else. */
export function readAssertionAnswer(text: string): AssertionAnswer | null {
  const answer = readCommon(text);
  if (answer === null) return null;
  const { response } = answer;
  const authenticatorData = fromBase64url(response["authenticatorData"]);
  const signature = fromBase64url(response["signature"]);
  const handle = response["userHandle"] ?? "";
  if (authenticatorData === null || signature === null || fromBase64url(handle) === null) return null;
  return {
    id: answer.id, clientDataJson: answer.clientDataJson, authenticatorData, signature, userHandle: handle === "" ? null : handle as string,
  };
}

function readCommon(text: string): (Common & { readonly response: Readonly<Record<string, unknown>> }) | null {
  const answer = text.length > MAX_LENGTH ? null : parseObject(text);
  const response = asObject(answer?.["response"]);
  if (answer === null || response === null || answer["type"] !== "public-key" || answer["id"] !== answer["rawId"]) return null;
  const id = fromBase64url(answer["id"]);
  const clientDataJson = fromBase64url(response["clientDataJSON"]);
  if (id === null || id.length < CREDENTIAL_ID_BYTES.min || id.length > CREDENTIAL_ID_BYTES.max || clientDataJson === null) return null;
  return { id: answer["id"] as string, clientDataJson, response };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : null;
}

/** Hints for the next request, nothing that is relied on: words of the registry's shape are kept, anything else is dropped. */
function readTransports(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const words = value.filter((item): item is string => typeof item === "string" && /^[a-z-]{1,32}$/.test(item));
  return [...new Set(words)].slice(0, MAX_TRANSPORTS);
}

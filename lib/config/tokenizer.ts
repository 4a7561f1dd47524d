import type { TokenizerTemplate } from "../model/project";
import type { Reader } from "./reader";
import { escapeSegment } from "./sentences";

/** Claims that say who, for whom and until when; no template may write them. */
const RESERVED: ReadonlySet<string> = new Set(["aud", "exp", "iat", "iss", "jti", "nbf", "sid", "sub"]);
const PATH = /^(session|identity)(\.[A-Za-z0-9_-]+)+$/;
const MINUTE_MS = 60_000;

/** `session.whoami.tokenizer.templates`: what `tokenize_as` may name. */
export function tokenizerTemplates(reader: Reader): Readonly<Record<string, TokenizerTemplate>> {
  const at = "session.whoami.tokenizer.templates";
  return Object.fromEntries(reader.map(at).map(([name, value]) => [name, readTemplate(reader.inside(`/${at.replaceAll(".", "/")}/${name}`, value))]));
}

function readTemplate(entry: Reader): TokenizerTemplate {
  const jwksUrl = entry.text("jwks_url") ?? "rung:managed";
  if (!isKeySource(jwksUrl)) entry.refuse("jwks_url", "must be \"rung:managed\", base64://… of a key set, or the place of one with https://, or with file:// below the server's RUNG_KEY_DIRECTORY.");
  const claims: Record<string, string> = {};
  for (const [name, path] of entry.map("claims")) {
    const pointer = `${entry.pointer}/claims/${escapeSegment(name)}`;
    if (RESERVED.has(name)) entry.refuse(pointer, "is written by the server and cannot be chosen.");
    else if (typeof path !== "string" || !PATH.test(path)) entry.refuse(pointer, "must be a path such as \"identity.traits.email\" or \"session.authenticated_at\".");
    else claims[name] = path;
  }
  if (entry.at("claims_mapper_url") !== undefined && entry.at("claims") === undefined) {
    entry.refuse("claims_mapper_url", "is not evaluated here. Name the claims instead, such as claims: { email: identity.traits.email }.");
  }
  return {
    ttlMs: entry.durationMs("ttl", MINUTE_MS), jwksUrl, claims,
    subjectSource: entry.text("subject_source") === "external_id" ? "external_id" : "id",
  };
}

function isKeySource(url: string): boolean {
  if (url === "rung:managed") return true;
  if (url.startsWith("base64://")) return isKeySet(Buffer.from(url.slice("base64://".length), "base64").toString("utf8"));
  return /^(file:\/\/\/|https:\/\/[^/?#@]+\/)[^\s]+$/.test(url) && URL.canParse(url);
}

function isKeySet(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "keys" in value && Array.isArray(value.keys) && value.keys.length > 0;
  } catch {
    return false;
  }
}

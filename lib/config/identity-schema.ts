import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import type { JsonObject } from "../model/identity";
import type { PatternEngine } from "../model/pattern";
import { patternEngine } from "../model/pattern";
import { PRESETS } from "./presets";
import { isJsonObject } from "./schema";

type Resolved = { readonly ok: true; readonly schema: JsonObject } | { readonly ok: false; readonly message: string };

/** One megabyte of JSON (contract admin 6.2). */
const MAX_BYTES = 1_048_576;
const CACHE_SIZE = 64;
/** `pattern`: what is wrong with a pattern of it, which stops nobody from reading what is stored. */
const cache = new Map<string, Resolved & { readonly pattern?: string }>();

/**
 * Resolves `base64://<JSON>` or `preset://email` to an identity schema, checked: draft-07, with traits, with known members under
 * `ory.sh/kratos`, and with patterns that run in linear time. The same URL yields the same object, so what others derive from a
 * schema stays cached. `stored`: it is in force already, so a pattern that cannot be evaluated is let pass and matches nothing.
 */
export function resolveIdentitySchema(url: string, { stored = false }: { readonly stored?: boolean } = {}): Resolved {
  const found = cache.get(url) ?? resolveAfresh(url);
  if (!cache.has(url)) {
    if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value ?? "");
    cache.set(url, found);
  }
  return found.pattern !== undefined && !stored ? no(`must hold only patterns that run in linear time: ${found.pattern}.`) : found;
}

function resolveAfresh(url: string): Resolved & { readonly pattern?: string } {
  if (url.startsWith("preset://")) {
    const schema = PRESETS.get(url);
    return schema === undefined ? no(`is not a preset of this server. Known: ${[...PRESETS.keys()].join(", ")}.`) : { ok: true, schema };
  }
  if (!url.startsWith("base64://")) {
    return no("must be base64://… or preset://email; the server opens no files and fetches nothing. The command line packs a file for you.");
  }
  const bytes = Buffer.from(url.slice("base64://".length), "base64");
  if (bytes.length > MAX_BYTES) return no("must be at most 1 MB.");
  try {
    const schema: unknown = JSON.parse(bytes.toString("utf8"));
    if (!isJsonObject(schema)) return no("must be a JSON object.");
    const engine = patternEngine();
    const fault = faultOf(schema, engine);
    if (fault !== null) return no(fault);
    const [pattern] = engine.faults;
    return { ok: true, schema, ...(pattern === undefined ? {} : { pattern }) };
  } catch {
    return no("must hold JSON, base64-encoded.");
  }
}

function no(message: string): Resolved {
  return { ok: false, message };
}

function faultOf(schema: JsonObject, engine: PatternEngine): string | null {
  const traits = isJsonObject(schema["properties"]) ? schema["properties"]["traits"] : undefined;
  if (!isJsonObject(traits) || traits["type"] !== "object") return "must describe properties.traits as an object.";
  if (!isJsonObject(traits["properties"]) || Object.keys(traits["properties"]).length === 0) return "must give traits at least one property.";
  const ajv = new Ajv({ strict: false, logger: false, code: { regExp: engine.regExp } });
  addFormats(ajv);
  // Not JavaScript's question whether a pattern is one: the engine says so, in its own words.
  for (const format of ["tel", "no-validate", "regex"]) ajv.addFormat(format, true);
  try {
    ajv.compile({ ...schema, $id: "urn:rung:identity" });
  } catch (error) {
    return `must be valid JSON Schema (draft-07): ${error instanceof Error ? error.message : "it does not compile"}.`;
  }
  return extensionFault(traits, "traits");
}

const VIA: readonly unknown[] = ["email", "sms"];
const FLAGS: Readonly<Record<string, string>> = {
  password: "identifier", webauthn: "identifier", passkey: "display_name", totp: "account_name", code: "identifier",
};

function extensionFault(node: JsonObject, at: string): string | null {
  const extension = node["ory.sh/kratos"];
  const own = extension === undefined ? null : memberFault(extension, at, node);
  if (own !== null || !isJsonObject(node["properties"])) return own;
  for (const [name, child] of Object.entries(node["properties"])) {
    const fault = isJsonObject(child) ? extensionFault(child, `${at}.${name}`) : null;
    if (fault !== null) return fault;
  }
  return null;
}

function memberFault(extension: unknown, at: string, node: JsonObject): string | null {
  if (!isJsonObject(extension)) return `has an ory.sh/kratos at ${at} that is not an object.`;
  for (const [member, value] of Object.entries(extension)) {
    if (member === "organizations") continue;
    if (!["credentials", "verification", "recovery"].includes(member) || !isJsonObject(value)) {
      return `has an unknown member "${member}" under ory.sh/kratos at ${at}.`;
    }
    const fault = member === "credentials" ? credentialFault(value, at) : viaFault(value, member, at, node);
    if (fault !== null) return fault;
  }
  return null;
}

function viaFault(value: JsonObject, member: string, at: string, node: JsonObject): string | null {
  if (!VIA.includes(value["via"])) return `must say via "email" or "sms" for ${member} at ${at}.`;
  return value["via"] === "sms" && typeof node["format"] !== "string" ? `must give ${at} a format, such as "tel": it is reached by sms.` : null;
}

function credentialFault(credentials: JsonObject, at: string): string | null {
  for (const [method, options] of Object.entries(credentials)) {
    const flag = Object.hasOwn(FLAGS, method) ? FLAGS[method] : undefined;
    if (flag === undefined || !isJsonObject(options)) return `has an unknown credential "${method}" at ${at}.`;
    for (const [option, value] of Object.entries(options)) {
      const sound = option === flag ? typeof value === "boolean" : method === "code" && option === "via" && VIA.includes(value);
      if (!sound) return `has an unusable option "${option}" of ${method} at ${at}.`;
    }
  }
  return null;
}

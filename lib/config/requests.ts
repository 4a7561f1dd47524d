import type { JsonObject, JsonValue } from "../model/identity";
import type { HttpRequestConfig } from "../model/project";
import type { Reader } from "./reader";
import { isJsonObject } from "./schema";
import { escapeSegment } from "./sentences";

/** Headers that belong to the connection, or that would change what is sent. */
const NOT_OURS_TO_SET: ReadonlySet<string> = new Set([
  "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
]);
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const MAX_BODY_BYTES = 1_048_576;

/** One outgoing request, read from the entry that `reader` is inside of. Null when its URL is unusable, which is then refused. */
export function requestConfig(reader: Reader): HttpRequestConfig | null {
  const url = requestUrl(reader);
  const body = requestBody(reader, reader.at("body"));
  const headers = requestHeaders(reader);
  const auth = requestAuth(reader);
  return url === null ? null : { url, method: reader.text("method") ?? "POST", headers, body, auth };
}

function requestUrl(reader: Reader): string | null {
  const refuse = (message: string): null => {
    reader.refuse("url", message);
    return null;
  };
  const text = reader.text("url") ?? "";
  if (!/^https?:\/\/[^/?#]/i.test(text) || !URL.canParse(text)) return refuse("must be a whole URL that begins with https:// or http://.");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") return refuse("must not hold a user name or a password; use auth.");
  return url.href;
}

function requestHeaders(reader: Reader): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of reader.map("headers")) {
    const at = `${reader.pointer}/headers/${escapeSegment(name)}`;
    if (!TOKEN.test(name) || NOT_OURS_TO_SET.has(name.toLowerCase())) reader.refuse(at, "is not a header that can be set here.");
    else if (typeof value !== "string" || !isHeaderValue(value)) reader.refuse(at, "must be one line of plain characters.");
    else headers[name] = value;
  }
  return headers;
}

/**
 * A JSON value is a template of Rung's own; text is `base64://…` as in Ory's configurations. What decodes to JSON is a template
 * too, anything else is Jsonnet and needs the addon.
 */
export function requestBody(reader: Reader, value: JsonValue | undefined): HttpRequestConfig["body"] {
  if (value === undefined) return null;
  if (typeof value !== "string") return { kind: "template", value };
  if (!value.startsWith("base64://")) {
    reader.refuse("body", "must be a JSON value with placeholders, or base64://…; the server opens no files and fetches nothing.");
    return null;
  }
  const bytes = Buffer.from(value.slice("base64://".length), "base64");
  if (bytes.length === 0 || bytes.length > MAX_BODY_BYTES) {
    reader.refuse("body", "must hold a template of at most 1 MB, base64-encoded.");
    return null;
  }
  const source = bytes.toString("utf8");
  const parsed = parseJson(source);
  if (parsed !== undefined) return { kind: "template", value: parsed };
  if (!reader.jsonnet) {
    reader.refuse("body", "is Jsonnet, and the Jsonnet addon is not installed. Write a JSON value with placeholders such as \"${ctx.identity.id}\", or see docs/actions.md.");
  }
  if (/\bimport(str|bin)?\b/.test(source)) reader.refuse("body", "must not import: the server opens no files. The word may not stand in it at all.");
  return { kind: "jsonnet", source };
}

function requestAuth(reader: Reader): HttpRequestConfig["auth"] {
  const type = reader.text("auth.type");
  if (type === undefined) return null;
  const names = type === "api_key" ? ["in", "name", "value"] : ["user", "password"];
  const given: JsonObject = isJsonObject(reader.at("auth.config")) ? (reader.at("auth.config") as JsonObject) : {};
  for (const name of names) if (typeof given[name] !== "string") reader.refuse(`auth.config.${name}`, `is missing; ${type} needs ${names.join(", ")}.`);
  for (const name of Object.keys(given)) if (!names.includes(name)) reader.refuse(`auth.config.${name}`, `has no meaning with ${type}.`);
  const text = (name: string): string => reader.text(`auth.config.${name}`) ?? "";
  if (type === "basic_auth") {
    if (text("user").includes(":")) reader.refuse("auth.config.user", "must not hold a colon.");
    return { type, user: text("user"), password: text("password") };
  }
  const place = text("in") === "cookie" ? "cookie" : "header";
  if (text("name") !== "" && (!TOKEN.test(text("name")) || (place === "header" && NOT_OURS_TO_SET.has(text("name").toLowerCase())))) {
    reader.refuse("auth.config.name", `is not a name that a ${place} can have here.`);
  }
  const sound = place === "header" ? isHeaderValue(text("value")) : /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(text("value"));
  if (!sound) reader.refuse("auth.config.value", `holds characters that a ${place} cannot.`);
  return { type: "api_key", in: place, name: text("name"), value: text("value") };
}

function isHeaderValue(value: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(value);
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

import { DomainError } from "../model/errors";
import type { FlowKind } from "../model/flow";
import type { Identity, JsonObject, JsonValue } from "../model/identity";
import type { Message } from "../model/message";
import type { WebHookConfig } from "../model/project";
import type { HookVerdict, IdentityPatch } from "./call";
import type { GuardedResponse } from "./guarded-fetch";

type Interrupting = Extract<HookVerdict, { kind: "interrupt" }>["messages"];

const MAX_MESSAGES = 20;
const MAX_TEXT = 1_000;

/**
 * What the answer of a hook that may interrupt means (contract/admin.md 5.4). A 200 to a hook that is parsed must be a JSON object,
 * and changes the person at registration and in settings; 4xx with messages stops the flow with them; every other refusal is
 * `hook_failed`. Attempts are over by now: 429 and 5xx failed every time.
 */
export function verdictOf(hook: Pick<WebHookConfig, "parse">, kind: FlowKind, response: Pick<GuardedResponse, "status" | "body">): HookVerdict {
  const { status } = response;
  if (status >= 400) {
    const messages = status < 500 && status !== 429 ? messagesOf(readJson(response.body)) : [];
    if (messages.length === 0) throw failed(`webhook failed with status code ${status}`);
    return { kind: "interrupt", messages };
  }
  if (!hook.parse || status !== 200) return { kind: "go", patch: null };
  const answer = readJson(response.body);
  if (!isObject(answer)) throw failed(response.body.length === 0 ? "webhook answered 200 without a body" : "webhook answered something that is no JSON object");
  const identity = answer["identity"];
  if (identity === undefined || identity === null || (kind !== "registration" && kind !== "settings")) return { kind: "go", patch: null };
  if (!isObject(identity)) throw failed("webhook answered an identity that is no object");
  const patch = patchOf(identity);
  return { kind: "go", patch: Object.keys(patch).length === 0 ? null : patch };
}

/** Empty members count as not given, except `external_id`, whose explicit value counts, also the empty one. */
function patchOf(identity: JsonObject): IdentityPatch {
  const { traits, schema_id: schemaId, state, metadata_public: metadataPublic, metadata_admin: metadataAdmin, external_id: externalId } = identity;
  if (!isEmpty(traits) && !isObject(traits)) throw failed("webhook answered traits that are no object");
  if (!isEmpty(schemaId) && typeof schemaId !== "string") throw failed("webhook answered a schema_id that is no text");
  if (!isEmpty(state) && !isState(state)) throw failed("webhook answered an unknown state");
  if (externalId !== undefined && externalId !== null && typeof externalId !== "string") throw failed("webhook answered an external_id that is no text");
  return {
    ...(isObject(traits) && !isEmpty(traits) ? { traits } : {}),
    ...(typeof schemaId === "string" && schemaId !== "" ? { schemaId } : {}),
    ...(isState(state) ? { state } : {}),
    ...(metadataPublic === undefined || isEmpty(metadataPublic) ? {} : { metadataPublic }),
    ...(metadataAdmin === undefined || isEmpty(metadataAdmin) ? {} : { metadataAdmin }),
    ...(typeof externalId === "string" ? { externalId } : {}),
    ...verifiedOf(identity["verifiable_addresses"]),
  };
}

function verifiedOf(addresses: JsonValue | undefined): Pick<IdentityPatch, "verified"> {
  if (addresses === undefined || isEmpty(addresses)) return {};
  if (!isList(addresses)) throw failed("webhook answered verifiable_addresses that are no list");
  return { verified: addresses.flatMap((address) => (isObject(address) && address["verified"] === true && typeof address["value"] === "string" ? [address["value"]] : [])) };
}

function messagesOf(answer: JsonValue | undefined): Interrupting {
  const groups = isObject(answer) ? answer["messages"] : undefined;
  if (groups === undefined || !isList(groups)) return [];
  const found = groups.flatMap((group) => {
    const listed = isObject(group) ? group["messages"] : undefined;
    if (!isObject(group) || listed === undefined || !isList(listed)) return [];
    const field = fieldOf(group["instance_ptr"]);
    return listed.flatMap((entry) => {
      const message = messageOf(entry);
      return message === null ? [] : [{ field, message }];
    });
  });
  return found.slice(0, MAX_MESSAGES);
}

function messageOf(entry: JsonValue): Message | null {
  if (!isObject(entry) || typeof entry["text"] !== "string" || entry["text"].trim() === "") return null;
  const id = entry["id"];
  const context = isObject(entry["context"]) ? entry["context"] : {};
  // A reason code would make our pages say a sentence of ours instead.
  const { reason_code: _ours, ...theirs } = context;
  return {
    id: Number.isSafeInteger(id) ? Number(id) : 0,
    type: entry["type"] === "error" ? "error" : "info",
    text: entry["text"].replace(/\p{Cc}+/gu, " ").slice(0, MAX_TEXT),
    ...(Object.keys(theirs).length === 0 ? {} : { context: theirs }),
  };
}

/** `#/traits/email` → `traits.email`; null for the flow itself, and for what is no pointer. */
function fieldOf(pointer: JsonValue | undefined): string | null {
  if (typeof pointer !== "string") return null;
  const path = pointer.replace(/^#/, "");
  if (!path.startsWith("/")) return null;
  const keys = path.slice(1).split("/").map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  return keys.every((key) => key === "") ? null : keys.join(".");
}

function readJson(body: Buffer): JsonValue | undefined {
  try {
    return JSON.parse(body.toString("utf8")) as JsonValue;
  } catch {
    return undefined;
  }
}

function failed(reason: string): DomainError {
  return new DomainError("hook_failed", { reason });
}

function isState(value: JsonValue | undefined): value is Identity["state"] {
  return value === "active" || value === "inactive";
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

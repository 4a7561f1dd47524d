import type { JsonObject, JsonValue } from "../../model/identity";
import type { Message } from "../../model/message";
import type { InputAttributes, Node } from "../../model/node";
import { isTrue, valueAt } from "../values";
import { nodeName } from "./build";

/** Fields whose value never comes back, whatever was typed (contract 3.4). */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  "password", "totp_code", "lookup_secret", "code", "csrf_token", "webauthn_login", "webauthn_register", "passkey_login",
  "passkey_register", "passkey_settings_register", "lookup_secret_confirm_code",
]);
/** Input types a person types into or ticks; buttons and hidden fields keep what the server gave them. */
const TYPED: ReadonlySet<string> = new Set(["text", "number", "checkbox", "email", "tel", "datetime-local", "date", "url"]);

export function isSecretField(name: string): boolean {
  return SECRET_FIELDS.has(name);
}

/** The nodes without any message. */
export function clearMessages(nodes: readonly Node[]): Node[] {
  return nodes.map((node) => (node.messages.length === 0 ? node : { ...node, messages: [] }));
}

/**
 * The nodes with these messages on the field, and every older message gone. `method` buttons never take a message.
 * `placed` is false when no such field is in the form: the messages then belong to the container.
 */
export function placeFieldMessages(nodes: readonly Node[], field: string, messages: readonly Message[]): { readonly nodes: Node[]; readonly placed: boolean } {
  const clean = clearMessages(nodes);
  const at = clean.findIndex((node) => nodeName(node) === field && field !== "method");
  const target = clean[at];
  if (target === undefined) return { nodes: clean, placed: false };
  clean[at] = { ...target, messages: [...messages] };
  return { nodes: clean, placed: true };
}

/** As `placeFieldMessages`, for a caller that knows its field is there. */
export function withFieldMessages(nodes: readonly Node[], field: string, messages: readonly Message[]): Node[] {
  return placeFieldMessages(nodes, field, messages).nodes;
}

/** Several fields at once (a refused profile): each problem joins its node; those without a node are returned in `left`. */
export function withProblems(
  nodes: readonly Node[], problems: readonly { readonly field: string; readonly message: Message }[],
): { readonly nodes: Node[]; readonly left: Message[] } {
  const clean = clearMessages(nodes);
  const left: Message[] = [];
  for (const { field, message } of problems) {
    const at = clean.findIndex((node) => nodeName(node) === field);
    const target = clean[at];
    if (target === undefined) left.push(message);
    else clean[at] = { ...target, messages: [...target.messages, message] };
  }
  return { nodes: clean, left };
}

/**
 * The nodes with new values for what the server alone writes: hidden fields, buttons of a ceremony and its script. Whatever else is
 * in the form, and names in its group `default`, stays as it is.
 */
export function withFresh(nodes: readonly Node[], fresh: readonly Node[]): Node[] {
  return nodes.map((node) => (node.group === "default" || !isServerGiven(node) ? node
    : fresh.find((other) => other.type === node.type && other.group === node.group && nodeName(other) === nodeName(node)) ?? node));
}

function isServerGiven({ attributes }: Node): boolean {
  return attributes.node_type === "script" || (attributes.node_type === "input" && (attributes.type === "hidden" || attributes.type === "button"));
}

/** The nodes with what the person typed still in them; secrets come back empty. */
export function withValues(nodes: readonly Node[], payload: JsonObject): Node[] {
  return nodes.map((node) => {
    const input = node.attributes;
    if (input.node_type !== "input") return node;
    if (isSecretField(input.name) || input.type === "password") return { ...node, attributes: withoutTypedSecret(input) };
    if (!TYPED.has(input.type)) return node;
    const typed = valueAt(payload, input.name);
    if (input.type === "checkbox") return typed === undefined ? node : { ...node, attributes: { ...input, value: isTrue(typed) } };
    return isScalar(typed) ? { ...node, attributes: { ...input, value: typed } } : node;
  });
}

/** Server-given values of hidden fields stay (a challenge, the anti-forgery value); what a person typed goes. */
function withoutTypedSecret(input: InputAttributes): InputAttributes {
  if (input.type === "hidden" || input.type === "submit" || input.type === "button" || input.value === undefined) return input;
  if (input.value === "") return input;
  const { value: _typed, ...rest } = input;
  return rest;
}

function isScalar(value: JsonValue | undefined): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

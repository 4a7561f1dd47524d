import type { Message } from "../../model/message";
import type {
  AnchorAttributes, ImageAttributes, InputAttributes, InputType, Node, NodeGroup, ScriptAttributes, TextAttributes,
} from "../../model/node";
import { say } from "../message";

type InputOptions = Partial<Omit<InputAttributes, "node_type" | "name" | "type" | "required" | "disabled">> & {
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly label?: Message;
};

/** An input of the form. `required` appears only when true, `disabled` always, `value` only when given (contract 5.2). */
export function inputNode(group: NodeGroup, name: string, type: InputType, options: InputOptions = {}): Node {
  const { label, required, disabled, ...rest } = options;
  const attributes: InputAttributes = {
    ...rest, name, type, ...(required === true ? { required: true as const } : {}), disabled: disabled ?? false, node_type: "input",
  };
  return { type: "input", group, attributes, messages: [], meta: meta(label) };
}

/** A submit button: `name` with this `value`. */
export function submitNode(group: NodeGroup, name: string, value: string, label: Message, options: { readonly disabled?: boolean; readonly required?: boolean } = {}): Node {
  return inputNode(group, name, "submit", { value, label, ...options });
}

/** The button that chooses a method: `method` = the group's own name unless told otherwise. */
export function methodNode(group: NodeGroup, label: Message, value: string = group): Node {
  return submitNode(group, "method", value, label);
}

export function hiddenNode(group: NodeGroup, name: string, value?: string, options: { readonly required?: boolean } = {}): Node {
  return inputNode(group, name, "hidden", { ...(value === undefined ? {} : { value }), ...options });
}

export function textNode(group: NodeGroup, id: string, text: Message, label?: Message): Node {
  const attributes: TextAttributes = { text, id, node_type: "text" };
  return { type: "text", group, attributes, messages: [], meta: meta(label) };
}

/** `src` is a data URI; width and height in CSS pixels. */
export function imgNode(group: NodeGroup, id: string, image: { readonly src: string; readonly width: number; readonly height: number }, label?: Message): Node {
  const attributes: ImageAttributes = { ...image, id, node_type: "img" };
  return { type: "img", group, attributes, messages: [], meta: meta(label) };
}

export function anchorNode(group: NodeGroup, id: string, href: string, title: Message): Node {
  const attributes: AnchorAttributes = { href, title, id, node_type: "a" };
  return { type: "a", group, attributes, messages: [], meta: {} };
}

/** The WebAuthn script; `integrity` is `sha512-…` of the served file. */
export function scriptNode(group: NodeGroup, script: { readonly src: string; readonly integrity: string; readonly nonce: string; readonly id?: string }): Node {
  const attributes: ScriptAttributes = {
    src: script.src, async: true, referrerpolicy: "no-referrer", crossorigin: "anonymous", integrity: script.integrity,
    type: "text/javascript", id: script.id ?? "webauthn_script", nonce: script.nonce, node_type: "script",
  };
  return { type: "script", group, attributes, messages: [], meta: {} };
}

/** The hidden anti-forgery field that every browser flow begins with. */
export function csrfNode(value: string): Node {
  return hiddenNode("default", "csrf_token", value, { required: true });
}

/** Saves the profile: `method` = `profile`. The engine adds it beside the trait nodes. */
export function profileSubmitNode(): Node {
  return methodNode("profile", say.save());
}

/** The name a message or a submitted value belongs to: an input's `name`, anything else's `id`. */
export function nodeName(node: Node): string {
  return node.attributes.node_type === "input" ? node.attributes.name : node.attributes.id;
}

function meta(label: Message | undefined): Node["meta"] {
  return label === undefined ? {} : { label };
}

import type { Message } from "./message";

export type NodeGroup =
  | "default" | "password" | "oidc" | "profile" | "code" | "totp" | "lookup_secret" | "webauthn" | "passkey" | "identifier_first" | "link";

export type InputType =
  | "text" | "password" | "number" | "checkbox" | "hidden" | "email" | "tel" | "submit" | "button" | "datetime-local" | "date" | "url";

/** Attribute names are the wire's own (contract 5.2), so a node is serialised as it stands. */
export interface InputAttributes {
  readonly node_type: "input";
  readonly name: string;
  readonly type: InputType;
  readonly value?: string | number | boolean;
  readonly required?: true;
  readonly disabled: boolean;
  readonly autocomplete?: string;
  readonly pattern?: string;
  readonly maxlength?: number;
  readonly onclick?: string;
  readonly onclickTrigger?: string;
  readonly onload?: string;
  readonly onloadTrigger?: string;
}
export interface TextAttributes {
  readonly node_type: "text";
  readonly id: string;
  readonly text: Message;
}
export interface ImageAttributes {
  readonly node_type: "img";
  readonly id: string;
  readonly src: string;
  readonly width: number;
  readonly height: number;
}
export interface AnchorAttributes {
  readonly node_type: "a";
  readonly id: string;
  readonly href: string;
  readonly title: Message;
}
export interface ScriptAttributes {
  readonly node_type: "script";
  readonly id: string;
  readonly src: string;
  readonly async: true;
  readonly referrerpolicy: "no-referrer";
  readonly crossorigin: "anonymous";
  readonly integrity: string;
  readonly type: "text/javascript";
  readonly nonce: string;
}
export type NodeAttributes = InputAttributes | TextAttributes | ImageAttributes | AnchorAttributes | ScriptAttributes;

export interface Node {
  readonly type: NodeAttributes["node_type"];
  readonly group: NodeGroup;
  readonly attributes: NodeAttributes;
  readonly messages: readonly Message[];
  readonly meta: { readonly label?: Message };
}

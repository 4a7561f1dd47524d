import type { Message } from "@/lib/model/message";
import type { InputAttributes, Node, NodeGroup } from "@/lib/model/node";

/** An address of the person of a settings flow, as the wire shows it (contract 7.2). */
export interface AddressView {
  readonly id: string;
  readonly value: string;
  readonly verified: boolean;
  readonly via: string;
}

/** What the screens read of a wire flow (contract 5.1). */
export interface FlowView {
  readonly id: string;
  readonly ui: {
    readonly action: string;
    readonly method: string;
    readonly nodes: readonly Node[];
    readonly messages?: readonly Message[];
  };
  readonly active?: string | null;
  readonly return_to?: string | null;
  readonly requested_aal?: "aal1" | "aal2";
  readonly refresh?: boolean;
  readonly state: string;
  /** The full create URL with its query; a fresh flow for the same purpose begins with what it holds. */
  readonly request_url?: string;
  readonly identity?: { readonly verifiable_addresses?: readonly AddressView[] };
}

export type InputNode = Node & { readonly attributes: InputAttributes };

export function isInput(node: Node): node is InputNode {
  return node.attributes.node_type === "input";
}
/** Buttons of a form; everything else is filled in. */
export function isSubmit(node: Node): node is InputNode {
  return isInput(node) && (node.attributes.type === "submit" || node.attributes.type === "button");
}
export function isHidden(node: Node): node is InputNode {
  return isInput(node) && node.attributes.type === "hidden";
}
/** What a person fills in: neither a button nor carried along. */
export function isField(node: Node): node is InputNode {
  return isInput(node) && !["submit", "button", "hidden"].includes(node.attributes.type);
}
export function inGroup(flow: FlowView, ...groups: readonly NodeGroup[]): readonly Node[] {
  return flow.ui.nodes.filter((node) => groups.includes(node.group) && !isCsrf(node));
}
export function findInput(nodes: readonly Node[], name: string): InputNode | null {
  return nodes.filter(isInput).find((node) => node.attributes.name === name) ?? null;
}
/** The node with this id among those that only show something. */
export function findShown(nodes: readonly Node[], id: string): Node | null {
  return nodes.find((node) => "id" in node.attributes && node.attributes.id === id) ?? null;
}
/** All nodes but the anti-forgery field, whatever their group. */
export function allOf(flow: FlowView): readonly Node[] {
  return flow.ui.nodes.filter((node) => !isCsrf(node));
}
/** What an input of this name holds; empty when there is none. */
export function valueIn(nodes: readonly Node[], name: string): string {
  const value = findInput(nodes, name)?.attributes.value;
  return value === undefined ? "" : String(value);
}
export function hasMessage(flow: FlowView, id: number): boolean {
  return messageOf(flow, id) !== null;
}
export function messageOf(flow: FlowView, id: number): Message | null {
  return flow.ui.messages?.find((message) => message.id === id) ?? null;
}
/** A stable HTML id; two forms of one page may hold fields of one name, so the group is in it. */
export function fieldId(node: InputNode): string {
  return `${node.group}-${node.attributes.name}`.replace(/[^A-Za-z0-9_-]/g, "-");
}
export function isCsrf(node: Node): boolean {
  return isInput(node) && node.attributes.name === "csrf_token";
}

import type { Message } from "@/lib/model/message";
import type { InputAttributes, Node, NodeGroup } from "@/lib/model/node";

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
/** A stable HTML id; two forms of one page may hold fields of one name, so the group is in it. */
export function fieldId(node: InputNode): string {
  return `${node.group}-${node.attributes.name}`.replace(/[^A-Za-z0-9_-]/g, "-");
}
export function isCsrf(node: Node): boolean {
  return isInput(node) && node.attributes.name === "csrf_token";
}

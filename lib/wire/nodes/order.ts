import type { FlowKind } from "../../model/flow";
import type { Node, NodeGroup } from "../../model/node";
import { nodeName } from "./build";

const GROUP_ORDER: Readonly<Record<FlowKind, readonly NodeGroup[]>> = {
  login: ["oidc", "default", "webauthn", "passkey", "code", "password", "totp", "lookup_secret"],
  registration: ["oidc", "default", "webauthn", "passkey", "code", "password", "profile"],
  settings: ["default", "profile", "password", "oidc", "lookup_secret", "webauthn", "passkey", "totp"],
  recovery: ["default", "code"],
  verification: ["default", "code"],
};
const FIRST_NAMES: Readonly<Record<FlowKind, readonly string[]>> = {
  login: ["csrf_token", "identifier", "password"],
  registration: ["csrf_token"],
  settings: [
    "csrf_token", "lookup_secret_left", "lookup_secret_reveal", "lookup_secret_regenerate", "lookup_secret_codes",
    "lookup_secret_confirm_code", "lookup_secret_confirm", "webauthn_remove",
    "webauthn_register_displayname", "webauthn_register", "passkey_remove", "passkey_register", "totp_qr", "totp_secret_key", "totp_unlink",
    "totp_code",
  ],
  recovery: ["csrf_token"],
  verification: ["csrf_token"],
};

/**
 * Nodes in the order of contract 5.3: the anti-forgery field, then by group, then named fields, `traitOrder` (trait node names in
 * schema order), the rest as they came, and `method` last. Equal names go by value. Groups not listed come first. Pure and stable.
 */
export function sortNodes(kind: FlowKind, nodes: readonly Node[], traitOrder: readonly string[] = []): Node[] {
  const names = [...FIRST_NAMES[kind].slice(0, 1), ...traitOrder, ...FIRST_NAMES[kind].slice(1)];
  const rank = (node: Node): readonly number[] => {
    const name = nodeName(node);
    const listed = names.indexOf(name);
    return [
      name === "csrf_token" ? 0 : 1,
      GROUP_ORDER[kind].indexOf(node.group),
      name === "method" ? names.length + 1 : listed === -1 ? names.length : listed,
    ];
  };
  const compare = (a: Node, b: Node): number => {
    const [left, right] = [rank(a), rank(b)];
    for (let at = 0; at < left.length; at += 1) {
      const difference = (left[at] ?? 0) - (right[at] ?? 0);
      if (difference !== 0) return difference;
    }
    return nodeName(a) === nodeName(b) ? sortValue(a).localeCompare(sortValue(b), "en") : 0;
  };
  return [...nodes].sort(compare);
}

function sortValue(node: Node): string {
  return node.attributes.node_type === "input" ? String(node.attributes.value ?? "") : "";
}

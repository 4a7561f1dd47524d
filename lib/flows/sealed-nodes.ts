import type { KeyRing } from "../crypto/keys";
import type { ProjectDb, ProjectHandle } from "../db/handles";
import type { FlowId } from "../model/ids";
import type { Node } from "../model/node";
import { nodeName } from "../wire/node";

/** Nodes that show a secret: they are on the screen in clear, and in the flow's row only sealed (security.md T11). */
const SECRET_NODES: ReadonlySet<string> = new Set(["totp_qr", "totp_secret_key", "lookup_secret_codes", "token"]);
/** Never a message of the wire; marks a text that is a sealed node. */
const SEALED_MESSAGE_ID = 0;

/** The same handle, whose flows keep secret nodes sealed at rest. Everybody above it sees them in clear. */
export function withSealedNodes(handle: ProjectHandle, keys: KeyRing): ProjectHandle {
  return {
    ...handle,
    async findFlow(kind, id) {
      const flow = await handle.findFlow(kind, id);
      return flow === null ? null : { ...flow, nodes: openNodes(flow.nodes, id, keys) };
    },
    transaction: (run) => handle.transaction((tx) => run(sealing(tx, keys))),
  };
}

function sealing(tx: ProjectDb, keys: KeyRing): ProjectDb {
  return {
    ...tx,
    async findFlow(kind, id) {
      const flow = await tx.findFlow(kind, id);
      return flow === null ? null : { ...flow, nodes: openNodes(flow.nodes, id, keys) };
    },
    insertFlow: (flow) => tx.insertFlow({ ...flow, nodes: sealNodes(flow.nodes, flow.id, keys) }),
    updateFlow: (id, change) =>
      tx.updateFlow(id, change.nodes === undefined ? change : { ...change, nodes: sealNodes(change.nodes, id, keys) }),
  };
}

/** Every secret node becomes a text that only this flow and this place can open. */
export function sealNodes(nodes: readonly Node[], flowId: FlowId, keys: KeyRing): readonly Node[] {
  return nodes.map((node) => {
    const name = nodeName(node);
    if (!SECRET_NODES.has(name)) return node;
    const text = keys.seal("flow", JSON.stringify(node), [flowId, "nodes", name]);
    return {
      type: "text", group: node.group, messages: [], meta: {},
      attributes: { node_type: "text", id: name, text: { id: SEALED_MESSAGE_ID, type: "info", text } },
    };
  });
}

/** The nodes as they were. Throws `SealBroken` when a value was moved or its key is gone. */
export function openNodes(nodes: readonly Node[], flowId: FlowId, keys: KeyRing): readonly Node[] {
  return nodes.map((node) => {
    const { attributes } = node;
    if (attributes.node_type !== "text" || attributes.text.id !== SEALED_MESSAGE_ID) return node;
    return JSON.parse(keys.open("flow", attributes.text.text, [flowId, "nodes", attributes.id])) as Node;
  });
}

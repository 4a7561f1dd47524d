import type { ReactNode } from "react";
import type { Node } from "@/lib/model/node";
import type { FlowView } from "./flow-view";
import { isHidden } from "./flow-view";
import { valueOf } from "./input-node";

interface FlowFormProps {
  readonly flow: FlowView;
  readonly csrfToken: string;
  /** Nodes of this form; the hidden ones among them are carried along, each once. */
  readonly nodes: readonly Node[];
  /** Named when no button of the form says the method. */
  readonly method?: string;
  /** The browser checks required fields itself; for a field that the wire lets other clients leave out. */
  readonly checked?: boolean;
  readonly className?: string;
  /** For buttons and fields that stand outside of it. */
  readonly id?: string;
  readonly children?: ReactNode;
}

/**
 * A plain form on the wire's own URL: one per method, so that each button sends its own. The browser's checks are off, because
 * the wire's answers come in the person's language and reach a screen reader.
 */
export function FlowForm({ flow, csrfToken, nodes, method, checked = false, className = "space-y-5", id, children }: FlowFormProps) {
  const hidden = new Map(nodes.filter(isHidden).map((node) => [node.attributes.name, valueOf(node)]));
  if (method !== undefined) hidden.set("method", method);
  return (
    <form id={id} action={flow.ui.action} method="post" noValidate={!checked} className={className}>
      <input type="hidden" name="csrf_token" value={csrfToken} />
      {[...hidden].map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
      {children}
    </form>
  );
}

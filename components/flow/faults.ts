import type { Fault } from "@/components/ui/error-summary";
import type { Translator } from "@/lib/i18n/text";
import type { Message } from "@/lib/model/message";
import type { FlowView } from "./flow-view";
import { fieldId, isField } from "./flow-view";

/** Everything the wire found wrong with a submission: the form's own messages first, then the fields' in their order. */
export function faultsOf(flow: FlowView, text: Translator): readonly Fault[] {
  const ofForm = (flow.ui.messages ?? []).filter(isError).map((message): Fault => ({ message: text.message(message) }));
  const ofFields = flow.ui.nodes.flatMap((node) =>
    node.messages.filter(isError).map((message): Fault => {
      const said = text.message(message);
      return isField(node) ? { message: said, field: { id: fieldId(node), label: labelOf(node.meta.label, text) } } : { message: said };
    }));
  return [...ofForm, ...ofFields];
}

export function isError(message: Message): boolean {
  return message.type === "error";
}
export function labelOf(label: Message | undefined, text: Translator): string {
  return label === undefined ? "" : text.message(label);
}
/** The title of the document: "Error: …" when something must be read first. */
export function documentTitle(title: string, faults: readonly Fault[], text: Translator): string {
  return faults.length > 0 ? text.t("common.errorTitlePrefix", { title }) : title;
}

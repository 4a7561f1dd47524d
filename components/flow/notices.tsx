import { FocusOn } from "@/components/ui/focus-on";
import { Notice } from "@/components/ui/notice";
import type { Translator } from "@/lib/i18n/text";
import type { FlowView } from "./flow-view";

/** Messages that the screen's own heading says already (contract 6.1): confirm it is you, one more step. */
const SAID_BY_HEADING: ReadonlySet<number> = new Set([1010003, 1010004]);

/** What the wire tells besides errors. What has just succeeded takes the focus, because it came with a whole new page. */
export function FlowNotices({ flow, text }: { readonly flow: FlowView; readonly text: Translator }) {
  const messages = (flow.ui.messages ?? []).filter((message) => message.type !== "error" && !SAID_BY_HEADING.has(message.id));
  return messages.map((message) => {
    const id = `notice-${message.id}`;
    const succeeded = message.type === "success";
    return (
      <Notice key={message.id} id={id} tone={succeeded ? "good" : "info"} role="status">
        <p>{text.message(message)}</p>
        {succeeded && <FocusOn id={id} />}
      </Notice>
    );
  });
}

import { FocusOn } from "@/components/ui/focus-on";
import { Notice } from "@/components/ui/notice";
import { PlainLink } from "@/components/ui/plain-link";
import type { Translator } from "@/lib/i18n/text";
import type { FlowView } from "./flow-view";

/**
 * Messages that the screen's own heading says already (contract 6): confirm it is you, one more step, a code was sent, link this
 * account, get the key ready, choose how to sign in, where to recover.
 */
const SAID_BY_HEADING: ReadonlySet<number> = new Set([
  1010003, 1010004, 1010012, 1010014, 1010016, 1010025, 1040005, 1040009, 1060003, 1060005, 1060006, 1080002, 1080003, 1080004,
  1080005,
]);
/** Somebody recovered their account: what to do now stands with it. */
const RECOVERED = 1060001;

/** What the wire tells besides errors. What has just succeeded takes the focus, because it came with a whole new page. */
export function FlowNotices({ flow, text }: { readonly flow: FlowView; readonly text: Translator }) {
  const messages = (flow.ui.messages ?? []).filter((message) => message.type !== "error" && !SAID_BY_HEADING.has(message.id));
  return messages.map((message) => {
    const id = `notice-${message.id}`;
    const succeeded = message.type === "success";
    if (message.id === RECOVERED) {
      return (
        <Notice key={message.id} id={id} tone="attention" title={text.t("settings.recoveredTitle")} role="status">
          <p>{text.message(message)}</p>
          <PlainLink href="#password" className="link inline-flex min-h-11 items-center font-semibold">{text.t("settings.changePassword")}</PlainLink>
          <FocusOn id={id} />
        </Notice>
      );
    }
    return (
      <Notice key={message.id} id={id} tone={succeeded ? "good" : "info"} role="status">
        <p>{text.message(message)}</p>
        {succeeded && <FocusOn id={id} />}
      </Notice>
    );
  });
}

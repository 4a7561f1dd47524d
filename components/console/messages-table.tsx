import { When } from "@/components/ui/when";
import type { Translator } from "@/lib/i18n/text";
import type { MessageLine } from "@/lib/model/console-people";
import { EmptyState } from "./people-parts";
import { Cell, DataRow, DataTable, HeadCell } from "./people-table";

/** What was sent or waits: to whom (masked), how often it was tried, and why not. Never what stands in it. */
export function MessagesTable({ messages, now, text }: { readonly messages: readonly MessageLine[]; readonly now: Date; readonly text: Translator }) {
  const { t } = text;
  if (messages.length === 0) return <EmptyState title={t("console.messages.empty")}><p>{t("console.messages.emptyText")}</p></EmptyState>;
  const columns = {
    template: t("console.messages.template"), to: t("console.messages.to"), state: t("console.messages.state"), attempts: t("console.messages.attempts"),
    made: t("console.messages.made"), error: t("console.messages.error"),
  };
  return (
    <DataTable caption={t("console.messages.caption")} columns={Object.values(columns)} testId="messages-table">
      {messages.map((message) => (
        <DataRow key={message.id} testId="message-row">
          <HeadCell label={columns.template}><code dir="ltr" className="font-semibold">{message.template}</code><span className="block text-ink-3">{t(`console.messages.channel.${message.channel}`)}</span></HeadCell>
          <Cell label={columns.to}><bdi dir="ltr">{message.recipientHint}</bdi></Cell>
          <Cell label={columns.state}><span className={message.status === "abandoned" ? "font-semibold text-warn" : ""}>{t(`console.messages.state.${message.status}`)}</span></Cell>
          <Cell label={columns.attempts}>{text.number(message.attempts)}</Cell>
          <Cell label={columns.made}><When at={message.createdAt} now={now} text={text} />{message.sentAt !== null && <span className="block text-ink-3">{t("console.messages.sentAt")} <When at={message.sentAt} now={now} text={text} /></span>}</Cell>
          <Cell label={columns.error}>{message.lastError ?? "–"}</Cell>
        </DataRow>
      ))}
    </DataTable>
  );
}

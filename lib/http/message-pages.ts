import { deskOf } from "./admin-door";
import type { Exchange } from "./exchange";
import { readPlace, writePlace } from "./page-place";

export const MESSAGE_STATES = ["queued", "processing", "sent", "abandoned"] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** A message without anything of its content. */
export type MessageLine = Awaited<ReturnType<Exchange["handle"]["messagesPage"]>>["rows"][number];
export interface MessagesPage {
  readonly project: { readonly slug: string; readonly name: string };
  readonly messages: readonly MessageLine[];
  readonly next: string | null;
}
const PAGE = 50;

/** What a project sent or is about to send, newest first. Null: no such project. */
export async function readMessages(
  exchange: Exchange, slug: string, search: { readonly state: MessageState | null; readonly after: string | null },
): Promise<MessagesPage | null> {
  const desk = await deskOf(exchange, slug);
  if (desk === null) return null;
  const found = await desk.handle.messagesPage({ limit: PAGE, after: readPlace(search.after), ...(search.state === null ? {} : { status: search.state }) });
  return { project: { slug: desk.project.row.slug, name: desk.project.row.name }, messages: found.rows, next: writePlace(found.next) };
}

import type { ConsoleProject } from "../model/console";
import type { MessageLine } from "../model/console-people";
import { deskOf } from "./admin-door";
import type { Exchange } from "./exchange";
import { readPlace, writePlace } from "./page-place";

export type MessageState = MessageLine["status"];
export const MESSAGE_STATES: readonly MessageState[] = ["queued", "processing", "sent", "abandoned"];

export interface MessagesPage {
  readonly project: ConsoleProject;
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

export type MessageType = "info" | "success" | "error";

/** A sentence as an id and its arguments; `text` is the English rendering. Clients key on the id (contract 6). */
export interface Message {
  readonly id: number;
  readonly type: MessageType;
  readonly text: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

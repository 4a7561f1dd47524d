import type { OutboxMessage } from "../db/handles";
import type { Project } from "../model/project";

/** What became of one attempt to hand a message over. `reason` is short and holds neither addresses nor codes. */
export type Delivery =
  | { readonly kind: "sent" }
  /** The other side looked at it and said no: counted, tried again a few times, then given up. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The other side did not answer, or asked to come back: not the message's fault, not counted. `down`: nobody else gets through either. */
  | { readonly kind: "unavailable"; readonly reason: string; readonly down: boolean }
  /** Nothing is set up that could send it. */
  | { readonly kind: "no_channel"; readonly reason: string }
  | Spent;

/** Its tries were used up by processes that ended with it. This one was not begun, and is not counted. */
export interface Spent { readonly kind: "spent"; readonly error: string }

/** What a hook's own rules say of one attempt: they count for themselves (contract/admin.md 5.5). */
export type HookDelivery =
  | { readonly kind: "sent" }
  | { readonly kind: "retry"; readonly afterMs: number; readonly error: string }
  | { readonly kind: "abandoned"; readonly error: string }
  | Spent;

/** Hands over a message of the channel `hook` (lib/actions). */
export type DeliverHook = (message: OutboxMessage, project: Project) => Promise<HookDelivery>;

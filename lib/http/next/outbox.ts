import "server-only";
import { readOutbox } from "../outbox";
import type { OutboxLetter } from "../outbox";
import { openPage } from "./page";

export type { OutboxLetter } from "../outbox";

/** What the page at hand shows of its project's outbox; null where there is no such page. */
export async function outboxLetters(): Promise<{ readonly project: string; readonly letters: readonly OutboxLetter[] } | null> {
  const exchange = await openPage();
  if (exchange === null) return null;
  const letters = await readOutbox(exchange);
  return letters === null ? null : { project: exchange.project.config.brand.name, letters };
}

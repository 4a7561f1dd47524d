import "server-only";
import { DomainError } from "../../model/errors";
import { isUuid } from "../../model/ids";
import type { SessionId } from "../../model/ids";
import { endOtherSessions, endSession } from "../sessions";
import type { Exchange } from "../exchange";
import { openPage } from "./page";

/* Ending sessions from the settings page. Signing out asks for no level: it is a safety act. Callers run checkAction first. */

/** False when that session is over already, unknown, or somebody else's. The current one is never ended here. */
export async function revokeMySession(id: string): Promise<boolean> {
  const { exchange, view } = await signedIn();
  if (!isUuid(id) || id === view.session.id) return false;
  return endSession(exchange, view, id as SessionId);
}

/** How many sessions were ended; the one at hand stays. */
export async function revokeMyOtherSessions(): Promise<number> {
  const { exchange, view } = await signedIn();
  return endOtherSessions(exchange, view);
}

async function signedIn(): Promise<{ readonly exchange: Exchange; readonly view: NonNullable<Exchange["session"]> }> {
  const exchange = await openPage();
  if (exchange === null) throw new DomainError("unavailable", { retryAfterSeconds: 2 });
  if (exchange.session === null) throw new DomainError("unauthorized");
  return { exchange, view: exchange.session };
}

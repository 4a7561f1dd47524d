import { hashToken, newToken } from "../crypto/token";
import { addMs, MINUTE_MS } from "../model/time";
import { handoverBinding } from "../model/upstream";
import type { BridgeContext } from "./adapter";
import type { Dance } from "./dance";

/** From the provider to the flow takes a redirect; a slow phone may need a while for it (house part 11). */
const LIVES_FOR_MS = 10 * MINUTE_MS;

/** Who the provider says is there, sealed for this flow. Answers the token that finds it again, once; 380 random bits, stored hashed. */
export async function handOver(dance: Dance, { handle, project, services, now }: BridgeContext): Promise<string | null> {
  const { person, flowId, provider } = dance;
  if (person === null) return null;
  const token = newToken(newToken("rung_ho_"));
  await handle.transaction((tx) => tx.insertHandover({
    flowId, provider: provider.id, tokenHash: hashToken(token), expiresAt: addMs(now, LIVES_FOR_MS), at: now,
    sealed: services.keys.seal("oidc", JSON.stringify(person), handoverBinding(project.row.id, flowId, provider.id)),
  }));
  return token;
}

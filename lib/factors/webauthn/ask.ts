import type { Ceremony } from "../../model/flow";
import type { Message } from "../../model/message";
import { pendingOr } from "../../webauthn/ceremony";
import { requestOptions } from "../../webauthn/authentication";
import type { KnownKey } from "../../webauthn/key-record";
import type { FactorContext, Prepared } from "../factor";
import { newChallenge } from "./keys";
import { loginNodes } from "./nodes";

/** What the browser is told to wait for a touch, five minutes (contract 5.7). */
export const TIMEOUT_MS = 300_000;

/** Asks for one of these keys. User verification is not asked for: the key stands beside a password, or for one factor alone. */
export async function askFor(keys: readonly KnownKey[], identifier: string, pending: Ceremony | undefined, label: Message, ctx: FactorContext): Promise<Prepared> {
  const { rp } = ctx.config.webauthn;
  const ceremony = pendingOr(pending, { userVerification: "discouraged", allowed: keys.map(({ id }) => id) }, newChallenge, ctx.now);
  const options = await requestOptions({ rp, ceremony, allowed: keys, timeoutMs: TIMEOUT_MS });
  return { nodes: loginNodes(ctx.project, identifier, options, label), internal: { webauthn: ceremony } };
}

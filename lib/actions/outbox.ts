import type { KeyRing } from "../crypto/keys";
import { randomId } from "../crypto/token";
import type { OutboxMessage, ProjectDb } from "../db/handles";
import { addMs } from "../model/time";
import type { IdentityId, ProjectId } from "../model/ids";
import { ENDED_WHILE_SENDING } from "../model/outbox";
import type { Project, WebHookConfig } from "../model/project";
import type { HookContext } from "./call";
import { ATTEMPTS, LONGEST_WAIT_MS, attemptHeaders, guardOf, isResponse, nameOf, waitBefore } from "./deliver";
import type { HookDeps } from "./deliver";
import { isGuardedFetchError } from "./guarded-fetch";
import { isJsonnetError } from "./jsonnet";
import { contextValue } from "./payload";
import { isTemplateError, prepareRequest, sendPrepared } from "./send";

/** After a day the event is no news. */
const LIFETIME_MS = 86_400_000;

/** Everything a call needs that its row must remember, sealed: the request as configured then, and what it tells. */
interface Parcel {
  readonly hook: WebHookConfig;
  readonly context: HookContext;
  readonly triggerId: string;
}

export interface HookEvent {
  readonly hook: WebHookConfig;
  readonly context: HookContext;
  readonly identityId: IdentityId | null;
  /** Same event, same key: one row, however often its transaction is tried. */
  readonly dedupe: string;
  readonly now: Date;
}

/** Writes a call that nobody waits for into the outbox, in the transaction of its reason. Called at least once, beside the requests. */
export async function enqueueHook(tx: ProjectDb, keys: KeyRing, projectId: ProjectId, event: HookEvent): Promise<void> {
  const parcel: Parcel = { hook: event.hook, context: event.context, triggerId: randomId() };
  await tx.enqueueMessage({
    channel: "hook", template: "web_hook", recipientHint: nameOf(event.hook), identityId: event.identityId, dedupe: event.dedupe,
    sealed: keys.seal("outbox", JSON.stringify(parcel), [projectId, event.dedupe]), notBefore: event.now, expiresAt: addMs(event.now, LIFETIME_MS), at: event.now,
  });
}

/** What the worker does with the row; the hook's attempts count for themselves. `error` is one line without anything secret. */
export type HookDelivery =
  | { readonly kind: "sent" }
  | { readonly kind: "retry"; readonly afterMs: number; readonly error: string }
  | { readonly kind: "abandoned"; readonly error: string }
  /** Processes ended with each of its tries: this one was not begun. */
  | { readonly kind: "spent"; readonly error: string };

/**
 * One attempt at a hook of the outbox; `message.attempts` counts it already. The private ranges are judged by the configuration in
 * force now. Never throws for what a hook does; throws `SealBroken` when the row cannot be opened.
 */
export function createHookDelivery(keys: KeyRing, deps: HookDeps): (message: OutboxMessage, project: Project) => Promise<HookDelivery> {
  return async (message, project) => {
    // The third try gives up by itself: a fourth is claimed only where a process ended with one.
    if (message.attempts > ATTEMPTS) return { kind: "spent", error: message.lastError ?? ENDED_WHILE_SENDING };
    const { hook, context, triggerId } = JSON.parse(keys.open("outbox", message.sealed, [message.projectId, message.dedupe])) as Parcel;
    const { allowPrivateRanges: allowPrivate, privateExceptionUrls: exceptions } = project.config.webHooks;
    try {
      const request = await prepareRequest(hook.request, contextValue(context), deps.evaluate);
      if (request === null) return { kind: "sent" };
      const answer = await sendPrepared(request, { allowPrivate, exceptions, ...guardOf(deps) }, attemptHeaders(triggerId)).catch((error: unknown) => error);
      return settled(hook, answer, message.attempts, deps);
    } catch (error) {
      if (!isJsonnetError(error) && !isTemplateError(error)) throw error;
      deps.warn(`the body of web hook ${nameOf(hook)} could not be made: ${error.message}`);
      return { kind: "abandoned", error: error.message };
    }
  };
}

function settled(hook: WebHookConfig, answer: unknown, attempts: number, deps: HookDeps): HookDelivery {
  if (isResponse(answer) && answer.status < 400) return { kind: "sent" };
  if (!isResponse(answer) && !isGuardedFetchError(answer)) throw answer;
  const error = isResponse(answer) ? `answered ${answer.status}` : `${answer.failure}: ${answer.message}`;
  // Nobody waits here, so a slow hook is asked again too.
  const slow = isGuardedFetchError(answer) && answer.failure === "timeout";
  const afterMs = attempts >= ATTEMPTS ? null : waitBefore(attempts + 1, answer) ?? (slow ? LONGEST_WAIT_MS : null);
  if (afterMs !== null) return { kind: "retry", afterMs, error };
  deps.warn(`web hook ${nameOf(hook)} was given up after ${attempts}: ${error}`);
  return { kind: "abandoned", error };
}

import type { Database, OutboxMessage } from "../db/handles";
import type { ProjectId } from "../model/ids";
import { ENDED_WHILE_SENDING } from "../model/outbox";
import type { Project } from "../model/project";
import { addMs, DAY_MS, MINUTE_MS, SECOND_MS } from "../model/time";
import type { Clock } from "../model/time";
import type { Logger } from "../observability/log";
import type { Metrics } from "../observability/metrics";
import type { DeliverHook, Delivery, HookDelivery } from "./delivery";
import { createHands } from "./hands";
import type { Ready } from "./hands";
import { channelOf, sendLetter } from "./send";
import type { LetterDeps } from "./send";
import { isCourierTemplate } from "./outbox";
import { classOf } from "./templates";

export interface WorkerDeps extends LetterDeps {
  readonly db: Pick<Database, "platform">;
  readonly projectOf: (id: ProjectId) => Promise<Project | null>;
  readonly clock: Clock;
  readonly log: Pick<Logger, "warn" | "info">;
  readonly metrics: Pick<Metrics, "message">;
  readonly deliverHook: DeliverHook;
}

/** How many are handed over at once in one process: hooks never take the hands of letters, and no server or project takes all of one kind. */
const HANDS = {
  /** One key is one mail server or service; a mail server is spoken to over five connections. */
  letters: { size: 20, each: 5 },
  /** One key is one project. */
  hooks: { size: 12, each: 3 },
} as const;
type Kind = keyof typeof HANDS;
/** Longer than any hand-over takes (35 s): only a message whose process died is given to another. */
const LEASE_MS = MINUTE_MS;
const LEASE_LEFT_MS = 40 * SECOND_MS;
/** One process that ended is no verdict on a message, however few tries a project allows. */
const DEATHS_AT_LEAST = 2;
const FIRST_WAIT_MS = SECOND_MS;
const LONGEST_WAIT_MS = 5 * MINUTE_MS;
/** A message that cannot be sent for want of a channel is looked at again so often. */
const NO_CHANNEL_MS = MINUTE_MS;
/** A server that did not answer is left alone so long. */
const DOWN_MS = 5 * SECOND_MS;
/** A server may be away, or not set up yet, as long as mail servers wait for each other (RFC 5321, 4.5.4.1). */
const GIVE_UP_MS = 5 * DAY_MS;

export interface Worker {
  /** Hands over everything that is due. Calls that overlap are one; never throws. */
  run(): Promise<void>;
  /** Claims nothing more and waits for what is on its way. */
  drain(): Promise<void>;
}

export function createWorker(deps: WorkerDeps): Worker {
  const downUntil = new Map<string, Date>();
  const warned = new Set<string>();

  const handsOf = (kind: Kind) => createHands({
    ...HANDS[kind],
    async claim(limit, busy) {
      const now = deps.clock.now();
      const leaseUntil = addMs(now, LEASE_MS);
      const claimed = await deps.db.platform.claimMessages(limit, now, leaseUntil, { kind, busy });
      return Promise.all(claimed.map((message) => prepare(message, leaseUntil)));
    },
    putBack,
  });

  const putBack = async (message: OutboxMessage): Promise<void> => {
    const verdict = { kind: "held", error: message.lastError ?? "others before it are on their way", notBefore: message.notBefore, at: deps.clock.now() } as const;
    await deps.db.platform.settleMessage(message.id, message.attempts, verdict).catch((error: unknown) => unsettled(error, message));
  };

  /** Whose hands a message needs. A project that cannot be read has hands of its own. */
  const prepare = async (message: OutboxMessage, leaseUntil: Date): Promise<Ready> => {
    const project = await deps.projectOf(message.projectId).catch(() => "unreadable" as const);
    const known = project !== null && project !== "unreadable";
    const channel = known && message.channel !== "hook" ? channelOf(message, project, deps.mail) : null;
    return { message, key: channel ?? message.projectId, alone: message.lastError === ENDED_WHILE_SENDING, handOver: () => handOver(message, project, leaseUntil) };
  };

  const handOver = async (message: OutboxMessage, project: Project | null | "unreadable", leaseUntil: Date): Promise<void> => {
    try {
      const delivery = await attempt(message, project, leaseUntil);
      if (delivery === null) await putBack(message);
      else await settle(message, delivery, project === null || project === "unreadable" ? 0 : project.config.courier.retries);
    } catch (error) {
      unsettled(error, message);
    }
  };

  /** The database did not take the verdict: the lease runs out, and the message is handed over again under the same id. */
  const unsettled = (error: unknown, { template }: OutboxMessage): void =>
    deps.log.warn({ error, template }, "a message could not be settled; it is tried again");

  const attempt = async (message: OutboxMessage, project: Project | null | "unreadable", leaseUntil: Date): Promise<Delivery | HookDelivery | "expired" | null> => {
    const now = deps.clock.now();
    if (message.expiresAt !== null && message.expiresAt <= now) return "expired";
    if (project === null) return { kind: "refused", reason: "its project is gone" };
    // Not its fault, but not for ever either: it waits longer and longer, and is given up in the end.
    if (project === "unreadable") return { kind: "unavailable", reason: "its project could not be read", down: false };
    // Refusals are given up with the last try: one more was claimed because nobody said what became of one.
    if (message.channel !== "hook" && message.attempts > Math.max(project.config.courier.retries + 1, DEATHS_AT_LEAST)) {
      return { kind: "spent", error: message.lastError ?? ENDED_WHILE_SENDING };
    }
    // This process was held up (a suspended machine): by now the message may be somebody else's.
    if (addMs(deps.clock.now(), LEASE_LEFT_MS) > leaseUntil) return null;
    return deliver(message, project, now);
  };

  const deliver = async (message: OutboxMessage, project: Project, now: Date): Promise<Delivery | HookDelivery> => {
    const channel = message.channel === "hook" ? null : channelOf(message, project, deps.mail);
    const away = channel === null ? undefined : downUntil.get(channel);
    if (away !== undefined && away > now) return { kind: "unavailable", reason: "the server did not answer a moment ago", down: false };
    try {
      if (message.channel === "hook") return await deps.deliverHook(message, project);
      const delivery = await sendLetter(message, project, deps);
      if (channel !== null) note(channel, delivery);
      if (delivery.kind === "no_channel") warnOnce(message, project, delivery.reason);
      return delivery;
    } catch (error) {
      // It does not open, or cannot be rendered: only this one suffers.
      return { kind: "refused", reason: `it could not be made (${error instanceof Error ? error.name : "an error"})` };
    }
  };

  const note = (channel: string, delivery: Delivery): void => {
    if (delivery.kind === "unavailable" && delivery.down) downUntil.set(channel, addMs(deps.clock.now(), DOWN_MS));
    else downUntil.delete(channel);
  };

  const warnOnce = ({ channel }: OutboxMessage, { row }: Project, reason: string): void => {
    const key = `${row.id} ${channel}`;
    if (warned.has(key)) return;
    warned.add(key);
    deps.log.warn({ project: row.slug, channel, reason }, "messages wait in the outbox");
  };

  const settle = async (message: OutboxMessage, delivery: Delivery | HookDelivery | "expired", retries: number): Promise<void> => {
    const verdict = verdictOn(message, delivery, retries, deps.clock.now());
    const mine = await deps.db.platform.settleMessage(message.id, message.attempts, verdict);
    const outcome = delivery === "expired" ? delivery : verdict.kind;
    deps.metrics.message({ channel: message.channel, template: templateClass(message), outcome });
    if (!mine || verdict.kind !== "abandoned") return;
    deps.log.warn({ template: message.template, channel: message.channel, recipient: message.recipientHint, attempts: message.attempts, reason: verdict.error },
      "a message was given up");
  };

  const all = (Object.keys(HANDS) as Kind[]).map(handsOf);
  return {
    async run() {
      await Promise.all(all.map((hands) => hands.run().catch((error: unknown) => deps.log.warn({ error }, "the outbox could not be read; it is tried again"))));
    },
    async drain() {
      await Promise.all(all.map((hands) => hands.drain()));
    },
  };
}

type Verdict = Parameters<Database["platform"]["settleMessage"]>[2];

/** Refusals are counted, outages are not: those wait as long as the message is old already, and so twice as long each time. */
function verdictOn(message: OutboxMessage, delivery: Delivery | HookDelivery | "expired", retries: number, at: Date): Verdict {
  if (delivery === "expired") return { kind: "abandoned", error: "it came too late to be of use", at };
  const age = at.getTime() - message.createdAt.getTime();
  switch (delivery.kind) {
    case "sent":
      return { kind: "sent", at };
    case "retry":
      return { kind: "retry", error: delivery.error, notBefore: addMs(at, delivery.afterMs), at };
    case "abandoned":
      return { kind: "abandoned", error: delivery.error, at };
    case "spent":
      return { kind: "abandoned", error: delivery.error, begun: false, at };
    case "refused":
      return message.attempts > retries ? { kind: "abandoned", error: delivery.reason, at }
        : { kind: "retry", error: delivery.reason, notBefore: addMs(at, Math.min(FIRST_WAIT_MS * 2 ** (message.attempts - 1), LONGEST_WAIT_MS)), at };
    case "no_channel":
      if (age > GIVE_UP_MS) return { kind: "abandoned", error: delivery.reason, at };
      return { kind: "held", error: delivery.reason, notBefore: addMs(at, NO_CHANNEL_MS), at };
    case "unavailable":
      if (age > GIVE_UP_MS) return { kind: "abandoned", error: delivery.reason, at };
      return { kind: "held", error: delivery.reason, notBefore: addMs(at, Math.min(Math.max(age, FIRST_WAIT_MS), LONGEST_WAIT_MS)), at };
  }
}

function templateClass({ channel, template }: OutboxMessage): string {
  if (channel === "hook") return "hook";
  return isCourierTemplate(template) ? classOf(template) : "unknown";
}

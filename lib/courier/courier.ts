import type { OutboxMessage, ProjectReads } from "../db/handles";
import type { ProjectId } from "../model/ids";
import type { Project } from "../model/project";
import { macsOf, openLetter } from "./outbox";
import { opening } from "./send";
import { createSmtpSender } from "./smtp";
import { renderMail, renderSms } from "./templates";
import { onWake } from "./wake";
import { createWorker } from "./worker";
import type { WorkerDeps } from "./worker";

export interface Courier {
  /** Begins to hand over what is due, every second and when the bell rings. `stop` waits for what is on its way. */
  start(): { stop(): Promise<void> };
  /** Hands over everything that is due now; for tests, and for nobody's request. */
  run(): Promise<void>;
  /** Whom a letter or text message went to, whole; null where it no longer opens. */
  recipient(message: OutboxMessage): string | null;
  /** What its receiver reads, codes and all: for development alone. Null where it no longer opens. */
  read(message: OutboxMessage, project: Project): Preview["letter"];
  /** By which messages to this address are found, under every key. */
  recipientMacs(projectId: ProjectId, address: string): readonly string[];
  /** The newest messages of a project as their receiver sees them, codes and all: for the developer's own page, never in production. */
  preview(reads: Pick<ProjectReads, "listMessages">, project: Project, limit: number): Promise<readonly Preview[]>;
}

export interface Preview {
  readonly id: string;
  readonly at: Date;
  readonly channel: OutboxMessage["channel"];
  readonly template: string;
  readonly status: OutboxMessage["status"];
  readonly lastError: string | null;
  /** What was sent; null for a hook, and where the message no longer opens. */
  readonly letter: { readonly to: string; readonly subject: string | null; readonly text: string; readonly code: string | null } | null;
}

const EVERY_MS = 1_000;
/** A letter rings inside its transaction; by then that is over as a rule. */
const AFTER_BELL_MS = 50;
/** How long a stopping process waits before it cuts its connections; what is cut is handed over again later. */
const PATIENCE_MS = 3_000;

export function createCourier(deps: Omit<WorkerDeps, "smtp">): Courier {
  const begin = () => {
    const smtp = createSmtpSender();
    return { smtp, worker: createWorker({ ...deps, smtp }) };
  };
  return {
    start() {
      const { smtp, worker } = begin();
      const timer = setInterval(() => void worker.run(), EVERY_MS);
      timer.unref();
      let bell: NodeJS.Timeout | null = null;
      const unhang = onWake(() => {
        bell ??= setTimeout(() => {
          bell = null;
          void worker.run();
        }, AFTER_BELL_MS).unref();
      });
      return {
        async stop() {
          unhang();
          clearInterval(timer);
          if (bell !== null) clearTimeout(bell);
          const cut = setTimeout(() => smtp.close(), PATIENCE_MS);
          await worker.drain();
          clearTimeout(cut);
          smtp.close();
        },
      };
    },
    async run() {
      const { smtp, worker } = begin();
      await worker.run();
      smtp.close();
    },
    recipient(message) {
      try {
        return openLetter(deps.keys, message).to;
      } catch {
        return null;
      }
    },
    read: (message, project) => read(message, project, deps),
    recipientMacs: (projectId, address) => macsOf(deps.keys, projectId, address),
    async preview(reads, project, limit) {
      return (await reads.listMessages({ limit })).map((message) => ({
        id: message.id, at: message.createdAt, channel: message.channel, template: message.template, status: message.status,
        lastError: message.lastError, letter: read(message, project, deps),
      }));
    },
  };
}

function read(message: OutboxMessage, { config }: Project, { keys }: Pick<WorkerDeps, "keys">): Preview["letter"] {
  if (message.channel === "hook") return null;
  try {
    const { to, locale, data, template } = opening(message, keys);
    const code = typeof data["code"] === "string" ? data["code"] : null;
    if (message.channel === "sms") return { to, subject: null, text: renderSms(template, locale, data, config), code };
    const { subject, text } = renderMail(template, locale, data, config);
    return { to, subject, text, code };
  } catch {
    return null;
  }
}

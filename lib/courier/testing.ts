import { randomUUID } from "node:crypto";
import { renderTemplate } from "../actions/template";
import { ephemeralKeyRing } from "../crypto/keys";
import { seedProject } from "../db/testing";
import type { TestDatabase } from "../db/testing";
import type { ProjectHandle } from "../db/handles";
import { readEnv } from "../env";
import type { JsonObject } from "../model/identity";
import type { Project } from "../model/project";
import { createLog } from "../observability/log";
import { createMetrics } from "../observability/metrics";
import type { Metrics } from "../observability/metrics";
import { createResolver } from "../platform/resolve";
import { enqueue } from "./outbox";
import type { Letter } from "./outbox";
import type { InstallationMail } from "./send";
import type { SmtpSender } from "./smtp";
import { createSmtpSender } from "./smtp";
import { createWorker } from "./worker";
import type { Worker, WorkerDeps } from "./worker";

/** A project, its outbox, and as many workers as a test wants, over a clock that stands until it is moved. */
export interface Post {
  readonly project: Project;
  readonly handle: ProjectHandle;
  readonly deps: Omit<WorkerDeps, "smtp">;
  readonly metrics: Metrics;
  /** Every line that was logged. */
  readonly logged: readonly string[];
  now(): Date;
  forward(seconds: number): void;
  worker(changes?: Partial<WorkerDeps>): Worker;
  put(letter?: Partial<Letter>): Promise<void>;
  close(): void;
}

export async function openPost(db: TestDatabase, document: JsonObject = {}, mail: InstallationMail = { smtpUrl: null, from: null }): Promise<Post> {
  let at = new Date("2026-07-01T10:00:00.000Z");
  const clock = { now: () => at };
  const { row, handle } = await seedProject(db, { document, name: "Garden", at });
  const resolver = createResolver(db, readEnv({ NODE_ENV: "test" }), clock);
  const project = await resolver.byId(row.id);
  if (project === null) throw new Error("no project");
  const metrics = createMetrics({ process: false });
  const logged: string[] = [];
  const senders: SmtpSender[] = [];
  const deps: Omit<WorkerDeps, "smtp"> = {
    db, clock, keys: ephemeralKeyRing(), mail, metrics, projectOf: (id) => resolver.byId(id),
    log: createLog({ level: "trace", destination: { write: (line: string) => void logged.push(line) } }),
    renderBody: (body, context) => (body.kind === "template" ? renderTemplate(body.value, context) : null),
    deliverHook: () => Promise.resolve({ kind: "sent" }),
  };
  return {
    project, handle, deps, logged, metrics,
    now: () => at,
    forward(seconds) {
      at = new Date(at.getTime() + seconds * 1_000);
    },
    worker(changes = {}) {
      const smtp = createSmtpSender({ stepMs: 2_000, wholeMs: 5_000 });
      senders.push(smtp);
      return createWorker({ ...deps, smtp, ...changes });
    },
    put: (letter = {}) => handle.transaction((tx) => enqueue(tx, deps.keys, row.id, {
      via: "email", to: "ann@example.com", template: "login_code", locale: "en", data: { code: "123456", minutes: 10 }, identityId: null,
      dedupe: randomUUID(), expiresAt: null, ...letter,
    }, at)),
    close() {
      for (const sender of senders) sender.close();
    },
  };
}

import type { JobKind } from "../platform/jobs";
import type { Services } from "../services";
import { exportAudit, exportIdentities } from "./exports";
import { importIdentities } from "./imports";
import type { Runner } from "./runner";
import { createJobWorker } from "./worker";

const RUNNERS: Readonly<Record<JobKind, Runner>> = {
  import_identities: importIdentities, export_identities: exportIdentities, export_audit: exportAudit,
};
const EVERY_MS = 1_000;

/** Works on jobs beside the requests, one at a time. `stop` waits for the part that is under way. */
export function startJobs(services: Services): { stop(): Promise<void> } {
  const worker = createJobWorker(services, RUNNERS);
  const { db, clock, log } = services;
  // The embedded database has one process: what a dead one had under a lease, nobody works on.
  const begun = db.kind === "embedded"
    ? db.platform.releaseJobs(clock.now()).then(() => undefined, (error: unknown) => log.warn({ err: error }, "jobs of an earlier process wait for their lease"))
    : Promise.resolve();
  const timer = setInterval(() => void begun.then(() => worker.run()), EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await worker.drain();
    },
  };
}

/** Everything that is due now; for tests. */
export async function runJobs(services: Services): Promise<void> {
  await createJobWorker(services, RUNNERS).run();
}

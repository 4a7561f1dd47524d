import { startJobs } from "./background/jobs";
import { addMs, DAY_MS, MINUTE_MS } from "./model/time";
import type { Services } from "./services";

export { startConfigFile } from "./background/config-file";

const EVERY_MS = 5 * MINUTE_MS;
/** Ended things stay readable for a day: an expired flow still says that it expired. */
const KEEP_MS = DAY_MS;
const ROWS_A_TIME = 500;

/** Work beside the requests: deletes what ended, hands over the outbox, works on jobs. Never throws into the process; `stop` waits for what is under way. */
export function startBackground(services: Services): { stop(): Promise<void> } {
  let round: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(() => cleanUp(services));
  }, EVERY_MS);
  timer.unref();
  const courier = services.courier.start();
  const jobs = startJobs(services);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all([round, courier.stop(), jobs.stop()]);
    },
  };
}

async function cleanUp(services: Services): Promise<void> {
  try {
    const deleted = await services.db.platform.cleanUp(addMs(services.clock.now(), -KEEP_MS), ROWS_A_TIME);
    if (deleted > 0) services.log.info({ deleted }, "ended rows deleted");
  } catch (error) {
    services.log.warn({ error }, "clean-up failed; it is tried again");
  }
}

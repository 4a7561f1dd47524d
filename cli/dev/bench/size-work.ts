import { removePerson } from "../../../lib/http/admin-identities";
import { orderJob } from "../../../lib/http/admin-jobs";
import { runJobs } from "../../../lib/background/jobs";
import { imported, personOf } from "./size-place";
import type { Place } from "./size-place";

/* Work that is done once a database: people brought in, taken out, written to a file. */

const MORE = 10_000;
const BATCH = 1_000;
const REMOVED = 25;
/** An export is as many pages as there are people: its pace at a smaller size says it all. */
const EXPORTED_AT_MOST = 100_000;

export async function measureWork(places: readonly Place[], say: (line: string) => void): Promise<void> {
  const row = async (what: string, work: (place: Place) => Promise<string>): Promise<void> => {
    const told: string[] = [];
    for (const place of places) told.push((await work(place)).padStart(20));
    say(`${what.padEnd(60)}${told.join("")}`);
  };
  await row(`${MORE.toLocaleString("en")} more imported, batches of ${BATCH.toLocaleString("en")}`, async (place) => {
    const ids: string[] = [];
    const mark = String(Date.now());
    const took = await timed(async () => {
      for (let low = 0; low < MORE; low += BATCH) {
        ids.push(...await imported(place.services, place.key, Array.from({ length: BATCH }, (_, index) => personOf(`late${mark}.${String(low + index)}@bench.test`))));
      }
    });
    left.set(place, ids);
    return seconds(took);
  });
  await row("one person deleted, median", async (place) => {
    const times: number[] = [];
    for (const id of (left.get(place) ?? []).slice(0, REMOVED)) {
      const target = `/admin/identities/${id}`;
      times.push(await timed(async () => {
        await removePerson(await place.ask(target), new Request(`http://localhost:4000${target}`, { method: "DELETE" }), { id });
      }));
    }
    return `${([...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0).toFixed(1)} ms`;
  });
  await row("everybody exported by a job", async (place) => {
    if (place.size > EXPORTED_AT_MOST) return "not measured";
    const body = JSON.stringify({ kind: "export_identities" });
    const order = new Request("http://localhost:4000/admin/jobs", { method: "POST", headers: { "content-type": "application/json" }, body });
    await orderJob(await place.ask("/admin/jobs"), order, {});
    const took = await timed(() => runJobs(place.services));
    const [job] = await place.services.db.platform.listJobs((await place.services.db.platform.findDefaultProject())?.id as Parameters<typeof place.services.db.platform.listJobs>[0], { limit: 1 });
    if (job?.state !== "done") throw new Error(`the export ended ${job?.state ?? "nowhere"}`);
    return `${seconds(took)}, ${Math.round((job.done * 1_000) / took).toLocaleString("en")}/s`;
  });
}

const left = new Map<Place, readonly string[]>();

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

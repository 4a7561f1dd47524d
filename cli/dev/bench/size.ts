import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addMs } from "../../../lib/model/time";
import { ASKED, COUNTED } from "./size-asked";
import type { Asked } from "./size-asked";
import { measureWork } from "./size-work";
import { dropPlace, placeOf } from "./size-place";
import type { Place } from "./size-place";

/*
 * npm run bench -- size [--keep FOLDER] [10000 1000000]: every page and list of the console and of the admin API, in process, on databases that differ in
 * nothing but how many people there are. Asked in turn, so that all meet the same weather; the last size is held against the first. On the
 * PostgreSQL server of DATABASE_URL (a database a size is made and dropped there), else on embedded databases. What --keep leaves is measured again by the next run.
 */
const SIZES = [10_000, 1_000_000];
const WARMING = 6;
const ROUNDS = 7;
type Say = (line: string) => void;

export async function benchSize(args: readonly string[], say: Say): Promise<void> {
  const [flag, folder] = args;
  const kept = flag === "--keep" && folder !== undefined ? folder : null;
  const named = (kept === null ? args : args.slice(2)).map(Number);
  const sizes = named.length === 0 ? SIZES : named;
  const home = kept ?? mkdtempSync(join(tmpdir(), "rung-bench-size-"));
  const server = process.env["DATABASE_URL"] ?? "";
  const places: Place[] = [];
  try {
    for (const size of sizes) places.push(await placeOf(home, server === "" ? null : server, size, say));
    for (const place of places) await draft(place);
    say(`\n${"median ms (worst of so many rounds)".padEnd(60)}${sizes.map((size) => size.toLocaleString("en").padStart(20)).join("")}${"RATIO".padStart(10)}`);
    for (const asked of COUNTED) await row(asked, places, { warming: 0, rounds: 1 }, say);
    for (const asked of ASKED) await row(asked, places, { warming: WARMING, rounds: ROUNDS }, say);
    await measureWork(places, say);
  } finally {
    for (const place of places) await place.close();
    if (kept === null) {
      for (const size of sizes) if (server !== "") await dropPlace(server, size);
      rmSync(home, { recursive: true, force: true });
    }
  }
}

async function row({ what, ask }: Asked, places: readonly Place[], { warming, rounds }: { readonly warming: number; readonly rounds: number }, say: Say): Promise<void> {
  const times = places.map((): number[] => []);
  let broken: string | null = null;
  for (let round = 0; round < warming + rounds && broken === null; round += 1) {
    for (const [index, place] of places.entries()) {
      const began = performance.now();
      try {
        await ask(place, round);
      } catch (error) {
        broken = `${String(place.size)}: ${error instanceof Error ? error.message : String(error)} after ${(performance.now() - began).toFixed(0)} ms`;
        break;
      }
      if (round >= warming) times[index]?.push(performance.now() - began);
    }
  }
  if (broken !== null) return say(`${what.padEnd(60)}FAILED ${broken}`);
  const middles = times.map((list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0);
  const figures = times.map((list, index) => `${(middles[index] ?? 0).toFixed(1)} (${Math.max(...list).toFixed(1)})`.padStart(20));
  say(`${what.padEnd(60)}${figures.join("")}${((middles.at(-1) ?? 0) / (middles[0] ?? 1)).toFixed(2).padStart(10)}`);
}

/** Lax for Strict, noted by the admin and not in force: what the preview is of. */
async function draft({ services, admin }: Place): Promise<void> {
  const { platform } = services.db;
  const project = await platform.findDefaultProject();
  const revision = project === null ? null : await platform.findRevision(project.id, project.currentRevision);
  if (project === null || revision === null) throw new Error("no default project");
  const document = { ...revision.document, session: { whoami: { required_aal: "aal1" } } };
  await platform.putDraft({ projectId: project.id, authorId: admin.identity.id, base: project.currentRevision, document, comment: "", at: addMs(services.clock.now(), 0) });
}

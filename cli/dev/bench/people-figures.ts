import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProjectHandle } from "../../../lib/db/handles";
import { readEnv } from "../../../lib/env";
import type { IdentityId } from "../../../lib/model/ids";
import { createApiKey } from "../../../lib/platform/api-keys";
import { readImpact } from "../../../lib/platform/impact-facts";
import { bootServices } from "../../../lib/services";
import type { Services } from "../../../lib/services";
import { generatePeople, idAt } from "./crowd";
import { startRung } from "./servers";

/*
 * An operator's work: 10,000 people imported, listed, exported and previewed over the wire of the built server; then pages of a list of
 * 10,000 and of a list of 1,000,000 people made by SQL. The second figures are ratios: a page should cost what it costs, however many
 * people there are.
 */
const SIZES = [10_000, 1_000_000];
const BATCH = 1_000;
const PAGE = 100;
const ROUNDS = 15;
type Say = (line: string) => void;

export async function benchPeople(args: readonly string[], say: Say): Promise<void> {
  const sizes = args.length === 0 ? SIZES : args.map(Number);
  const home = mkdtempSync(join(tmpdir(), "rung-bench-people-"));
  const dataDir = join(home, "data");
  try {
    say("A first start makes the database …");
    const { key, projectId } = await withServices(dataDir, async (services) => {
      const project = await services.db.platform.findDefaultProject();
      if (project === null) throw new Error("no default project");
      const made = await createApiKey(services.db.platform, { projectId: project.id }, { name: "bench", expiresAt: null }, services.clock.now());
      return { key: made.token, projectId: project.id };
    });
    await overTheWire(dataDir, key, say);
    await withServices(dataDir, async (services) => {
      say(`${"previewed, Strict to Lax".padEnd(40)}${seconds(await timed(() => preview(services)))}`);
    });
    const measured: (readonly (readonly [string, number])[])[] = [];
    let from = 0;
    for (const size of sizes) {
      say(`\n${size.toLocaleString("en")} people by SQL …`);
      await generatePeople(dataDir, projectId, from, size, say);
      from = size;
      measured.push(await withServices(dataDir, (services) => pages(services.db.forProject(projectId), size)));
    }
    report(sizes, measured, say);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function overTheWire(dataDir: string, key: string, say: Say): Promise<void> {
  const server = await startRung(dataDir);
  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const answer = await fetch(`${server.url.replace("127.0.0.1", "localhost")}${path}`, {
      method, headers: { authorization: `Bearer ${key}`, accept: "application/json", "content-type": "application/json" }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${await answer.text()}`);
    return answer;
  };
  const people = (mark: string, low: number, many: number) => Array.from({ length: many }, (_, index) => ({ create: { schema_id: "preset://email", traits: { email: `${mark}${String(low + index)}@bench.test` } } }));
  try {
    say("");
    say(`${"10,000 imported, batches of 1,000".padEnd(40)}${seconds(await timed(async () => {
      for (let low = 0; low < 10_000; low += BATCH) await call("PATCH", "/admin/identities", { identities: people("batch", low, BATCH) });
    }))}`);
    say(`${"10,000 imported by a job".padEnd(40)}${seconds(await timed(() => job(call, { kind: "import_identities", identities: people("job", 0, 10_000) })))}`);
    let listed = 0;
    say(`${"20,000 listed, pages of 500".padEnd(40)}${seconds(await timed(async () => {
      for (let path: string | null = "/admin/identities?page_size=500"; path !== null;) {
        const page: Response = await call("GET", path);
        listed += ((await page.json()) as readonly unknown[]).length;
        path = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1] ?? null;
      }
    }))}`);
    if (listed !== 20_000) throw new Error(`${String(listed)} people were listed`);
    say(`${"20,000 exported by a job, and fetched".padEnd(40)}${seconds(await timed(async () => {
      const id = await job(call, { kind: "export_identities" });
      const lines = (await (await call("GET", `/admin/jobs/${id}/output`)).text()).trim().split("\n").length;
      if (lines !== 20_000) throw new Error(`${String(lines)} people were exported`);
    }))}`);
  } finally {
    await server.stop();
  }
}

async function job(call: (method: string, path: string, body?: unknown) => Promise<Response>, order: unknown): Promise<string> {
  const { id } = (await (await call("POST", "/admin/jobs", order)).json()) as { readonly id: string };
  for (;;) {
    const { state, failed } = (await (await call("GET", `/admin/jobs/${id}`)).json()) as { readonly state: string; readonly failed: number };
    if (state === "done" && failed === 0) return id;
    if (state !== "queued" && state !== "running") throw new Error(`the job ended ${state}, ${String(failed)} failed`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function preview(services: Services): Promise<void> {
  const { db, resolver, subjectOf, clock } = services;
  const row = await db.platform.findDefaultProject();
  const before = row === null ? null : await resolver.byId(row.id);
  if (before === null) throw new Error("no default project");
  const { policy } = before.config;
  const after = { ...before, config: { ...before.config, policy: { ...policy, signIn: "lax" as const, settings: "lax" as const } } };
  await readImpact({ platform: db.platform, reads: db.forProject(before.row.id), before, after, subjectOf, now: clock.now() });
}

/** Median milliseconds of a page, by name. */
async function pages(handle: ProjectHandle, size: number): Promise<readonly (readonly [string, number])[]> {
  const console_ = { limit: PAGE, after: null, sort: "newest", secondFactors: ["totp", "webauthn", "lookup_secret"], seenBefore: new Date(0), now: new Date() } as const;
  const list = { expand: false, limit: PAGE, after: null } as const;
  const asked: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["API: first page", () => handle.listPeople({ ...list, filter: { kind: "all" } })],
    ["API: a page in the middle", () => handle.listPeople({ ...list, filter: { kind: "all" }, after: idAt(Math.floor(size / 2)) as IdentityId })],
    ["API: by the beginning of an address", () => handle.listPeople({ ...list, filter: { kind: "prefix", prefix: "crowd99" } })],
    ["console: first page", () => handle.peoplePage(console_)],
    ["console: by the beginning of an address", () => handle.peoplePage({ ...console_, sort: "address", prefix: "crowd99" })],
    ["console: without a second factor", () => handle.peoplePage({ ...console_, filter: "no_second_factor" })],
  ];
  const figures: (readonly [string, number])[] = [];
  for (const [name, ask] of asked) {
    await ask();
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) times.push(await timed(ask));
    figures.push([name, [...times].sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0]);
  }
  return figures;
}

function report(sizes: readonly number[], measured: readonly (readonly (readonly [string, number])[])[], say: Say): void {
  const [first] = measured;
  const last = measured.at(-1);
  if (first === undefined || last === undefined) return;
  say(`\n${"median ms of a page of 100".padEnd(44)}${sizes.map((size) => size.toLocaleString("en").padStart(14)).join("")}${"RATIO".padStart(10)}`);
  for (const [index, [name, base]] of first.entries()) {
    const ratio = (last[index]?.[1] ?? 0) / base;
    say(`${name.padEnd(44)}${measured.map((one) => (one[index]?.[1] ?? 0).toFixed(1).padStart(14)).join("")}${ratio.toFixed(2).padStart(10)}`);
  }
}

async function withServices<T>(dataDir: string, work: (services: Services) => Promise<T>): Promise<T> {
  const services = await bootServices(readEnv({ RUNG_DATA_DIR: dataDir, RUNG_LOG_LEVEL: "error" }));
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`.padStart(10);
}


import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnv } from "../../../lib/env";
import { createApiKey } from "../../../lib/platform/api-keys";
import { readImpact } from "../../../lib/platform/impact-facts";
import { bootServices } from "../../../lib/services";
import type { Services } from "../../../lib/services";
import { startRung } from "./servers";

/*
 * An operator's work: 10,000 people imported by batches and 10,000 by a job, listed, exported and previewed over the wire of the built
 * server. What pages cost among very many people is in size.ts.
 */
const BATCH = 1_000;
type Say = (line: string) => void;

export async function benchPeople(say: Say): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "rung-bench-people-"));
  const dataDir = join(home, "data");
  try {
    say("A first start makes the database …");
    const { key } = await withServices(dataDir, async (services) => {
      const project = await services.db.platform.findDefaultProject();
      if (project === null) throw new Error("no default project");
      const made = await createApiKey(services.db.platform, { projectId: project.id }, { name: "bench", expiresAt: null }, services.clock.now());
      return { key: made.token };
    });
    await overTheWire(dataDir, key, say);
    await withServices(dataDir, async (services) => {
      say(`${"previewed, Strict to Lax".padEnd(40)}${seconds(await timed(() => preview(services)))}`);
    });
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


import { expect, test } from "vitest";
import { send } from "../kit/http";
import { localKey } from "../kit/local-key";
import { startServer } from "../kit/server";
import type { TestServer } from "../kit/server";

interface JobJson {
  readonly id: string;
  readonly state: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

/** The id of the project on the public host, from the console API. */
async function defaultProject(server: TestServer): Promise<string> {
  const key = await localKey(server, "installation");
  const answer = await send(server.url("/projects", "console.localhost"), { headers: { authorization: `Bearer ${key}`, accept: "application/json" } });
  const found = answer.json<readonly { readonly id: string; readonly slug: string }[]>().find(({ slug }) => slug === "default");
  if (found === undefined) throw new Error(`no default project: ${answer.text.slice(0, 300)}`);
  return found.id;
}

async function call(server: TestServer, key: string, method: string, path: string, body?: unknown) {
  return send(server.url(path), {
    method, headers: { authorization: `Bearer ${key}`, accept: "application/json", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

test("an import goes on after kill -9, and everybody is imported once", async () => {
  let server = await startServer();
  try {
    const key = await localKey(server, "project", await defaultProject(server));
    const identities = Array.from({ length: 6_000 }, (_, index) => ({ create: { schema_id: "preset://email", traits: { email: `crowd.${String(index)}@example.test` } } }));
    const ordered = await call(server, key, "POST", "/admin/jobs", { kind: "import_identities", identities });
    expect(ordered.status, ordered.text).toBe(202);
    const { id } = ordered.json<JobJson>();
    const job = async (): Promise<JobJson> => (await call(server, key, "GET", `/admin/jobs/${id}`)).json<JobJson>();
    const until = async (so: (state: JobJson) => boolean): Promise<JobJson> => {
      for (;;) {
        const seen = await job();
        if (so(seen)) return seen;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const cut = await until(({ done }) => done > 0);
    expect(cut.state).toBe("running");
    server.kill("SIGKILL");
    server = await server.restart();
    expect(await until(({ state }) => state !== "running" && state !== "queued")).toMatchObject({ state: "done", total: 6_000, done: 6_000, failed: 0 });
    const rows = (await call(server, key, "GET", `/admin/jobs/${id}/output`)).text.trim().split("\n").map((line) => JSON.parse(line) as { readonly action: string; readonly identity: string });
    expect(rows).toHaveLength(6_000);
    expect(rows.every(({ action }) => action === "create")).toBe(true);
    expect(new Set(rows.map(({ identity }) => identity)).size).toBe(6_000);
  } finally {
    await server.dispose();
  }
}, 400_000);

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROOT, serverEnv, startServer } from "../kit/server";
import type { TestServer } from "../kit/server";

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let server: TestServer;
let home = "";
const environment = (): NodeJS.ProcessEnv => serverEnv({ port: server.port, dataDir: server.dataDir, env: { RUNG_CONFIG_PATH: join(home, "state.json") } });

/** The built command, in a process of its own. */
function rung(args: readonly string[], { env = {}, input = "", cwd = ROOT }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string; readonly cwd?: string } = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "dist", "cli", "index.js"), ...args], { cwd, env: { ...environment(), ...env } });
    const said = { out: "", err: "" };
    child.stdout.on("data", (chunk: Buffer) => { said.out += chunk.toString("utf8"); });
    child.stderr.on("data", (chunk: Buffer) => { said.err += chunk.toString("utf8"); });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...said }));
    child.stdin.end(input);
  });
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "rung-cli-e2e-"));
  server = await startServer();
});
afterAll(async () => {
  await server.dispose();
  rmSync(home, { recursive: true, force: true });
});

// With a PostgreSQL server the command opens the database by its address, and the template has another one for each server.
describe.skipIf(process.env["RUNG_TEST_DATABASE_URL"] !== undefined)("the built command beside a running server", () => {
  test("the recipe of step-up, word for word, takes effect in the server", async () => {
    const [workspace = ""] = (await rung(["list", "workspaces", "--quiet"])).out.trim().split("\n");
    const projects = await rung(["list", "projects", "--workspace", workspace, "--format", "json"]);
    expect(projects).toMatchObject({ code: 0, err: "" });
    const project = (JSON.parse(projects.out) as readonly { readonly id: string; readonly slug: string }[]).find(({ slug }) => slug === "default");
    const scope = ["--project", project?.id ?? "", "--workspace", workspace];
    const got = await rung(["get", "identity-config", ...scope, "--format", "yaml"]);
    expect(got).toMatchObject({ code: 0, err: "" });
    const file = join(home, "identity-config.yaml");
    writeFileSync(file, got.out.replaceAll("required_aal: highest_available", "required_aal: aal1"));
    const updated = await rung(["update", "identity-config", ...scope, "--file", file, "--format", "jsonpath=session.whoami.required_aal"]);
    expect(updated).toMatchObject({ code: 0, out: "aal1\n" });
    const refused = await rung(["patch", "identity-config", ...scope, "--replace", "/session/whoami/required_aal=\"aal2\""]);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("highest_available");
  });

  test("a selection is remembered in a file of mode 0600, and people are imported, explained and deleted", async () => {
    expect((await rung(["use", "project", "default"])).code).toBe(0);
    expect(statSync(join(home, "state.json")).mode & 0o777).toBe(0o600);
    const people = Array.from({ length: 40 }, (_, index) => JSON.stringify({ traits: { email: `import${String(index)}@example.org` } }));
    const imported = await rung(["import", "identities", "--batch-size", "15"], { input: `${people.join("\n")}\n${people[0] ?? ""}\n` });
    expect(imported.code).toBe(1);
    expect(imported.err).toContain("40 of 41 people were imported, 1 was refused.");
    const id = (await rung(["get", "identity", "import7@example.org", "--quiet"])).out.trim();
    expect((await rung(["explain", "--identity", id, "--session", "none"])).out).toContain("they have to sign in (no_session)");
    expect(await rung(["delete", "identity", id])).toMatchObject({ code: 0, out: `ID\t${id}\n` });
  });

  test("keys are rotated under the running server, nobody is locked out, and the chain of the audit log holds", async () => {
    const rotated = await rung(["keys", "rotate", "--yes", "--format", "json"]);
    expect(rotated.code).toBe(0);
    const { key } = JSON.parse(rotated.out) as { readonly key: string };
    const stored = JSON.parse(readFileSync(join(server.dataDir, "..", "keys.json"), "utf8")) as readonly { readonly id: string }[];
    expect(stored.map(({ id }) => id)[0]).toBe(key);
    expect(stored.length).toBeGreaterThan(1);
    expect((await fetch(`${server.baseUrl}/health/ready`)).status).toBe(200);
    expect(await rung(["audit", "verify"])).toMatchObject({ code: 0 });
    expect((await rung(["admin", "break-glass", "--yes"])).out).toContain("/console/setup?token=rung_setup_");
  });
});

test("where no server runs, the command says how to start one", async () => {
  const ran = await rung(["list", "workspaces"], { env: { RUNG_DATA_DIR: join(home, "nothing", "data"), DATABASE_URL: "" } });
  expect(ran).toMatchObject({ code: 1, out: "" });
  expect(ran.err).toContain("npm start");
  const alone = await rung(["admin", "list"], { env: { RUNG_DATA_DIR: join(home, "nothing", "data"), DATABASE_URL: "" } });
  expect(alone).toMatchObject({ code: 1, out: "" });
  expect(alone.err).toContain("There is no installation");
});

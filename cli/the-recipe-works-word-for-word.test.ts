import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { issueApiKey } from "../lib/platform/api-keys";
import { testHouse } from "./testing";
import type { TestHouse } from "./testing";

let house: TestHouse;
beforeAll(async () => {
  house = await testHouse();
});
afterAll(() => house.close());

const ids = (out: string): readonly string[] => out.trim().split("\n");

describe("on the machine itself, without a key", () => {
  test("list, get to a file, change two keys, update: step-up as its page in the docs sets it", async () => {
    const [workspace = ""] = ids((await house.run(["list", "workspaces", "--quiet"])).out);
    const listed = await house.run(["list", "projects", "--workspace", workspace]);
    expect(listed).toMatchObject({ code: 0, err: "" });
    expect(listed.out.split("\n")[0]).toMatch(/^ID\t+NAME\t+ENVIRONMENT\t+WORKSPACE\t+SLUG\t+STATE$/);
    const project = JSON.parse((await house.run(["list", "projects", "--workspace", workspace, "--format", "jsonpath=#(slug==\"default\")"])).out) as { readonly id: string };
    const scope = ["--project", project.id, "--workspace", workspace];

    const got = await house.run(["get", "identity-config", ...scope, "--format", "yaml"]);
    expect(got).toMatchObject({ code: 0, err: "" });
    const keys = got.out.split("\n").filter((line) => /^\S/.test(line));
    expect(keys).toEqual([...keys].sort());
    const file = join(house.home, "identity-config.yaml");
    expect(got.out.match(/required_aal: highest_available/g)?.length).toBeGreaterThanOrEqual(2);
    const [before, after] = got.out.split("\nsession:\n");
    writeFileSync(file, `${String(before).replace(/(privileged_session_max_age: \S+\n\s+)required_aal: highest_available/, "$1required_aal: aal1")}\nsession:\n${String(after).replace("required_aal: highest_available", "required_aal: aal1")}`);

    const updated = await house.run(["update", "identity-config", ...scope, "--file", file]);
    expect(updated.err).toContain("Project updated successfully!");
    expect(updated.code).toBe(0);
    const read = async (path: string): Promise<string> => (await house.run(["get", "ic", ...scope, "--format", `jsonpath=${path}`])).out;
    expect(await read("session.whoami.required_aal")).toBe("aal1\n");
    expect(await read("selfservice.flows.settings.required_aal")).toBe("aal1\n");

    const patched = await house.run(["patch", "identity-config", ...scope, "--replace", "/session/whoami/required_aal=\"highest_available\""]);
    expect(patched.code).toBe(0);
    const operations = join(house.home, "operations.yaml");
    writeFileSync(operations, "- op: test\n  path: /session/whoami/required_aal\n  value: highest_available\n- { op: remove, path: /session/lifespan }\n");
    expect((await house.run(["patch", "ic", ...scope, "--file", operations])).code).toBe(0);
    expect(await read("session.whoami.required_aal")).toBe("highest_available\n");
  });

  test("a value that nobody knows changes nothing: the reason on standard error, nothing on standard output", async () => {
    const refused = await house.run(["patch", "identity-config", "--project", "default", "--replace", "/session/whoami/required_aal=\"aal2\""]);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("highest_available");
  });

  test("the keys of the commands are gone when they are over", async () => {
    expect((await house.run(["list", "workspaces"])).code).toBe(0);
    const left = await house.edge.services.db.platform.listApiKeys({ projectId: null, workspaceId: null });
    expect(left).toEqual([]);
  });

  test("people: made, found by their address, brought in with a result for every row, deleted", async () => {
    const project = ["--project", "default"];
    const made = await house.run(["create", "identity", ...project, "--traits", "{\"email\":\"ada@example.org\"}", "--format", "jsonpath=id"]);
    expect(made).toMatchObject({ code: 0, err: "" });
    expect((await house.run(["get", "identity", ...project, "ada@example.org", "--quiet"])).out).toBe(made.out);
    expect((await house.run(["get", "identity", ...project, "nobody@example.org"]))).toMatchObject({ code: 1, out: "", err: "Nobody signs in with nobody@example.org.\n" });
    expect((await house.run(["get", "identity", ...project, made.out.trim(), "--format", "jsonpath=traits.email"])).out).toBe("ada@example.org\n");

    const people = [1, 2, 3].map((n) => ({ schema_id: "preset://email", traits: { email: `p${String(n)}@example.org` } }));
    const file = join(house.home, "people.jsonl");
    const [first, second, third] = people.map((one) => JSON.stringify(one));
    writeFileSync(file, [first, second, JSON.stringify({ traits: { email: 7 } }), first, third].join("\n"));
    const failed = join(house.home, "failed.jsonl");
    const imported = await house.run(["import", "identities", ...project, file, "--format", "json", "--failed", failed]);
    const rows = JSON.parse(imported.out) as readonly { readonly row: number; readonly action: string; readonly error: { readonly code: number } | null }[];
    expect(rows.map(({ row, action, error }) => [row, action, error?.code ?? null])).toEqual([[1, "create", null], [2, "create", null], [3, "error", 400], [4, "error", 409], [5, "create", null]]);
    expect(imported.code).toBe(1);
    expect(imported.err).toContain("3 of 5 people were imported, 2 were refused.");
    expect(readFileSync(failed, "utf8").trim().split("\n")).toHaveLength(2);
    expect(statSync(failed).mode & 0o777).toBe(0o600);

    const everybody = ids((await house.run(["list", "identities", ...project, "--quiet"])).out);
    expect(everybody).toHaveLength(4);
    const page = JSON.parse((await house.run(["list", "identities", ...project, "--page-size", "2", "--format", "json"])).out) as { readonly identities: readonly unknown[]; readonly next_page_token: string };
    expect(page.identities).toHaveLength(2);
    expect((await house.run(["list", "identities", ...project, "--page-size", "2"])).out).toContain(`NEXT PAGE TOKEN`);
    expect((await house.run(["delete", "identity", ...project, ...everybody])).code).toBe(0);
    expect((await house.run(["list", "identities", ...project, "--quiet"])).out).toBe("");
  });

  test("a workspace and a project are made and remembered, in a file that nobody else reads", async () => {
    const made = await house.run(["create", "project", "--name", "Shop", "--create-workspace", "Acme", "--format", "jsonpath=id"]);
    expect(made).toMatchObject({ code: 0, err: "Project created successfully!\n" });
    expect(statSync(join(house.home, "state.json")).mode & 0o777).toBe(0o600);
    expect((await house.run(["use", "project"])).out).toBe(`ID\t${made.out}`);
    expect((await house.run(["get", "identity-config", "--format", "jsonpath=session.whoami.required_aal"])).code).toBe(0);
    expect((await house.run(["use", "workspace", "def"])).code).toBe(0);
    const unknown = await house.run(["get", "identity-config"]);
    expect(unknown).toMatchObject({ code: 1, out: "" });
    expect(unknown.err).toContain("no project was specified");
  });
});

describe("with a key", () => {
  test("a workspace key names its workspace: the flag beside it is a contradiction; people are reached by a key for the moment", async () => {
    const { services } = house.edge;
    const [workspace] = await services.db.platform.listWorkspaces();
    const row = await services.db.platform.findDefaultProject();
    if (workspace === undefined || row === null) throw new Error("the first start made neither");
    const { token } = await issueApiKey(services.db.platform, { workspaceId: workspace.id }, { name: "ci", expiresAt: null }, { actor: { kind: "system" } }, services.clock.now());
    const env = { ORY_WORKSPACE_API_KEY: token };
    expect((await house.run(["list", "projects", "--workspace", workspace.id], { env })).err).toContain("Drop --workspace");
    expect(ids((await house.run(["list", "projects", "-q"], { env })).out)).toContain(row.id);
    const people = await house.run(["list", "identities", "--project", row.id], { env });
    expect(people).toMatchObject({ code: 0, err: "" });
    expect(await services.db.platform.listApiKeys({ projectId: row.id, workspaceId: null })).toEqual([]);
    const wrong = await house.run(["list", "projects"], { env: { RUNG_WORKSPACE_API_KEY: `${token.slice(0, -1)}_` } });
    expect(wrong).toMatchObject({ code: 1, out: "" });
    expect(wrong.err).not.toContain(token.slice(0, 20));
  });
});

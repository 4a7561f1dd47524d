import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ephemeralKeyRing } from "../crypto/keys";
import type { NewMessage, OutboxMessage, ProjectDb } from "../db/handles";
import { isDomainError } from "../model/errors";
import type { ProjectId } from "../model/ids";
import type { Project, WebHookConfig } from "../model/project";
import type { HookContext, HookVerdict } from "./call";
import { createHookCaller, retryAfterMs } from "./deliver";
import { createJsonnet } from "./jsonnet";
import { createHookDelivery, enqueueHook } from "./outbox";
import { hookServer } from "./testing";
import type { HookServer } from "./testing";

const CONTEXT: HookContext = {
  flow: { id: "f" }, identity: { id: "i", traits: { email: "ada@example.test" } }, session: null, request_method: "POST", request_url: "https://id.example/",
  request_headers: {}, request_cookies: {},
};
const waits: number[] = [];
const warnings: string[] = [];
let server: HookServer;
beforeAll(async () => { server = await hookServer(); });
afterAll(() => server.close());
beforeEach(() => { waits.length = 0; warnings.length = 0; server.answer(); });

const deps = { evaluate: createJsonnet(() => Promise.resolve(null)), warn: (line: string) => warnings.push(line), timeoutMs: 150, sleep: (ms: number) => (waits.push(ms), Promise.resolve()) };
const hook = (changes: Partial<WebHookConfig> = {}, request: Partial<WebHookConfig["request"]> = {}): WebHookConfig => ({
  id: "crm", ignore: false, parse: true, canInterrupt: false, ...changes,
  request: { url: `${server.url}/hook`, method: "POST", headers: {}, auth: { type: "api_key", in: "header", name: "X-Key", value: "s3cret" }, body: { kind: "template", value: { mail: "${ctx.identity.traits.email}" } }, ...request },
});
const ask = (one: WebHookConfig, allowed = true): Promise<HookVerdict> =>
  createHookCaller(deps).ask(one, CONTEXT, { kind: "registration", allowPrivate: false, privateExceptions: allowed ? [`${server.url}/**`] : [] });
const refusal = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await work.then((value) => value, (caught: unknown) => caught);
  return isDomainError(error) ? [error.code, error.details["reason"] ?? null] : error;
};

describe("a hook in front of a person", () => {
  it("is sent what its template says, with its key and ids", async () => {
    server.answer({ status: 204 });
    expect(await ask(hook())).toEqual({ kind: "go", patch: null });
    expect(server.seen).toMatchObject([{ method: "POST", path: "/hook", body: "{\"mail\":\"ada@example.test\"}", headers: { "x-key": "s3cret", "content-type": "application/json" } }]);
    const headers = server.seen[0]?.headers;
    expect(headers?.["ory-webhook-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers?.["ory-webhook-trigger-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });
  it.each([[503, 503], [429, 500]])("is asked again after %i and %i, with one trigger and three requests", async (first, second) => {
    server.answer({ status: first }, { status: second }, { status: 204 });
    expect(await ask(hook())).toEqual({ kind: "go", patch: null });
    expect(waits).toEqual([1_000, 2_000]);
    const header = (name: string): Set<unknown> => new Set(server.seen.map(({ headers }) => headers[name]));
    expect([header("ory-webhook-trigger-id").size, header("ory-webhook-request-id").size]).toEqual([1, 3]);
  });
  it("is given up after the third attempt; a message in a 5xx is not read", async () => {
    const late = { status: 500, body: JSON.stringify({ messages: [{ messages: [{ text: "no", type: "error" }] }] }) };
    server.answer(late, late, late, { status: 204 });
    expect(await refusal(ask(hook()))).toEqual(["hook_failed", "webhook failed with status code 500"]);
    expect(server.seen).toHaveLength(3);
    expect(warnings).toEqual(["web hook crm answered 500"]);
  });
  it.each([400, 401, 404, 418, 501])("is not asked again after %i", async (status) => {
    server.answer({ status });
    expect(await refusal(ask(hook()))).toEqual(["hook_failed", `webhook failed with status code ${status}`]);
    expect(server.seen).toHaveLength(1);
  });
  it("says itself when to come back, within bounds", async () => {
    server.answer({ status: 429, headers: { "retry-after": "7" } }, { status: 503, headers: { "retry-after": "86400" } }, { status: 204 });
    await ask(hook());
    expect(waits).toEqual([7_000, 30_000]);
    const now = Date.parse("2026-07-01T10:00:00Z");
    expect([retryAfterMs("Wed, 01 Jul 2026 10:00:09 GMT", now), retryAfterMs("Wed, 01 Jul 2026 09:00:00 GMT", now), retryAfterMs("soon", now), retryAfterMs(undefined, now), retryAfterMs("-1", now)])
      .toEqual([9_000, 0, null, null, expect.toSatisfy((ms: number | null) => ms === null || ms <= 30_000)]);
  });
  it("that breaks the connection is asked again", async () => {
    server.answer({ break: true }, { break: true }, { status: 204 });
    expect(await ask(hook())).toEqual({ kind: "go", patch: null });
    server.answer({ break: true }, { break: true }, { break: true });
    expect(await refusal(ask(hook()))).toEqual(["hook_failed", "unreachable"]);
  });
  it("that says nothing is hook_timeout, at once", async () => {
    server.answer({ hang: true });
    expect(await refusal(ask(hook()))).toEqual(["hook_timeout", null]);
    expect([server.seen.length, waits]).toEqual([1, []]);
  });
  it("at an address inside is not called at all", async () => {
    expect(await refusal(ask(hook(), false))).toEqual(["hook_failed", "refused"]);
    expect([server.seen, waits]).toEqual([[], []]);
    expect(warnings.join()).not.toContain("s3cret");
  });
  it("whose body cannot be made is hook_failed, and nothing leaves", async () => {
    expect(await refusal(ask(hook({}, { body: { kind: "jsonnet", source: "function(ctx) {}" } })))).toEqual(["hook_failed", "template"]);
    expect(server.seen).toEqual([]);
  });
});

describe("a hook that nobody waits for", () => {
  const keys = ephemeralKeyRing();
  const projectId = "7d3f7a52-0c3b-4f0e-9a43-5a1f1c1d2e3f" as ProjectId;
  const now = new Date("2026-07-01T10:00:00Z");
  const row = async (one: WebHookConfig): Promise<NewMessage> => {
    const written: NewMessage[] = [];
    const tx = { enqueueMessage: (message: NewMessage) => (written.push(message), Promise.resolve(true)) } as Partial<ProjectDb> as ProjectDb;
    await enqueueHook(tx, keys, projectId, { hook: one, context: CONTEXT, identityId: null, dedupe: "hook:f:after:password:0:1", now });
    expect(written).toHaveLength(1);
    return written[0] as NewMessage;
  };
  const project = (exceptions: readonly string[]): Project => ({ config: { webHooks: { headerAllowlist: [], allowPrivateRanges: false, privateExceptionUrls: exceptions } } }) as unknown as Project;
  const attempt = async (one: WebHookConfig, attempts: number, allowed = true) => {
    const message: OutboxMessage = { ...await row(one), id: "m", projectId, status: "processing", attempts, lastError: null, createdAt: now, sentAt: null };
    return createHookDelivery(keys, deps)(message, project(allowed ? [`${server.url}/**`] : []));
  };
  it("rests sealed", async () => {
    const message = await row(hook());
    expect(JSON.stringify(message)).not.toMatch(/s3cret|ada@example/);
    expect(message).toMatchObject({ channel: "hook", template: "web_hook", recipientHint: "crm", notBefore: now });
  });
  it("is called as configured, and any answer below 400 is enough", async () => {
    server.answer({ status: 200, body: "not JSON" });
    expect(await attempt(hook({ parse: false }), 1)).toEqual({ kind: "sent" });
    expect(server.seen).toMatchObject([{ body: "{\"mail\":\"ada@example.test\"}", headers: { "x-key": "s3cret" } }]);
  });
  it("is tried three times, then given up; what will never work is given up at once", async () => {
    server.answer({ status: 500 }, { status: 429, headers: { "retry-after": "3" } }, { status: 500 }, { status: 404 });
    expect(await attempt(hook(), 1)).toEqual({ kind: "retry", afterMs: 1_000, error: "answered 500" });
    expect(await attempt(hook(), 2)).toEqual({ kind: "retry", afterMs: 3_000, error: "answered 429" });
    expect(await attempt(hook(), 3)).toEqual({ kind: "abandoned", error: "answered 500" });
    expect(await attempt(hook(), 1)).toEqual({ kind: "abandoned", error: "answered 404" });
    server.answer({ hang: true });
    expect(await attempt(hook(), 1)).toMatchObject({ kind: "retry", afterMs: 30_000 });
    expect(await attempt(hook(), 1, false)).toMatchObject({ kind: "abandoned", error: expect.stringContaining("refused") as string });
    expect(await attempt(hook({}, { body: { kind: "jsonnet", source: "{}" } }), 1)).toMatchObject({ kind: "abandoned" });
  });
});

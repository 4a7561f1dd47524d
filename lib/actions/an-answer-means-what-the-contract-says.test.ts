import { describe, expect, it } from "vitest";
import { isDomainError } from "../model/errors";
import type { FlowKind } from "../model/flow";
import type { JsonValue } from "../model/identity";
import { verdictOf } from "./response";

const PARSE = { parse: true };
const judge = (status: number, body: JsonValue | string | undefined, kind: FlowKind = "registration", hook = PARSE): unknown => {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  try {
    return verdictOf(hook, kind, { status, body: Buffer.from(text) });
  } catch (error) {
    return isDomainError(error) ? `${error.code}: ${String(error.details["reason"])}` : error;
  }
};
const GO = { kind: "go", patch: null };

describe("statuses", () => {
  it.each<[number, JsonValue | string | undefined, unknown]>([
    [200, {}, GO], [200, undefined, expect.stringMatching(/^hook_failed: .*without a body/)], [200, "no json", expect.stringMatching(/^hook_failed: .*no JSON object/)],
    [200, [], expect.stringMatching(/^hook_failed/)], [200, { identity: null }, GO], [200, { identity: {} }, GO], [200, { identity: "x" }, expect.stringMatching(/^hook_failed/)],
    [201, "no json", GO], [202, undefined, GO], [204, undefined, GO], [304, undefined, GO], [400, undefined, "hook_failed: webhook failed with status code 400"],
    [400, { messages: [] }, "hook_failed: webhook failed with status code 400"], [403, { messages: [{ messages: [{ id: 1 }] }] }, "hook_failed: webhook failed with status code 403"],
    [429, { messages: [{ messages: [{ text: "no" }] }] }, "hook_failed: webhook failed with status code 429"], [500, { messages: [{ messages: [{ text: "no" }] }] }, "hook_failed: webhook failed with status code 500"],
  ])("%i with %j", (status, body, verdict) => expect(judge(status, body)).toEqual(verdict));
  it("without parse a 200 is not read, and messages still stop the flow", () => {
    expect(judge(200, "no json", "login", { parse: false })).toEqual(GO);
    expect(judge(200, { identity: { traits: { a: 1 } } }, "registration", { parse: false })).toEqual(GO);
    expect(judge(403, { messages: [{ messages: [{ text: "no", type: "error" }] }] }, "login", { parse: false })).toMatchObject({ kind: "interrupt" });
  });
});

describe("messages", () => {
  const messages = (...groups: readonly JsonValue[]): unknown => judge(400, { messages: groups });
  it("go to the node of their pointer, or to the flow", () => {
    const one = { id: 4711, text: "This domain is not allowed.", type: "error", context: { domain: "example.net" } };
    expect(messages({ instance_ptr: "#/traits/email", messages: [one] })).toEqual({ kind: "interrupt", messages: [{ field: "traits.email", message: one }] });
    const fields = (pointer: JsonValue): unknown => (messages({ instance_ptr: pointer, messages: [one] }) as { messages: { field: unknown }[] }).messages[0]?.field;
    expect(["#/traits/name/first", "/traits/a~1b~0c", "#/password", "#/", "#", "", "traits.email", null, 5].map((pointer) => fields(pointer)))
      .toEqual(["traits.name.first", "traits.a/b~c", "password", null, null, null, null, null, null]);
  });
  it("are errors when they say so, and information otherwise", () => {
    const type = (value: JsonValue): unknown => (messages({ messages: [{ text: "x", type: value }] }) as { messages: { message: { type: string } }[] }).messages[0]?.message.type;
    expect(["error", "success", "validation", null].map((value) => type(value))).toEqual(["error", "info", "info", "info"]);
  });
  it("are bounded, printable, and never borrow a sentence of ours", () => {
    expect(messages({ messages: [{ text: `a\n\u0000b${"x".repeat(2_000)}`, id: 1e300, context: { reason_code: "too_many_requests" } }, { text: " " }, { text: 5 }, null] }))
      .toEqual({ kind: "interrupt", messages: [{ field: null, message: { id: 0, type: "info", text: `a b${"x".repeat(997)}` } }] });
    expect((messages({ messages: Array.from({ length: 99 }, () => ({ text: "x" })) }) as { messages: unknown[] }).messages).toHaveLength(20);
  });
});

describe("a changed person", () => {
  const patched = (identity: JsonValue, kind: FlowKind = "registration"): unknown => judge(200, { identity }, kind);
  it("has each given member replaced", () => {
    expect(patched({
      traits: { email: "ada@example.org", tier: "gold" }, schema_id: "vip", state: "inactive", metadata_public: { crm_id: 1042 }, metadata_admin: { risk: "low" }, external_id: "crm-1042",
      verifiable_addresses: [{ value: "ada@example.org", via: "email", verified: true, status: "completed" }, { value: "b@example.org", via: "email", verified: false }],
      recovery_addresses: [{ value: "x@example.org", via: "email" }], id: "other", credentials: { password: {} },
    })).toEqual({ kind: "go", patch: {
      traits: { email: "ada@example.org", tier: "gold" }, schemaId: "vip", state: "inactive", metadataPublic: { crm_id: 1042 }, metadataAdmin: { risk: "low" }, externalId: "crm-1042", verified: ["ada@example.org"],
    } });
  });
  it("keeps what is given empty, but for an external id", () => {
    expect(patched({ traits: {}, schema_id: "", state: "", metadata_public: {}, metadata_admin: null, verifiable_addresses: [] })).toEqual(GO);
    expect(patched({ external_id: "" })).toEqual({ kind: "go", patch: { externalId: "" } });
    expect(patched({ metadata_public: [1], metadata_admin: false })).toEqual({ kind: "go", patch: { metadataPublic: [1], metadataAdmin: false } });
  });
  it("is changed at registration and in settings only", () => {
    const traits = { traits: { a: 1 } };
    expect((["login", "recovery", "verification"] as const).map((kind) => patched(traits, kind))).toEqual([GO, GO, GO]);
    expect(patched(traits, "settings")).toEqual({ kind: "go", patch: traits });
  });
  it.each<JsonValue>([{ traits: "x" }, { traits: [1] }, { schema_id: 5 }, { state: "banned" }, { external_id: 5 }, { verifiable_addresses: "x" }])("%j is no answer", (identity) => {
    expect(patched(identity)).toEqual(expect.stringMatching(/^hook_failed/));
  });
});

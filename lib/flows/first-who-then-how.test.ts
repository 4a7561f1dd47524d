import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Flow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { reconfigure } from "../platform/testing";
import { bench, client, messageIds, PASSWORD, register, signIn } from "./testing";
import type { Bench, Client } from "./testing";
import type { FlowResult } from "./result";

/** Contract 5.12: the identifier-first style. */
let house: Bench;
beforeAll(async () => {
  house = await bench();
  await register(client(house), "ada@example.test");
  await configure({ login: "identifier_first" });
});
afterAll(() => house.close());

interface Style { readonly login?: "unified" | "identifier_first"; readonly code?: boolean; readonly password?: boolean; readonly mitigate?: boolean }
async function configure({ login = "identifier_first", code = false, password = true, mitigate = true }: Style): Promise<void> {
  const methods: JsonObject = { code: { enabled: true, passwordless_enabled: code }, password: { enabled: password }, passkey: { enabled: false }, webauthn: { enabled: false } };
  await reconfigure(house.services, { security: { account_enumeration: { mitigate } }, selfservice: { flows: { login: { style: login } }, methods } });
  house.clock.forward(2);
}
let source = 0;
function browser(transport: "browser" | "api" = "browser"): Client {
  source += 1;
  return client(house, transport, "localhost:4000", `203.0.113.${String(source)}`);
}
/** `group/name=value (type)` of every node. */
function shape(flow: Flow): readonly string[] {
  return flow.nodes.map(({ group, attributes }) => attributes.node_type === "input"
    ? `${group}/${attributes.name}=${String(attributes.value ?? "")} (${attributes.type})` : `${group}/${attributes.id}`);
}
async function name(who: Client, identifier: string): Promise<Extract<FlowResult, { kind: "form" }>> {
  const result = await who.submit(await who.start("login"), { method: "identifier_first", identifier });
  if (result.kind !== "form") throw new Error(`not a form: ${result.kind}`);
  return result;
}

describe.each(["browser", "api"] as const)("%s", (transport) => {
  test("the first screen asks who, and nothing else", async () => {
    const flow = await browser(transport).start("login");
    expect(shape(flow)).toEqual(["identifier_first/identifier= (text)", "identifier_first/method=identifier_first (submit)"]);
    const [first, second] = flow.nodes;
    expect(first?.attributes).toMatchObject({ autocomplete: "username webauthn", required: true });
    expect(second?.meta.label?.id).toBe(1_070_009);
  });

  test("the second asks how, with the name kept in a hidden field; then the sign-in goes through", async () => {
    const who = browser(transport);
    const { flow, rejected } = await name(who, " Ada@Example.TEST ");
    expect([rejected, flow.active, flow.state]).toEqual([true, "identifier_first", "choose_method"]);
    expect(shape(flow)).toEqual(["default/identifier=Ada@Example.TEST (hidden)", "password/password= (password)", "password/method=password (submit)"]);
    const wrong = await who.submit(flow, { method: "password", identifier: "Ada@Example.TEST", password: "not this one" });
    expect(messageIds(wrong)).toEqual([4_000_006]);
    expect(shape(wrong.flow)).toEqual(shape(flow));
    expect((await who.submit(flow, { method: "password", identifier: "Ada@Example.TEST", password: PASSWORD })).kind).toBe("completed");
  });

  test("no name is a missing field", async () => {
    for (const identifier of ["", "   ", "\u200b"]) {
      const result = await name(browser(transport), identifier);
      expect(result.flow.nodes[0]?.messages.map(({ id }) => id)).toEqual([4_000_002]);
    }
  });
});

test("known and unknown people see the same while enumeration is mitigated", async () => {
  const known = await name(browser(), "ada@example.test");
  const unknown = await name(browser(), "bob@example.test");
  expect(shape(unknown.flow)).toEqual(shape(known.flow).map((line) => line.replace("ada@", "bob@")));
  expect([messageIds(unknown), unknown.rejected]).toEqual([messageIds(known), known.rejected]);
});

test("nothing of it at a refresh, at a second step, or in the unified style", async () => {
  const who = browser();
  await signIn(who, "ada@example.test");
  const refresh = await who.start("login", "?refresh=true");
  expect(shape(refresh)[0]).toBe("default/identifier=ada@example.test (hidden)");
  expect(shape(await who.start("login", "?aal=aal2"))).toEqual([]);
  expect(messageIds(await who.submit(refresh, { method: "identifier_first", identifier: "ada@example.test" }))).toEqual([4_010_002]);
  await configure({ login: "unified" });
  const plain = browser();
  const flow = await plain.start("login");
  expect(shape(flow)[0]).toBe("default/identifier= (text)");
  expect(messageIds(await plain.submit(flow, { method: "identifier_first", identifier: "ada@example.test" }))).toEqual([4_010_002]);
  await configure({});
});

describe("without mitigation", () => {
  beforeAll(() => configure({ mitigate: false }));
  afterAll(() => configure({}));

  test("somebody unknown is told so, on the same screen", async () => {
    const { flow, rejected } = await name(browser(), "bob@example.test");
    expect([rejected, flow.active, flow.messages.map(({ id }) => id)]).toEqual([true, "identifier_first", [4_000_037]]);
    expect(shape(flow)[0]).toBe("identifier_first/identifier=bob@example.test (text)");
  });

  test("a known person sees what they have", async () => {
    expect(shape((await name(browser(), "ADA@example.test")).flow)).toEqual([
      "default/identifier=ADA@example.test (hidden)", "password/password= (password)", "password/method=password (submit)",
    ]);
  });

  test("trying out one name after another is held up", async () => {
    const who = browser();
    const answers = [];
    for (let index = 0; index < 13; index += 1) {
      house.clock.forward(4);
      answers.push((await name(who, `guess${String(index)}@example.test`)).retryAfterSeconds);
    }
    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => undefined));
    expect(answers.at(-1)).toBeGreaterThan(0);
  });
});

describe("where a code is the only way in", () => {
  beforeAll(() => configure({ code: true, password: false }));
  afterAll(() => configure({}));

  test("it is sent at once, and known and unknown look alike", async () => {
    const [known, unknown] = [await name(browser(), "ada@example.test"), await name(browser(), "bob@example.test")];
    for (const { flow, rejected } of [known, unknown]) expect([rejected, flow.state, flow.active]).toEqual([true, "sent_email", "code"]);
    expect(shape(unknown.flow)).toEqual(shape(known.flow).map((line) => line.replace("ada@", "bob@")));
    expect(unknown.flow.messages).toEqual(known.flow.messages);
    const project = await house.services.resolver.byHost("localhost:4000");
    if (project === null) throw new Error("no project");
    const letters = await house.services.db.forProject(project.row.id).listMessages({ limit: 50 });
    expect(letters.filter(({ template }) => template === "login_code")).toHaveLength(1);
  });
});

test("where a code is one of several ways, nothing is sent before it is chosen", async () => {
  await configure({ code: true });
  const { flow } = await name(browser(), "ada@example.test");
  expect(shape(flow)).toEqual([
    "default/identifier=ada@example.test (hidden)", "code/method=code (submit)", "password/password= (password)", "password/method=password (submit)",
  ]);
  await configure({});
});

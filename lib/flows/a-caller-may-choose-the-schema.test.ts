import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Flow } from "../model/flow";
import type { JsonObject } from "../model/identity";
import { isDomainError } from "../model/errors";
import { reconfigure } from "../platform/testing";
import { flowToWire } from "../wire/flow";
import { bench, client, PASSWORD } from "./testing";
import type { Bench } from "./testing";

const SCHEMA: JsonObject = {
  type: "object",
  properties: {
    traits: {
      type: "object", required: ["name"],
      properties: { name: { type: "string", title: "Badge", minLength: 1, "ory.sh/kratos": { credentials: { password: { identifier: true } } } } },
    },
  },
};
let house: Bench;
beforeAll(async () => {
  house = await bench();
  const url = `base64://${Buffer.from(JSON.stringify(SCHEMA)).toString("base64")}`;
  await reconfigure(house.services, {
    identity: { default_schema_id: "people", schemas: [{ id: "people", url: "preset://email" }, { id: "staff", url, selfservice_selectable: true }, { id: "hidden", url }] },
    selfservice: { flows: { registration: { style: "profile_first" } } },
  });
});
afterAll(() => house.close());

const names = (flow: Flow): readonly string[] => flow.nodes.flatMap(({ attributes }) => (attributes.node_type === "input" ? [attributes.name] : []));
const wire = (flow: Flow): JsonObject => flowToWire(flow, { action: "", csrfToken: null, baseUrl: "http://localhost:4000" });
async function refusal(run: Promise<unknown>): Promise<string> {
  return run.then(() => "went through", (error: unknown) => (isDomainError(error) ? error.code : String(error)));
}

describe.each(["browser", "api"] as const)("identity_schema, %s", (transport) => {
  test("a selectable one makes that kind of person, through both screens", async () => {
    const who = client(house, transport);
    const flow = await who.start("registration", "?identity_schema=staff");
    expect(names(flow)).toContain("traits.name");
    expect(wire(flow)["identity_schema"]).toBe("staff");
    const traits = { name: `badge-${transport}` };
    const second = await who.submit(flow, { method: "profile", traits });
    expect([second.kind, second.flow.messages.map(({ id }) => id)]).toEqual(["form", [1_040_009]]);
    const done = await who.submit(second.flow, { method: "password", traits, password: PASSWORD });
    expect(done.kind === "completed" && [done.identity.schemaId, done.identity.traits]).toEqual(["staff", traits]);
  });

  test.each(["hidden", "nobody", "__proto__"])("%s is refused before a flow exists", async (id) => {
    expect(await refusal(client(house, transport).start("registration", `?identity_schema=${id}`))).toBe("bad_request");
    expect(await refusal(client(house, transport).start("login", `?identity_schema=${id}`))).toBe("bad_request");
  });

  test("at a sign-in it is noted; at a refresh and a second step it means nothing", async () => {
    const who = client(house, transport);
    expect(wire(await who.start("login", "?identity_schema=staff"))["identity_schema"]).toBe("staff");
    expect(wire(await who.start("login"))).not.toHaveProperty("identity_schema");
    const sign = await who.start("registration");
    expect(wire(sign)).not.toHaveProperty("identity_schema");
    const traits = { email: `plain-${transport}@example.test` };
    await who.submit((await who.submit(sign, { method: "profile", traits })).flow, { method: "password", traits, password: PASSWORD });
    expect(wire(await who.start("login", "?refresh=true&identity_schema=hidden"))).not.toHaveProperty("identity_schema");
    expect(wire(await who.start("login", "?aal=aal2&identity_schema=hidden"))).not.toHaveProperty("identity_schema");
  });
});

test("an expired sign-up is replaced by one for the same kind of person", async () => {
  const who = client(house);
  const flow = await who.start("registration", "?identity_schema=staff&after_verification_return_to=http%3A%2F%2Flocalhost%3A4000%2Fthanks");
  house.clock.forward(2 * 3_600);
  const error: unknown = await who.submit(flow, {}).catch((thrown: unknown) => thrown);
  if (!isDomainError(error)) throw new Error("went through");
  const project = await house.services.resolver.byHost("localhost:4000");
  if (project === null) throw new Error("no project");
  const fresh = await house.services.db.forProject(project.row.id).findFlow("registration", error.details["useFlowId"] as never);
  expect([fresh?.internal.schemaId, fresh?.requestUrl]).toEqual(["staff", flow.requestUrl]);
});

test("after_verification_return_to is held against the allow-list before a flow exists", async () => {
  expect(await refusal(client(house).start("registration", "?after_verification_return_to=https%3A%2F%2Fevil.example%2F"))).toBe("self_service_flow_return_to_forbidden");
});

test("organization and login_challenge are ignored", async () => {
  const flow = await client(house).start("login", "?organization=x&login_challenge=y&via=email");
  expect(Object.keys(wire(flow)).filter((key) => key.startsWith("oauth2"))).toEqual([]);
  expect(wire(flow)["organization_id"]).toBeNull();
});

test("the traits stand in the group that a project's older screens look for", async () => {
  await reconfigure(house.services, { feature_flags: { password_profile_registration_node_group: "password" } });
  house.clock.forward(2);
  const groups = (flow: Flow): readonly (string | undefined)[] => flow.nodes.filter(({ attributes }) => attributes.node_type === "input" && attributes.name.startsWith("traits.")).map(({ group }) => group);
  expect(new Set(groups(await client(house).start("registration")))).toEqual(new Set(["password"]));
  await reconfigure(house.services, { feature_flags: null });
  house.clock.forward(2);
  expect(new Set(groups(await client(house).start("registration")))).toEqual(new Set(["default"]));
});

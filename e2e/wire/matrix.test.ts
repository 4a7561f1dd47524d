import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { FIRST, PAIRS, SECOND, nameOf } from "../kit/factors";
import type { FirstFactor, Pair, SecondFactor, Walk } from "../kit/factors";
import { bothWays, slugOf } from "../kit/factors-config";
import { DOORS, isNative, openDoor, sessionAt, told } from "../kit/factors-doors";
import type { Door, DoorName, Reply } from "../kit/factors-doors";
import { World, somebody } from "../kit/factors-world";
import { Native } from "../kit/client";
import { problemsOf } from "../kit/projects";
import type { ErrorJson, FlowJson, SignedInJson } from "../kit/wire";

/*
 * Every first factor with every second one, through every door of the wire, under Strict: sign up, own the second, sign out, sign in
 * and be asked for it, prove it, remove it, and no longer be asked. The lists are in ../kit/factors.ts; nothing is chosen here.
 */
vi.setConfig({ maxConcurrency: 8 });

type Possible = Extract<Pair, { kind: "possible" }>;
type Impossible = Extract<Pair, { kind: "impossible" }>;
const POSSIBLE = PAIRS.filter((pair): pair is Possible => pair.kind === "possible");
const IMPOSSIBLE = PAIRS.filter((pair): pair is Impossible => pair.kind === "impossible");
const WALKS = POSSIBLE.flatMap((pair) => DOORS.map((door) => ({ pair, door, title: `${nameOf(pair)}: ${door}` })));
const OPEN = WALKS.filter(({ pair, door }) => !isNative(door) || (pair.first.native && pair.second.native));
const CLOSED = WALKS.filter((walk) => !OPEN.includes(walk));

let world: World;
const underway = new Map<string, Walk>();
beforeAll(async () => {
  world = await World.begin(POSSIBLE.map(({ needs }) => needs));
});
afterAll(() => world.end());

test("every pair is in the matrix: walked, or impossible by configuration", () => {
  expect(POSSIBLE.length + IMPOSSIBLE.length).toBe(FIRST.length * SECOND.length);
  expect(IMPOSSIBLE.map(nameOf)).toEqual([
    "code by mail + code by text message", "code by mail + code by mail to another address", "passkey as one factor + passkey", "key alone + security key",
  ]);
  expect(OPEN.length + CLOSED.length).toBe(POSSIBLE.length * DOORS.length);
  expect(CLOSED.every(({ pair }) => [pair.first, pair.second].some(({ method }) => method === "webauthn"))).toBe(true);
});

describe("sign up, own the second, sign out", () => {
  test.concurrent.each(OPEN)("$title", async ({ pair, door, title }) => {
    const walk = walkOf(pair, door);
    await pair.first.register(walk);
    expect(levels(await sessionAt(walk.door))).toEqual([[pair.first.method, "aal1"]]);
    await pair.second.enrol(walk);
    // Enrolling proves it (contract 4.10), but an address proves nothing by being written down: there it is asked for at once.
    if (pair.second.method === "code") await expectLevelTooLow(walk.door);
    else expect(levels(await sessionAt(walk.door))).toEqual([[pair.first.method, "aal1"], [pair.second.method, "aal2"]]);
    await walk.door.signOut();
    expect((await walk.door.whoami()).status).toBe(401);
    underway.set(title, walk);
  });
});

describe("a minute later: sign in with the first, be asked for the second, prove it, remove it", () => {
  beforeAll(() => world.passSeconds(65));

  test.concurrent.each(OPEN)("$title", async ({ pair: { first, second }, title }) => {
    const walk = resumed(title);
    const { door } = walk;
    const reply = await first.signIn(walk);
    const isAsked = first.aal === "aal1" && second.raises;
    if (isAsked) await expectAsked(door, reply);
    else await expectSignedIn(door, reply, first);

    // Somebody at aal2 already proves it once more instead.
    const flow = await door.start("login", first.aal === "aal2" ? { aal: "aal2", refresh: true } : { aal: "aal2" });
    expect(flow.requested_aal).toBe("aal2");
    expect(groupsOf(flow)).toContain(second.method);
    const proved = await second.prove(walk, flow);
    expect(proved.status, told(proved)).toBe(door.kind === "html" ? 303 : 200);
    const session = await sessionAt(door);
    expect(session.authenticator_assurance_level).toBe("aal2");
    expect(levels(session)).toEqual([[first.method, first.aal], [second.method, "aal2"]]);
    expect(session.identity?.traits).toMatchObject({ email: walk.person.email });

    await second.remove(walk);
    const left = await door.start("login", { aal: "aal2", refresh: true });
    if (first.method !== second.method) expect(groupsOf(left)).not.toContain(second.method);
    await door.signOut();
  });
});

describe("another minute later: what was removed is not asked for, and the first is enough", () => {
  beforeAll(() => world.passSeconds(65));

  test.concurrent.each(OPEN)("$title", async ({ pair: { first }, title }) => {
    const walk = resumed(title);
    await expectSignedIn(walk.door, await first.signIn(walk), first);
    expect(levels(await sessionAt(walk.door))).toEqual([[first.method, first.aal]]);
  });
});

describe("what a configuration cannot have both ways", () => {
  test.each([...new Set(IMPOSSIBLE.map(({ method }) => method))])("%s as first and as second factor is refused", async (method) => {
    expect((await problemsOf(bothWays(method))).join("\n")).toMatch({ code: /mfa_enabled.*both halves/, webauthn: /webauthn.*passwordless/, passkey: /passkey.*aal2_on_user_verification/ }[method]);
  });

  test.each(IMPOSSIBLE.map((pair) => [nameOf(pair), pair] as const))("%s: where it signs people in, it is no second step", async (_name, { first, second }) => {
    const needs = POSSIBLE.find((pair) => pair.first === first)?.needs;
    if (needs === undefined) throw new Error("no project has this first factor");
    const walk: Walk = { world, door: openDoor("SPA, @ory/client", { server: world.server, host: `${slugOf(needs)}.localhost` }), person: somebody(originOf(slugOf(needs))) };
    await first.register(walk);
    await second.enrol(walk);
    // Owning it asks for nothing, and no step-up offers it.
    expect((await sessionAt(walk.door)).authenticator_assurance_level).toBe("aal1");
    expect(groupsOf(await walk.door.start("login", { aal: "aal2" }))).not.toContain(second.method);
  });
});

describe("what apps have no nodes for", () => {
  test.each([...new Set(CLOSED.map(({ pair }) => slugOf(pair.needs)))])("security keys, in %s", async (slug) => {
    const app = new Native(world.server, { host: `${slug}.localhost` });
    for (const kind of ["login", "registration"] as const) expect(groupsOf(await app.start(kind))).not.toContain("webauthn");
    const done = await app.submit(await app.start("registration"), { method: "password", traits: { email: somebody("").email }, password: "four quiet ladders in a barn" });
    app.token = done.json<SignedInJson>().session_token ?? null;
    expect(groupsOf(await app.start("settings"))).not.toContain("webauthn");
  });
});

function walkOf(pair: Possible, name: DoorName): Walk {
  const slug = slugOf(pair.needs);
  return {
    world, door: openDoor(name, { server: world.server, host: `${slug}.localhost` }), person: somebody(originOf(slug)),
  };
}
function originOf(slug: string): string {
  return new URL(world.server.url("/", `${slug}.localhost`)).origin;
}
function resumed(title: string): Walk {
  const walk = underway.get(title);
  if (walk === undefined) throw new Error("this walk ended before: see its first part");
  return walk;
}

async function expectAsked(door: Door, reply: Reply): Promise<void> {
  if (reply.location !== null) {
    expect(reply.status).toBe(303);
    expectStepUp(reply.location);
  } else if (door.kind === "native") {
    // A usable token, and nobody's name with it (contract 1.2).
    expect(reply.status, told(reply)).toBe(200);
    expect((reply.body as SignedInJson).session.identity ?? null).toBeNull();
    expect((reply.body as SignedInJson).session_token).toMatch(/^ory_st_/);
  } else {
    expect(reply.status, told(reply)).toBe(422);
    expect((reply.body as ErrorJson).error.id).toBe("browser_location_change_required");
    expectStepUp((reply.body as ErrorJson).redirect_browser_to ?? "");
  }
  await expectLevelTooLow(door);
}
async function expectLevelTooLow(door: Door): Promise<void> {
  const whoami = await door.whoami();
  expect([whoami.status, (whoami.body as ErrorJson).error.id]).toEqual([403, "session_aal2_required"]);
}
function expectStepUp(address: string): void {
  const url = new URL(address);
  expect([url.pathname, url.searchParams.get("aal")]).toEqual(["/self-service/login/browser", "aal2"]);
}

async function expectSignedIn(door: Door, reply: Reply, first: FirstFactor): Promise<void> {
  if (reply.location !== null) {
    expect(reply.status).toBe(303);
    expect(new URL(reply.location).searchParams.get("aal")).toBeNull();
  } else {
    expect(reply.status, told(reply)).toBe(200);
    expect((reply.body as SignedInJson).session.identity?.id).toBeTypeOf("string");
  }
  expect((await sessionAt(door)).authenticator_assurance_level).toBe(first.aal);
}

function levels({ authentication_methods: methods }: { readonly authentication_methods: readonly { readonly method: string; readonly aal: string }[] }): readonly (readonly string[])[] {
  return methods.map(({ method, aal }) => [method, aal]);
}

/** Methods that a flow asks for; the script of passkeys stands in the group of keys and asks for nothing (contract 5.8). */
function groupsOf(flow: FlowJson): ReadonlySet<SecondFactor["method"]> {
  return new Set(flow.ui.nodes.filter(({ type }) => type !== "script").map(({ group }) => group));
}

import { afterAll, beforeAll, expect, test } from "vitest";
import { projectTemplate } from "../config/defaults";
import { isDomainError } from "../model/errors";
import type { Flow } from "../model/flow";
import { DEFAULT_WORKSPACE_ID } from "../platform/first-boot";
import { createProject } from "../platform/projects";
import { bench, client, codeOf, enrolTotp, messageIds, PASSWORD, register, secretOf, signIn } from "./testing";
import type { Bench, Client } from "./testing";

const LAX = "lax.localhost:4000";
let house: Bench;
beforeAll(async () => {
  house = await bench();
  await createProject({
    platform: house.services.db.platform, hosts: house.services.env, workspaceId: DEFAULT_WORKSPACE_ID, slug: "lax", name: "Lax",
    author: { kind: "system", id: null, label: "test" }, document: projectTemplate("app", { lax: true }), now: house.clock.now(),
  });
});
afterAll(async () => { await house.close(); });

async function codeOfRefusal(run: Promise<unknown>): Promise<string | null> {
  try {
    await run;
    return null;
  } catch (error) {
    return isDomainError(error) ? error.code : "unexpected";
  }
}

async function read(who: Client, flow: Flow): Promise<Flow> {
  return house.services.engine.read(flow.kind, flow.id, await who.request(`/self-service/${flow.kind}/flows?id=${flow.id}`));
}

test("a secret made in one session cannot be planted in another of the same person", async () => {
  const victim = client(house);
  await register(victim, "victim@example.test");
  const thief = client(house);
  await signIn(thief, "victim@example.test");
  const planted = await thief.start("settings");
  expect(await codeOfRefusal(read(victim, planted))).toBe("self_service_flow_expired");
  const code = await codeOf(secretOf(planted), house);
  expect(await codeOfRefusal(victim.submit(planted, { method: "totp", totp_code: code }))).toBe("self_service_flow_expired");
  expect((await victim.request("/")).session?.subject.availableAal).toBe("aal1");
});

test("recovery codes on a screen are for the session that made them, and only inside the window", async () => {
  const owner = client(house, "browser", LAX);
  await register(owner, "codes@example.test");
  await enrolTotp(owner, house);
  house.clock.forward(60);
  const flow = await owner.start("settings");
  const shown = await owner.submit(flow, { lookup_secret_regenerate: true });
  const holdsCodes = (page: Flow): boolean => page.nodes.some(({ attributes }) => attributes.node_type === "text" && attributes.id === "lookup_secret_codes");
  expect(holdsCodes(shown.flow)).toBe(true);
  expect(holdsCodes(await read(owner, flow))).toBe(true);
  const thief = client(house, "browser", LAX);
  await signIn(thief, "codes@example.test");
  expect(await codeOfRefusal(read(thief, flow))).toBe("self_service_flow_expired");
  house.clock.forward(40 * 60);
  expect(holdsCodes(await read(owner, flow))).toBe(false);
});

test("freshness is never made without a proof: new recovery codes do not keep an old session privileged", async () => {
  const person = client(house);
  await register(person, "stale-codes@example.test");
  await enrolTotp(person, house);
  house.clock.forward(14 * 60);
  const flow = await person.start("settings");
  await person.submit(flow, { lookup_secret_regenerate: true });
  expect(await person.submit(flow, { lookup_secret_confirm: true })).toMatchObject({ kind: "completed" });
  const methods = (await person.request("/")).session?.session.methods ?? [];
  expect(methods.map(({ method }) => method)).toEqual(["password", "totp", "lookup_secret"]);
  house.clock.forward(2 * 60);
  expect(await codeOfRefusal(person.submit(await person.start("settings"), { totp_unlink: true }))).toBe("session_refresh_required");
});

test("a refresh that names nobody counts against the person, like any other try", async () => {
  const person = client(house);
  await register(person, "refresh@example.test");
  for (let attempt = 0; attempt < 5; attempt += 1) {
    expect(messageIds(await person.submit(await person.start("login", "?refresh=true"), { method: "password", password: `wrong guess ${attempt}` }))).toEqual([4000006]);
  }
  const waited = await person.submit(await person.start("login", "?refresh=true"), { method: "password", password: PASSWORD });
  expect(waited).toMatchObject({ kind: "form", rejected: true, retryAfterSeconds: 30 });
});

test("a guess at somebody else's password is not counted on a lane of one's own", async () => {
  await register(client(house), "guessed@example.test");
  const thief = client(house);
  await register(thief, "thief@example.test");
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await thief.submit(await thief.start("login", "?refresh=true"), { method: "password", identifier: "guessed@example.test", password: `wrong guess ${attempt}` });
    await thief.submit(await thief.start("login", "?refresh=true"), { method: "password", identifier: "thief@example.test", password: PASSWORD });
  }
  const waited = await thief.submit(await thief.start("login", "?refresh=true"), { method: "password", identifier: "guessed@example.test", password: PASSWORD });
  expect(waited).toMatchObject({ kind: "form", retryAfterSeconds: 30 });
});

test("a change that a revoked session began is not saved", async () => {
  const thief = client(house);
  await register(thief, "revoked@example.test");
  const flow = await thief.start("settings");
  const request = await thief.request(`/self-service/settings?flow=${flow.id}`);
  const running = house.services.engine.submit("settings", flow.id, { method: "password", password: "the thief chose this one" }, {
    ...request,
    handle: {
      ...request.handle,
      // The owner ends this session after the guard looked and before the change is written.
      async transaction(run) {
        await request.handle.transaction((tx) => tx.revokeOtherSessions(request.session!.identity.id, null, request.now));
        return request.handle.transaction(run);
      },
    },
  });
  expect(messageIds(await running)).toEqual([4000001]);
  expect(await signIn(client(house), "revoked@example.test")).toMatchObject({ kind: "completed" });
});

test("a refused change leaves one audit record", async () => {
  const owner = client(house, "browser", LAX);
  await register(owner, "audited@example.test");
  await enrolTotp(owner, house);
  house.clock.forward(60);
  const other = client(house, "browser", LAX);
  await signIn(other, "audited@example.test");
  const { handle } = await other.request("/");
  const flow = await other.start("settings");
  const before = (await handle.listAudit({ limit: 1 }))[0]?.sequence ?? 0;
  expect(await codeOfRefusal(other.submit(flow, { totp_unlink: true }))).toBe("session_aal2_required");
  const [newest] = await handle.listAudit({ limit: 1 });
  expect(newest).toMatchObject({ sequence: before + 1, action: "settings.refused", result: "rejected" });
});

test("only a sign-in that went as far as the person can makes a known browser", async () => {
  const owner = client(house, "browser", LAX);
  await register(owner, "known@example.test");
  await enrolTotp(owner, house);
  house.clock.forward(60);
  const half = await signIn(client(house, "browser", LAX), "known@example.test");
  expect(half).toMatchObject({ kind: "completed", next: { kind: "allow" }, issued: { knownDevice: false } });
});

test("a session at aal2 does not outlive its second proof by refreshing the password", async () => {
  const person = client(house);
  await register(person, "long@example.test");
  await enrolTotp(person, house);
  const proved = house.clock.now().getTime();
  house.clock.forward(20 * 3_600);
  await person.submit(await person.start("login", "?refresh=true"), { method: "password", password: PASSWORD });
  const end = (await person.request("/")).session?.session.expiresAt.getTime() ?? 0;
  expect(end).toBe(proved + 24 * 3_600_000);
});

test("one expired flow does not become many", async () => {
  const spammer = client(house, "browser", "localhost:4000", "203.0.113.9");
  const flow = await spammer.start("login");
  house.clock.forward(2 * 3_600);
  const outcomes = [];
  for (let attempt = 0; attempt < 70; attempt += 1) {
    outcomes.push(await codeOfRefusal(spammer.submit(flow, { method: "password", identifier: "x", password: "y" })));
  }
  expect(outcomes.filter((code) => code === "self_service_flow_expired").length).toBeLessThanOrEqual(60);
  expect(outcomes.at(-1)).toBe("too_many_requests");
});

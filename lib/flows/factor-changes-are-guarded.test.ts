import { afterAll, beforeAll, expect, test } from "vitest";
import { projectTemplate } from "../config/defaults";
import type { JsonObject } from "../model/identity";
import { isDomainError } from "../model/errors";
import { createProject } from "../platform/projects";
import { DEFAULT_WORKSPACE_ID } from "../platform/first-boot";
import { bench, client, codeOf, enrolTotp, messageIds, register, signIn } from "./testing";
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

async function refusal(run: Promise<unknown>): Promise<{ readonly code: string; readonly redirectTo: unknown } | null> {
  try {
    await run;
    return null;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { code: error.code, redirectTo: error.details["redirectTo"] };
  }
}

async function withTotp(email: string, host: string): Promise<{ readonly secret: string; readonly fresh: Client }> {
  const owner = client(house, "browser", host);
  await register(owner, email);
  const secret = await enrolTotp(owner, house);
  house.clock.forward(60);
  const fresh = client(house, "browser", host);
  await signIn(fresh, email);
  return { secret, fresh };
}

test("Lax opens settings at aal1, but a stolen password removes no authenticator", async () => {
  const { fresh, secret } = await withTotp("lax@example.test", LAX);
  const flow = await fresh.start("settings");
  const refused = await refusal(fresh.submit(flow, { totp_unlink: true }));
  expect(refused?.code).toBe("session_aal2_required");
  expect(refused?.redirectTo).toBe(
    `http://${LAX}/self-service/login/browser?aal=aal2&return_to=${encodeURIComponent(`http://${LAX}/self-service/settings?flow=${flow.id}`)}`);

  const step = await fresh.start("login", "?aal=aal2");
  await fresh.submit(step, { method: "totp", totp_code: await codeOf(secret, house) });
  const resumed = await fresh.resume(flow);
  expect(resumed).toMatchObject({ kind: "completed" });
  expect((await fresh.request("/")).session?.subject.availableAal).toBe("aal1");
  expect(await fresh.resume(flow)).toMatchObject({ kind: "form" });
});

test("a profile text needs only the settings area; the address that signs in is guarded like a factor", async () => {
  const { fresh } = await withTotp("profile@example.test", LAX);
  const flow = await fresh.start("settings");
  const email = "profile@example.test";
  expect(await fresh.submit(flow, { method: "profile", traits: { email, name: { first: "Ada" } } as JsonObject })).toMatchObject({ kind: "completed" });
  expect((await refusal(fresh.submit(flow, { method: "profile", traits: { email: "thief@example.test" } })))?.code).toBe("session_aal2_required");
});

test("Strict refuses the settings form itself at aal1", async () => {
  const { fresh } = await withTotp("strict@example.test", "localhost:4000");
  const refused = await refusal(fresh.start("settings", "?return_to=/orders"));
  expect(refused?.code).toBe("session_aal2_required");
  expect(String(refused?.redirectTo)).toContain("aal=aal2");
});

test("a stale second factor is asked again at its own level, and the parked change goes on by itself", async () => {
  const { fresh, secret } = await withTotp("stale@example.test", "localhost:4000");
  await fresh.submit(await fresh.start("login", "?aal=aal2"), { method: "totp", totp_code: await codeOf(secret, house) });
  house.clock.forward(16 * 60);
  await fresh.submit(await fresh.start("login", "?refresh=true"), {
    method: "password", identifier: "stale@example.test", password: "a ladder with seven rungs",
  });
  const flow = await fresh.start("settings");
  const refused = await refusal(fresh.submit(flow, { method: "password", password: "another ladder, a longer one" }));
  expect(refused?.code).toBe("session_refresh_required");
  expect(new URL(String(refused?.redirectTo)).searchParams.get("aal")).toBe("aal2");
  expect(new URL(String(refused?.redirectTo)).searchParams.get("refresh")).toBe("true");
  await fresh.submit(await fresh.start("login", "?refresh=true&aal=aal2"), { method: "totp", totp_code: await codeOf(secret, house) });
  expect(await fresh.resume(flow)).toMatchObject({ kind: "completed" });
  const other = client(house);
  expect(messageIds(await signIn(other, "stale@example.test"))).toEqual([4000006]);
});

test("a person without a second factor enrols inside the privileged window and refreshes with the first factor outside it", async () => {
  const person = client(house);
  await register(person, "first@example.test");
  house.clock.forward(16 * 60);
  const flow = await person.start("settings");
  const refused = await refusal(person.submit(flow, { method: "password", password: "another ladder, a longer one" }));
  expect(refused?.code).toBe("session_refresh_required");
  expect(new URL(String(refused?.redirectTo)).searchParams.get("aal")).toBeNull();
});

test("removing a factor ends the other sessions of the person and keeps the acting one", async () => {
  const owner = client(house);
  await register(owner, "ends@example.test");
  const other = client(house);
  await signIn(other, "ends@example.test");
  await enrolTotp(owner, house);
  house.clock.forward(60);
  const flow = await owner.start("settings");
  expect(await owner.submit(flow, { totp_unlink: true })).toMatchObject({ kind: "completed" });
  expect((await owner.request("/")).session).not.toBeNull();
  expect((await other.request("/")).session).toBeNull();
});

test("another person's settings flow is refused", async () => {
  const ada = client(house);
  const mallory = client(house);
  await register(ada, "ada-flow@example.test");
  await register(mallory, "mallory-flow@example.test");
  const flow = await ada.start("settings");
  expect((await refusal(mallory.submit(flow, { method: "profile", traits: { email: "x@example.test" } })))?.code).toBe("security_identity_mismatch");
});

test("every state change and every refusal leaves one audit record, and the chain verifies", async () => {
  const person = client(house);
  await register(person, "audit@example.test");
  const { handle } = await person.request("/");
  const before = (await handle.listAudit({ limit: 1 }))[0]?.sequence ?? 0;
  await signIn(client(house), "audit@example.test");
  await client(house).submit(await client(house, "api").start("login"), { method: "password", identifier: "audit@example.test", password: "wrong wrong wrong" })
    .catch(() => null);
  const [newest] = await handle.listAudit({ limit: 1 });
  expect(newest?.sequence).toBe(before + 2);
});

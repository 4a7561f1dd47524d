import { afterAll, beforeAll, expect, test } from "vitest";
import type { IdentityId } from "../model/ids";
import { readTwoFactor, writeTwoFactor } from "./console";
import type { Admin, TwoFactorInput } from "./console";
import { openExchange } from "./exchange";
import type { Exchange } from "./exchange";
import { registerIn, testEdge } from "./testing";
import type { TestEdge } from "./testing";

let edge: TestEdge;
let exchange: Exchange;
let admin: Admin;
beforeAll(async () => {
  edge = await testEdge();
  const client = edge.client();
  await registerIn(client, "owner@garden.test", "kettle violin 93 marsh");
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  exchange = await openExchange({ headers: new Headers({ host: "localhost:4000", cookie }), target: "/console" }, edge.services);
  const view = exchange.session!;
  await edge.db.platform.insertAdmin(view.identity.id, "owner", exchange.now);
  admin = { session: view.session, identity: view.identity };
});
afterAll(() => edge.close());

const choices = (signIn: "strict" | "lax", comment: string): TwoFactorInput => ({
  signIn, settings: "strict", comment,
  protectedPaths: [{ prefix: "/payment", requiredAal: "aal2", maxAgeSeconds: 600 }, { prefix: "/vault", requiredAal: "highest_available", maxAgeSeconds: null }],
});

test("a save is a new revision that the next request obeys, in words and with its author", async () => {
  const before = await readTwoFactor(exchange, "default");
  expect([before?.revision, before?.signIn]).toEqual([1, "strict"]);
  expect(await writeTwoFactor(exchange, admin, "default", 1, choices("lax", "calmer"))).toEqual({ kind: "saved", revision: 2 });
  const after = await readTwoFactor(exchange, "default");
  expect(after).toMatchObject({ revision: 2, signIn: "lax", settings: "strict" });
  expect(after?.protectedPaths).toContainEqual({ prefix: "/vault", requiredAal: "highest_available", maxAgeSeconds: null });
  expect(after?.history[0]).toMatchObject({ number: 2, author: "owner@garden.test", comment: "calmer", summary: expect.arrayContaining(["Sign-in: Strict to Lax"]) as string[] });
  const next = await openExchange({ headers: new Headers({ host: "localhost:4000" }), target: "/" }, edge.services);
  expect(next.project.config.policy.signIn).toBe("lax");
});

test("two who read the same revision: one saves, the other is told who, and nothing of theirs is written", async () => {
  const results = await Promise.all([
    writeTwoFactor(exchange, admin, "default", 2, choices("strict", "first")), writeTwoFactor(exchange, admin, "default", 2, choices("strict", "second")),
  ]);
  expect(results.map(({ kind }) => kind).sort()).toEqual(["conflict", "saved"]);
  expect(results.find(({ kind }) => kind === "conflict")).toMatchObject({ current: 3, changedBy: "owner@garden.test", yours: { signIn: "strict" } });
  expect((await readTwoFactor(exchange, "default"))?.revision).toBe(3);
});

test("a policy that cannot be is refused with the place and the reason; a stranger is refused altogether", async () => {
  const twice = { ...choices("strict", ""), protectedPaths: [{ prefix: "/a", requiredAal: "aal2", maxAgeSeconds: null }, { prefix: "/a/", requiredAal: "aal2", maxAgeSeconds: null }] } as const;
  const answer = await writeTwoFactor(exchange, admin, "default", 3, twice);
  expect(answer).toMatchObject({ kind: "invalid", problems: [{ path: expect.stringContaining("protected_paths") as string }] });
  const stranger: Admin = { ...admin, identity: { ...admin.identity, id: "0a8f5c1e-7c1d-4d0b-9b61-5e2f3a4c6d99" as IdentityId } };
  await expect(writeTwoFactor(exchange, stranger, "default", 3, choices("lax", ""))).rejects.toMatchObject({ code: "forbidden" });
});

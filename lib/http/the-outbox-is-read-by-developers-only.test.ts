import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { enqueue } from "../courier/outbox";
import type { Project } from "../model/project";
import type { Services } from "../services";
import { newestCode, readOutbox } from "./outbox";
import { testEdge } from "./testing";
import type { TestEdge } from "./testing";

let edge: TestEdge;
let project: Project;

beforeAll(async () => {
  edge = await testEdge();
  const found = await edge.services.resolver.byHost("localhost:4000");
  if (found === null) throw new Error("no project");
  project = found;
  const { keys, db, clock } = edge.services;
  const put = (code: string, to: string) => db.forProject(project.row.id).transaction((tx) => enqueue(tx, keys, project.row.id, {
    via: "email", to, template: "login_code", locale: "fr", data: { code, minutes: 10 }, identityId: null, dedupe: randomUUID(), expiresAt: null,
  }, clock.now()));
  await put("111111", "ann@example.com");
  edge.pass(1_000);
  await put("222222", "ann@example.com");
  await put("333333", "bea@example.com");
});
afterAll(() => edge.close());

const exchange = (services: Services) => ({ services, project, handle: services.db.forProject(project.row.id) });
const inProduction = (services: Services): Services => ({ ...services, env: { ...services.env, mode: "production" } });

describe("the outbox of a project", () => {
  test("is shown newest first, as its receiver reads it, before anything was sent", async () => {
    const letters = await readOutbox(exchange(edge.services));
    expect(letters).toHaveLength(3);
    expect(letters?.at(-1)).toMatchObject({
      status: "queued", channel: "email", at: "2026-07-01T10:00:00Z", letter: { to: "ann@example.com", code: "111111", subject: expect.stringContaining("111111 est votre code") as string },
    });
  });

  test("tells the newest code of an address", async () => {
    expect((await newestCode(edge.services, " Ann@Example.com "))[0]).toBe("222222");
    expect(await newestCode(edge.services, "nobody@example.com")).toEqual([]);
  });

  test("does not exist in production", async () => {
    expect(await readOutbox(exchange(inProduction(edge.services)))).toBeNull();
    expect(await newestCode(inProduction(edge.services), "ann@example.com")).toEqual([]);
  });
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { BASE, testEdge } from "./testing";
import type { TestEdge } from "./testing";

let edge: TestEdge;
beforeAll(async () => { edge = await testEdge(); });
afterAll(() => edge.close());

it("D3: where passkeys are added and managed, in one answer, to anybody", async () => {
  const { status, body, headers } = await edge.client().json("GET", "/.well-known/passkey-endpoints");
  expect([status, body]).toEqual([200, { enroll: expect.stringMatching(/^http:\/\/localhost:4000\/\S+$/) as unknown, manage: expect.stringMatching(/^http:\/\/localhost:4000\//) as unknown }]);
  expect([headers.get("content-type"), headers.get("access-control-allow-origin"), headers.get("set-cookie")]).toEqual(["application/json; charset=utf-8", "*", null]);
});

it("D6: exactly the configured origins", async () => {
  const { status, body } = await edge.client().json("GET", "/.well-known/webauthn");
  expect([status, body]).toEqual([200, { origins: [BASE] }]);
});

it("D5: anything but a question is refused", async () => {
  for (const path of ["/.well-known/passkey-endpoints", "/.well-known/webauthn"]) {
    expect((await edge.client().json("POST", path, {})).status).toBe(405);
    expect((await edge.client().send("HEAD", path)).status).toBe(200);
  }
});

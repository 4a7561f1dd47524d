import { expect, test } from "vitest";
import type { JsonObject } from "../model/identity";
import { enrolmentOf, withMethods, withTwoFactor } from "./console-document";
import type { MethodsInput } from "./console-document";

const METHODS: MethodsInput = {
  password: true, totp: false, issuer: "", lookupSecret: false, webauthn: "off", webauthnRpId: "", passkey: false, passkeyCounts: false, passkeyRpId: "", code: "off",
  windowMinutes: 0, lifespanHours: 0, comment: "",
};

test("a time goes through the decimals of a form and means what it meant", () => {
  for (const seconds of [31, 62, 65, 3_661, 86_399]) {
    const document: JsonObject = { selfservice: { flows: { settings: { privileged_session_max_age: `${String(seconds)}s` } } }, session: { lifespan: `${String(seconds)}s` } };
    expect(withMethods(document, { ...METHODS, windowMinutes: Number(String(seconds / 60)), lifespanHours: Number(String(seconds * 1_000 / 3_600_000)) }), String(seconds)).toBe(document);
  }
});

test("the hour of a date stays while its day does", () => {
  const document: JsonObject = { rung: { enrolment: { mode: "required-from-date", from: "2027-01-01T09:30:00Z" } } };
  const changed = (from: string): unknown => withTwoFactor(document, {
    signIn: "strict", settings: "strict", protectedPaths: [], comment: "", enrolment: { ...enrolmentOf(document), from },
  })["rung"];
  expect(changed("2027-01-01T00:00:00Z")).toEqual(document["rung"]);
  expect(changed("2027-01-02T00:00:00Z")).toEqual({ enrolment: { mode: "required-from-date", from: "2027-01-02T00:00:00Z" } });
  expect(changed("2027-01-01T12:00:00Z")).toEqual({ enrolment: { mode: "required-from-date", from: "2027-01-01T12:00:00Z" } });
});

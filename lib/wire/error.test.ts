import { describe, expect, test } from "vitest";
import type { DomainErrorCode } from "../model/errors";
import { DOMAIN_ERROR_CODES, DomainError, DuplicateIdentifier } from "../model/errors";
import { ERROR_TABLE } from "./error-table";
import { toWireError } from "./error";

/** Status and id of every code, by hand from the contract's part 3.3 and from what the model says of our own codes. */
const EXPECTED: Readonly<Record<DomainErrorCode, readonly [number, string | null]>> = {
  session_inactive: [401, "session_inactive"], unauthorized: [401, null], session_aal1_required: [401, "session_aal1_required"],
  session_aal2_required: [403, "session_aal2_required"], session_refresh_required: [403, "session_refresh_required"],
  session_already_available: [400, "session_already_available"], session_verified_address_required: [403, "session_verified_address_required"],
  flow_id_missing: [400, null], flow_not_found: [404, null], self_service_flow_expired: [410, "self_service_flow_expired"],
  self_service_flow_replaced: [410, "self_service_flow_replaced"], self_service_flow_disabled: [400, "self_service_flow_disabled"],
  self_service_flow_return_to_forbidden: [400, "self_service_flow_return_to_forbidden"], flow_completed: [400, null], method_disabled: [404, null],
  browser_location_change_required: [422, "browser_location_change_required"], security_csrf_violation: [403, "security_csrf_violation"],
  security_identity_mismatch: [403, "security_identity_mismatch"], identity_disabled: [400, "identity_disabled"], logout_token_missing: [400, null],
  logout_token_wrong: [403, null], bad_request: [400, null], unsupported_media_type: [415, null], payload_too_large: [413, null],
  method_not_allowed: [405, null], not_found: [404, null], forbidden: [403, null], unknown_host: [404, null], too_many_requests: [429, null],
  config_invalid: [400, null], revision_conflict: [409, null], conflict: [409, null], feature_not_available: [403, "feature_not_available"], setup_link_invalid: [410, null], hook_interrupted: [400, null], hook_failed: [502, null],
  hook_timeout: [504, null], upstream_failed: [502, null], upstream_unavailable: [502, null], token_exchange_pending: [422, null], unknown_tokenizer: [400, null], busy: [503, null], unavailable: [503, null],
  internal: [500, null],
};
const wire = (code: DomainErrorCode, details: Record<string, unknown> = {}): ReturnType<typeof toWireError> => toWireError(new DomainError(code, details));

test.each(DOMAIN_ERROR_CODES)("%s has its status, id and headers", (code) => {
  const [status, id] = EXPECTED[code];
  const answer = wire(code, { secret: "s3cret" });
  const error = answer.body["error"] as Record<string, unknown>;
  expect(answer.status).toBe(status);
  expect(error["code"]).toBe(status);
  expect("id" in error ? error["id"] : null).toBe(id);
  expect(answer.headers["Ory-Error-Id"]).toBe(id ?? "");
  expect("Retry-After" in answer.headers).toBe(status === 429 || status === 503);
  expect("Allow" in answer.headers).toBe(status === 405);
  for (const field of ["status", "message", "reason"]) expect(error[field]).toMatch(/\w/);
  expect(error["status"]).not.toBe("Error");
  expect(JSON.stringify(answer)).not.toContain("s3cret");
  expect(Object.keys(ERROR_TABLE)).toContain(code);
});

describe("fields beside the error", () => {
  const redirectTo = "https://auth.test/self-service/login/browser?aal=aal2";

  test("aal2 says where to go twice, refresh and location change once", () => {
    expect(wire("session_aal2_required", { redirectTo }).body).toMatchObject({
      redirect_browser_to: redirectTo, error: { details: { redirect_browser_to: redirectTo } },
    });
    for (const code of ["session_refresh_required", "browser_location_change_required"] as const) {
      const { body } = wire(code, { redirectTo });
      expect(body["redirect_browser_to"]).toBe(redirectTo);
      expect(body["error"]).not.toHaveProperty("details");
    }
  });

  test("an expired flow names its successor at submit, with integer nanoseconds", () => {
    const { body } = wire("self_service_flow_expired", { expiredAt: new Date("2026-07-01T10:00:00Z"), sinceMs: 192_000, useFlowId: "9f6f" });
    expect(body).toMatchObject({ expired_at: "2026-07-01T10:00:00Z", since: 192_000_000_000, use_flow_id: "9f6f" });
    expect(body["error"]).toMatchObject({ reason: "This flow ended 3.20 minutes ago. Start a new one." });
    expect(body["error"]).not.toHaveProperty("details");
  });

  test("an expired flow at fetch puts its hints inside", () => {
    const browser = wire("self_service_flow_expired", { atFetch: true, sinceMs: 1, expiredAt: new Date(0), redirectTo: "https://a.test/x", returnTo: "https://a.test/" });
    expect(Object.keys(browser.body)).toEqual(["error"]);
    expect(browser.body["error"]).toMatchObject({ details: { redirect_to: "https://a.test/x", return_to: "https://a.test/" } });
    const api = toWireError(new DomainError("self_service_flow_expired", { atFetch: true, api: "/self-service/login/api" }), { baseUrl: "https://a.test/" });
    expect(api.body["error"]).toMatchObject({ details: { api: "https://a.test/self-service/login/api" } });
  });

  test("a replaced flow names its successor", () => {
    expect(wire("self_service_flow_replaced", { useFlowId: "9f6f" }).body["use_flow_id"]).toBe("9f6f");
  });

  test("a forged request explains itself, an unconfirmed address says how to go on", () => {
    expect(wire("security_csrf_violation", { hint: "h", rejectReason: "r" }).body["error"]).toMatchObject({ details: { hint: "h", reject_reason: "r" } });
    const continueWith = [{ action: "show_verification_ui", flow: { id: "7c3e", verifiable_address: "a@b.test" } }];
    expect(wire("session_verified_address_required", { continueWith }).body["error"]).toMatchObject({ details: { continue_with: continueWith } });
  });

  test("everything else has nothing beside it", () => {
    const busy = DOMAIN_ERROR_CODES.filter((code) => !/aal2|refresh_required|location_change|expired|replaced/.test(code));
    for (const code of busy) expect(Object.keys(wire(code, { redirectTo, useFlowId: "x" }).body)).toEqual(["error"]);
  });
});

test("a reason from the thrower stands where the table allows it, and nowhere else", () => {
  expect(wire("bad_request", { reason: "The body is not valid JSON." }).body["error"]).toMatchObject({ reason: "The body is not valid JSON." });
  expect(wire("internal", { reason: "SELECT failed" }).body["error"]).not.toMatchObject({ reason: "SELECT failed" });
});

test("waiting and allowed methods are said in headers", () => {
  expect(wire("too_many_requests", { retryAfterSeconds: 29.2 }).headers["Retry-After"]).toBe("30");
  expect(wire("busy", { retryAfterSeconds: "now" }).headers["Retry-After"]).toBe("5");
  expect(wire("method_not_allowed", { allow: ["GET", "POST"] }).headers["Allow"]).toBe("GET, POST");
});

test("anything that is no domain error is a bare 500", () => {
  for (const thrown of [new Error("password=hunter2"), "hunter2", null, undefined, { code: "bad_request", reason: "hunter2" }]) {
    const answer = toWireError(thrown, { requestId: "r-1" });
    expect(answer.status).toBe(500);
    expect(answer.body["error"]).toMatchObject({ code: 500, request: "r-1" });
    expect(JSON.stringify(answer)).not.toContain("hunter2");
  }
});

test("a taken name that nobody answered is a conflict, not a fault", () => {
  expect(toWireError(new DuplicateIdentifier()).status).toBe(409);
});

test("the request id is left out when there is none", () => {
  expect(wire("bad_request").body["error"]).not.toHaveProperty("request");
});

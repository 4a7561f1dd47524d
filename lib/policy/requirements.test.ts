import { describe, expect, it } from "vitest";
import type { AccessRequirement, Area, EnrolmentPolicy, ProjectPolicy, SubjectFacts } from "../model/policy";
import { enforcementOf, requiredAalOf } from "./enforcement";
import { enrolmentState } from "./enrolment";
import { requirementFor } from "./requirements";
import { signInState } from "./sign-in-state";

const NOW = new Date("2026-03-01T12:00:00Z");
const PAYMENT: AccessRequirement = { aal: "aal2", maxAgeSeconds: 900 };
const ADMIN: AccessRequirement = { aal: "aal2", maxAgeSeconds: 60 };
const policy = (change: Partial<ProjectPolicy> = {}): ProjectPolicy => ({
  signIn: "lax", settings: "lax", privilegedMaxAgeSeconds: 600, enrolment: { mode: "optional" },
  protectedPaths: [{ prefix: "/payment", requirement: PAYMENT }, { prefix: "/payment/admin/", requirement: ADMIN }],
  operations: { "payment.create": PAYMENT }, ...change,
});
const ask = (area: Area, change?: Partial<ProjectPolicy>) => requirementFor(area, policy(change), NOW);

describe("from area to requirement", () => {
  it("the two keys are independent of each other", () => {
    expect(ask({ kind: "session" }, { settings: "strict" })).toEqual({ aal: "aal1" });
    expect(ask({ kind: "settings" }, { settings: "strict" })).toEqual({ aal: "highest_available" });
    expect(ask({ kind: "session" }, { signIn: "strict" })).toEqual({ aal: "highest_available" });
    expect(ask({ kind: "settings" }, { signIn: "strict" })).toEqual({ aal: "aal1" });
  });
  it("Strict is highest_available and Lax is aal1, both ways", () => {
    for (const model of ["strict", "lax"] as const) {
      const wire = requiredAalOf(model);
      expect(wire === "aal2" ? null : enforcementOf(wire)).toBe(model);
    }
  });
  it("a password change follows the settings key, within the privileged window", () => {
    expect(ask({ kind: "privileged_change" })).toEqual({ aal: "aal1", maxAgeSeconds: 600 });
    expect(ask({ kind: "privileged_change" }, { settings: "strict" })).toEqual({ aal: "highest_available", maxAgeSeconds: 600 });
  });
  it("changes of factors, and of a password after recovery, are guarded even under Lax", () => {
    const guarded = { aal: "highest_available", maxAgeSeconds: 600 };
    expect(ask({ kind: "factor_change" })).toEqual(guarded);
    expect(ask({ kind: "privileged_change", recovered: true })).toEqual(guarded);
  });
  it("an operation nobody named is guarded as a change of factors", () => {
    expect(ask({ kind: "operation", name: "payment.create" })).toEqual(PAYMENT);
    for (const name of ["payment.creates", "", "__proto__", "constructor", "toString"]) {
      expect(ask({ kind: "operation", name })).toEqual({ aal: "highest_available", maxAgeSeconds: 600 });
    }
  });
  it("once enrolment is due, the way out is not behind the wall", () => {
    const due = { enrolment: { mode: "required" } } as const;
    expect(ask({ kind: "session" }, due)).toMatchObject({ enrolled: true });
    expect(ask({ kind: "path", pathname: "/payment" }, due)).toMatchObject({ enrolled: true });
    expect(ask({ kind: "operation", name: "payment.create" }, due)).toMatchObject({ enrolled: true });
    expect(ask({ kind: "operation", name: "unknown" }, due)).toMatchObject({ enrolled: true });
    for (const kind of ["settings", "factor_change", "privileged_change"] as const) expect(ask({ kind }, due)).not.toHaveProperty("enrolled");
  });
  it("a date makes enrolment due from its very instant", () => {
    const from = (offset: number) => ({ enrolment: { mode: "required-from-date", from: new Date(NOW.getTime() + offset) } }) as const;
    expect(ask({ kind: "session" }, from(1))).not.toHaveProperty("enrolled");
    expect(ask({ kind: "session" }, from(0))).toHaveProperty("enrolled", true);
    expect(ask({ kind: "session" }, from(-1))).toHaveProperty("enrolled", true);
  });
});

describe("a path takes its longest matching prefix, by whole segments", () => {
  it.each([
    "/payment", "/payment/", "/payment/new", "//payment", "/payment//new", "/%70ayment", "/pay%6dent/x", "/a/../payment", "/./payment",
    "/a/%2e%2e/payment", "/a/%2E%2E/payment/x", "\\payment", "/payment?x=1", "/payment#x", "/payment/%zz", "/payment/..%2fx", "/payment%2fnew",
    "/x/..%2fpayment", "payment", "/payment/../payment", "/payment%5cnew", "/payment/administrator", "/payment/Admin",
  ])("%s is guarded", (pathname) => {
    expect(ask({ kind: "path", pathname })).toEqual(PAYMENT);
  });
  it.each(["/payment/admin", "/payment/admin/x", "/payment/%61dmin", "/payment//admin/", "/payment%2fadmin", "/payment/x/../admin"])(
    "%s takes the longer rule", (pathname) => {
      expect(ask({ kind: "path", pathname })).toEqual(ADMIN);
    });
  it.each(["/", "", "/payments", "/Payment", "/pay", "/x/payment", "/payment/../x", "/%2570ayment", "/payment-x", "/..", "/%"])(
    "%s is asked nothing", (pathname) => {
      expect(ask({ kind: "path", pathname })).toBeNull();
    });
  it("the prefix / covers everything", () => {
    const all = { protectedPaths: [{ prefix: "/", requirement: PAYMENT }] };
    for (const pathname of ["/", "", "/x", "/../.."]) expect(ask({ kind: "path", pathname }, all)).toEqual(PAYMENT);
  });
});

describe("where a person stands", () => {
  it.each([
    [{ kind: "allow", aal: "aal1" }, "signed_in"],
    [{ kind: "sign_in", reason: "no_session" }, "signed_out"],
    [{ kind: "step_up", to: "aal2", reason: "aal_too_low" }, "second_factor_pending"],
    [{ kind: "reauthenticate", to: "aal2", reason: "authentication_too_old" }, "second_factor_pending"],
    [{ kind: "enroll", reason: "enrolment_required" }, "enrolment_pending"],
  ] as const)("%j is %s", (decision, state) => {
    expect(signInState(decision)).toBe(state);
  });
});

describe("what a person is told about enrolment", () => {
  const without: SubjectFacts = { availableAal: "aal1", usable: [] };
  const date = (offset: number): EnrolmentPolicy => ({ mode: "required-from-date", from: new Date(NOW.getTime() + offset) });
  it("nothing once they own a second factor", () => {
    for (const of of [{ mode: "required" }, { mode: "nudge" }, date(-1)] as const) {
      expect(enrolmentState({ availableAal: "aal2", usable: [] }, of, NOW)).toEqual({ kind: "satisfied" });
    }
  });
  it("a banner with the date before, a wall after", () => {
    expect(enrolmentState(without, { mode: "optional" }, NOW)).toEqual({ kind: "optional" });
    expect(enrolmentState(without, { mode: "nudge" }, NOW)).toEqual({ kind: "nudge" });
    expect(enrolmentState(without, { mode: "required" }, NOW)).toEqual({ kind: "overdue" });
    expect(enrolmentState(without, date(1), NOW)).toEqual({ kind: "due", at: new Date(NOW.getTime() + 1) });
    expect(enrolmentState(without, date(0), NOW)).toEqual({ kind: "overdue" });
  });
});

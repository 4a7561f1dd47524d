import { describe, expect, it } from "vitest";
import type { AuthenticationMethod, FactorId, MethodName } from "../model/assurance";
import type { AccessRequirement, EnrolmentPolicy, ProjectPolicy, SubjectFacts } from "../model/policy";
import { decideAccess } from "./access";
import { requirementFor } from "./requirements";

const NOW = new Date("2026-03-01T12:00:00Z");
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const entry = (method: MethodName, aal: "aal1" | "aal2", seconds = 0): AuthenticationMethod => ({ method, aal, completedAt: ago(seconds) });
const session = (...methods: AuthenticationMethod[]) => ({ methods, expiresAt: ago(-3600), revokedAt: null });
const person = (...second: FactorId[]): SubjectFacts => ({
  availableAal: second.length > 0 ? "aal2" : "aal1",
  usable: [{ method: "password", aal: "aal1" }, ...second.map((method) => ({ method, aal: "aal2" as const }))],
});
const policy = (model: "strict" | "lax", enrolment: EnrolmentPolicy = { mode: "optional" }): ProjectPolicy => ({
  signIn: model, settings: model, privilegedMaxAgeSeconds: 900, protectedPaths: [], operations: {}, enrolment,
});
const asks = (kind: "session" | "factor_change", of: ProjectPolicy): AccessRequirement => requirementFor({ kind }, of, NOW) ?? { aal: "aal1" };

const STRICT = asks("session", policy("strict"));
const LAX = asks("session", policy("lax"));
const LAX_ENROLLED = asks("session", policy("lax", { mode: "required" }));
const STRICT_ENROLLED = asks("session", policy("strict", { mode: "required" }));
const PASSWORD = entry("password", "aal1");

describe("the decision table of the design, row by row", () => {
  const rows: readonly (readonly [string, Parameters<typeof decideAccess>[0], SubjectFacts, AccessRequirement, object])[] = [
    ["nobody is signed in", null, person("totp"), LAX, { kind: "sign_in", reason: "no_session" }],
    ["password, no factor, Strict", session(PASSWORD), person(), STRICT, { kind: "allow", aal: "aal1" }],
    ["password, totp, Strict", session(PASSWORD), person("totp"), STRICT, { kind: "step_up", to: "aal2", reason: "aal_too_low" }],
    ["password, totp, Lax", session(PASSWORD), person("totp"), LAX, { kind: "allow", aal: "aal1" }],
    ["password, no factor, aal2", session(PASSWORD), person(), { aal: "aal2" }, { kind: "enroll", reason: "no_second_factor" }],
    ["password, totp, aal2", session(PASSWORD), person("totp"), { aal: "aal2" }, { kind: "step_up", to: "aal2", reason: "aal_too_low" }],
    ["totp 900 s ago, max age 900", session(PASSWORD, entry("totp", "aal2", 900)), person("totp"), { aal: "aal2", maxAgeSeconds: 900 }, { kind: "allow", aal: "aal2" }],
    ["totp 901 s ago, max age 900", session(PASSWORD, entry("totp", "aal2", 901)), person("totp"), { aal: "aal2", maxAgeSeconds: 900 }, { kind: "reauthenticate", to: "aal2", reason: "authentication_too_old" }],
    ["password just now, totp 901 s ago", session(entry("totp", "aal2", 901), PASSWORD), person("totp"), { aal: "aal2", maxAgeSeconds: 900 }, { kind: "reauthenticate", to: "aal2", reason: "authentication_too_old" }],
    ["factor_change under Lax", session(PASSWORD), person("totp"), asks("factor_change", policy("lax")), { kind: "step_up", to: "aal2", reason: "aal_too_low" }],
    ["methods webauthn, owns a key", session(PASSWORD, entry("totp", "aal2")), person("totp", "webauthn"), { aal: "aal2", methods: ["webauthn"] }, { kind: "reauthenticate", to: "aal2", reason: "method_not_accepted" }],
    ["methods webauthn, owns none", session(PASSWORD, entry("totp", "aal2")), person("totp"), { aal: "aal2", methods: ["webauthn"] }, { kind: "enroll", reason: "no_accepted_factor" }],
    ["Lax, enrolment required, no factor", session(PASSWORD), person(), LAX_ENROLLED, { kind: "enroll", reason: "enrolment_required" }],
    ["Lax, enrolment required, totp", session(PASSWORD), person("totp"), LAX_ENROLLED, { kind: "allow", aal: "aal1" }],
    ["verified passkey, aal2", session(entry("passkey", "aal2")), person(), { aal: "aal2" }, { kind: "allow", aal: "aal2" }],
    ["oidc at aal2, Strict", session(entry("oidc", "aal2")), person(), STRICT, { kind: "allow", aal: "aal2" }],
    ["oidc at aal2, enrolment required", session(entry("oidc", "aal2")), person(), STRICT_ENROLLED, { kind: "allow", aal: "aal2" }],
  ];
  it.each(rows)("%s", (_name, facts, subject, requirement, decision) => {
    expect(decideAccess(facts, subject, requirement, NOW)).toEqual(decision);
  });
});

describe("what the table leaves to the order above it", () => {
  const totp = entry("totp", "aal2", 901);
  const rows: readonly (readonly [string, Parameters<typeof decideAccess>[0], SubjectFacts, AccessRequirement, object])[] = [
    ["revoked wins over expired", { methods: [PASSWORD], expiresAt: ago(10), revokedAt: ago(20) }, person(), LAX, { kind: "sign_in", reason: "session_revoked" }],
    ["a session ends at its very end", { methods: [PASSWORD], expiresAt: NOW, revokedAt: null }, person(), LAX, { kind: "sign_in", reason: "session_expired" }],
    ["a session that proved nothing", session(), person(), LAX, { kind: "sign_in", reason: "no_method" }],
    ["enrolment comes before the level", session(PASSWORD), person(), { aal: "aal2", enrolled: true }, { kind: "enroll", reason: "enrolment_required" }],
    ["a lone second factor is one factor", session(entry("totp", "aal2")), person("totp"), { aal: "aal2" }, { kind: "step_up", to: "aal2", reason: "aal_too_low" }],
    ["recovery codes alone, an operation that leaves them out", session(PASSWORD), person("lookup_secret"), { aal: "aal2", methods: ["totp"] }, { kind: "enroll", reason: "no_accepted_factor" }],
    ["a stale proof by a factor since removed", session(PASSWORD, totp), person(), { aal: "aal2", maxAgeSeconds: 900 }, { kind: "enroll", reason: "no_second_factor" }],
    ["a stale passkey proves itself again", session(entry("passkey", "aal2", 901)), { availableAal: "aal1", usable: [{ method: "passkey", aal: "aal2" }] }, { aal: "aal2", maxAgeSeconds: 900 }, { kind: "reauthenticate", to: "aal2", reason: "authentication_too_old" }],
    ["an old recovery, nothing left to sign in with", session(entry("code_recovery", "aal1", 901)), { availableAal: "aal0", usable: [] }, { aal: "highest_available", maxAgeSeconds: 900 }, { kind: "reauthenticate", to: "aal1", reason: "authentication_too_old" }],
    ["a second factor renews a demand for aal1", session(entry("password", "aal1", 5000), entry("totp", "aal2", 10)), person("totp"), { aal: "aal1", maxAgeSeconds: 900 }, { kind: "allow", aal: "aal2" }],
    ["freshness counts the accepted method only", session(PASSWORD, entry("webauthn", "aal2", 901), entry("totp", "aal2", 1)), person("totp", "webauthn"), { aal: "aal2", maxAgeSeconds: 900, methods: ["webauthn"] }, { kind: "reauthenticate", to: "aal2", reason: "authentication_too_old" }],
  ];
  it.each(rows)("%s", (_name, facts, subject, requirement, decision) => {
    expect(decideAccess(facts, subject, requirement, NOW)).toEqual(decision);
  });
});

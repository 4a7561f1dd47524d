import { describe, expect, test } from "vitest";
import type { FlowKind, FlowOf } from "../model/flow";
import type { Identity, JsonObject } from "../model/identity";
import type { AddressId, CredentialId, FlowId, IdentityId, SessionId } from "../model/ids";
import { flowAction, flowToWire } from "./flow";
import { schemaIdOf, schemaUrl } from "./identity";
import { say } from "./message";
import { csrfNode, inputNode, methodNode } from "./node";
import { sessionToWire } from "./session";

const AT = new Date("2026-07-01T10:00:00.000Z");
const LATER = new Date("2026-07-01T11:00:00.250Z");
const baseUrl = "https://auth.example.test";
const id = "c1a6b8c2-6f0d-4d7e-9f6e-3a0a1f5f1c11" as FlowId;

const ada: Identity = {
  id: "3f5e0d6c-0000-4000-8000-000000000001" as IdentityId, schemaId: "default", state: "active", stateChangedAt: AT,
  traits: { email: "ada@example.test" }, metadataPublic: null, metadataAdmin: { note: "admin-only" }, externalId: null, version: 3,
  verifiableAddresses: [{
    id: "aa" as AddressId, value: "ada@example.test", via: "email", verified: true, status: "completed", verifiedAt: AT, createdAt: AT, updatedAt: AT,
  }],
  recoveryAddresses: [], createdAt: AT, updatedAt: AT,
};

const base = {
  id, type: "browser" as const, active: null, requestUrl: `${baseUrl}/self-service/login/browser?aal=aal2`, returnTo: null,
  nodes: [inputNode("totp", "totp_code", "text", { value: "", required: true, label: say.totpCodeLabel() }), methodNode("totp", say.continueWithTotp())],
  messages: [say.secondStepNeeded()], transientPayload: null, csrfHash: "hash-of-csrf", issuedAt: AT, expiresAt: LATER, completedAt: null,
  createdAt: AT, updatedAt: AT,
  internal: { totp: { sealedSecret: "v1.sealed" }, credential: { id: "x" as CredentialId }, operation: "payment.create" },
};
const flows: { readonly [K in FlowKind]: FlowOf[K] } = {
  login: { ...base, kind: "login", state: "choose_method", requestedAal: "aal2", refresh: false, sessionId: "s-secret" as SessionId, identityId: ada.id },
  registration: { ...base, kind: "registration", state: "choose_method", identityId: null },
  settings: { ...base, kind: "settings", state: "show_form", identityId: ada.id, sessionId: "s-secret" as SessionId },
  recovery: { ...base, kind: "recovery", state: "choose_method", identityId: null },
  verification: { ...base, kind: "verification", state: "passed_challenge", identityId: null },
};
const render = (kind: FlowKind, extra: Partial<Parameters<typeof flowToWire>[1]> = {}): JsonObject =>
  flowToWire(flows[kind], { action: flowAction(flows[kind], baseUrl), csrfToken: "masked", baseUrl, ...(kind === "settings" ? { identity: ada } : {}), ...extra });

const ALWAYS = ["id", "type", "expires_at", "issued_at", "request_url", "ui", "state"];

describe("which fields a flow has (contract 5.1)", () => {
  test.each([
    ["login", [...ALWAYS, "organization_id", "created_at", "updated_at", "refresh", "requested_aal"]],
    ["registration", [...ALWAYS, "organization_id"]], ["settings", [...ALWAYS, "organization_id", "identity"]],
    ["recovery", ALWAYS], ["verification", ALWAYS],
  ] as const)("%s", (kind, fields) => {
    expect(Object.keys(render(kind)).sort()).toEqual([...fields].sort());
  });

  test("what has a value is there, what has none is not", () => {
    const full = flowToWire({ ...flows.login, returnTo: "https://app.example.test/", active: "totp", transientPayload: { a: 1 } }, { action: "", csrfToken: "m", baseUrl });
    expect(full).toMatchObject({ return_to: "https://app.example.test/", active: "totp", transient_payload: { a: 1 } });
    const empty = flowToWire({ ...flows.login, returnTo: "", active: "", messages: [] }, { action: "", csrfToken: "m", baseUrl });
    expect(empty).not.toHaveProperty("return_to");
    expect(empty).not.toHaveProperty("active");
    expect(empty["ui"]).not.toHaveProperty("messages");
  });

  test("continue_with goes with settings and recovery only, and only when there is something", () => {
    const continueWith = [{ action: "redirect_browser_to", redirect_browser_to: "https://app.example.test/" }] as const;
    expect(render("settings", { continueWith })["continue_with"]).toEqual(continueWith);
    expect(render("settings", { continueWith: [] })).not.toHaveProperty("continue_with");
    expect(render("login", { continueWith })).not.toHaveProperty("continue_with");
  });
});

test("a flow shows nothing of what the server remembers", () => {
  for (const kind of Object.keys(flows) as FlowKind[]) {
    expect(JSON.stringify(render(kind))).not.toMatch(/sealed|hash-of-csrf|s-secret|payment\.create|internal|admin-only/);
  }
});

test("the form: action, method, the anti-forgery field first, nodes as the contract writes them", () => {
  expect(render("login")["ui"]).toEqual({
    action: `${baseUrl}/self-service/login?flow=${id}`, method: "POST",
    nodes: [
      { type: "input", group: "default", attributes: { name: "csrf_token", type: "hidden", value: "masked", required: true, disabled: false, node_type: "input" }, messages: [], meta: {} },
      {
        type: "input", group: "totp", attributes: { name: "totp_code", type: "text", value: "", required: true, disabled: false, node_type: "input" },
        messages: [], meta: { label: { id: 1010006, text: "Code from your app", type: "info" } },
      },
      {
        type: "input", group: "totp", attributes: { name: "method", type: "submit", value: "totp", disabled: false, node_type: "input" },
        messages: [], meta: { label: { id: 1010009, text: "Continue with your app", type: "info" } },
      },
    ],
    messages: [{ id: 1010004, text: "One more step: confirm it's you with your second factor.", type: "info" }],
  });
  expect(render("verification")["ui"]).toMatchObject({ method: "GET" });
});

test("a native flow has no anti-forgery field, an empty one still an array of nodes", () => {
  const native = flowToWire({ ...flows.login, type: "api", nodes: [csrfNode("left over")] }, { action: "", csrfToken: null, baseUrl });
  expect(native["ui"]).toMatchObject({ nodes: [] });
});

test("instants are RFC 3339 in UTC", () => {
  expect(render("login")).toMatchObject({ issued_at: "2026-07-01T10:00:00Z", expires_at: "2026-07-01T11:00:00.250Z" });
});

describe("the session (contract 7)", () => {
  const session = {
    id: "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f" as SessionId, identityId: ada.id, kind: "browser" as const, tokenHash: "token-hash", aal: "aal2" as const,
    methods: [
      { method: "password" as const, aal: "aal1" as const, completedAt: AT },
      { method: "oidc" as const, aal: "aal2" as const, completedAt: AT, provider: "acme", upstreamAcr: "hi", upstreamAmr: ["mfa"], addressId: "aa" as AddressId },
    ],
    authenticatedAt: AT, issuedAt: AT, expiresAt: LATER, revokedAt: null,
    devices: [{ id: "d", ipAddress: "203.0.113.7", userAgent: null, location: null, createdAt: AT }],
  };

  test("has exactly the contract's fields", () => {
    expect(sessionToWire(session, ada, { baseUrl, now: AT })).toEqual({
      id: session.id, active: true, expires_at: "2026-07-01T11:00:00.250Z", authenticated_at: "2026-07-01T10:00:00Z", authenticator_assurance_level: "aal2",
      authentication_methods: [
        { method: "password", aal: "aal1", completed_at: "2026-07-01T10:00:00Z" },
        { method: "oidc", aal: "aal2", completed_at: "2026-07-01T10:00:00Z", provider: "acme", upstream_acr: "hi", upstream_amr: ["mfa"] },
      ],
      issued_at: "2026-07-01T10:00:00Z", devices: [{ id: "d", ip_address: "203.0.113.7", user_agent: null, location: null }],
      identity: {
        id: ada.id, schema_id: "default", schema_url: `${baseUrl}/schemas/ZGVmYXVsdA`, state: "active", state_changed_at: "2026-07-01T10:00:00Z",
        traits: { email: "ada@example.test" }, metadata_public: null, organization_id: null, created_at: "2026-07-01T10:00:00Z", updated_at: "2026-07-01T10:00:00Z",
        verifiable_addresses: [{
          id: "aa", value: "ada@example.test", verified: true, via: "email", status: "completed", verified_at: "2026-07-01T10:00:00Z",
          created_at: "2026-07-01T10:00:00Z", updated_at: "2026-07-01T10:00:00Z",
        }],
      },
    });
  });

  test("is active while it lives and its person may be here", () => {
    const active = (change: object, now = AT, person: Identity | null = ada): unknown => sessionToWire({ ...session, ...change }, person, { baseUrl, now })["active"];
    expect([active({}), active({}, LATER), active({ revokedAt: AT }), active({}, AT, { ...ada, state: "inactive" }), active({}, AT, null)]).toEqual([true, false, false, false, true]);
  });

  test("hides the person when told to", () => {
    expect(sessionToWire(session, null, { baseUrl, now: AT })["identity"]).toBeNull();
    expect(JSON.stringify(sessionToWire(session, ada, { baseUrl, now: AT }))).not.toMatch(/token-hash|admin-only/);
  });
});

test("a schema id travels as base64url and comes back", () => {
  for (const name of ["default", "customer v2", "größe", "a"]) {
    const segment = schemaUrl(`${baseUrl}/`, name).split("/").at(-1) ?? "";
    expect(segment).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(schemaIdOf(segment)).toBe(name);
  }
  expect([schemaIdOf("default"), schemaIdOf("../x"), schemaIdOf("")]).toEqual(["default", "../x", ""]);
});

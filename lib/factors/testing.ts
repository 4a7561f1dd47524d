import { ephemeralKeyRing } from "../crypto/keys";
import type { ProjectReads } from "../db/handles";
import type { Credential, DocumentCredential, LookupCredential, PasswordCredential, TotpCredential } from "../model/credential";
import type { FlowInternal, LoginFlow, SettingsFlow } from "../model/flow";
import type { Identity, TraitFacts } from "../model/identity";
import type { CredentialId, FlowId, IdentityId, LookupCodeId, ProjectId, ProjectKey, WorkspaceId, SessionId } from "../model/ids";
import { codeDocument } from "../model/owned-address";
import type { Address } from "../model/owned-address";
import type { MethodConfig, Project } from "../model/project";
import { addMs, HOUR_MS } from "../model/time";
import type { FactorContext, LoginStep, PasswordHasher, SettingsStep } from "./factor";

/** Fixtures for the tests of this room: one person, one project, a clock that stands still. Never imported by the product. */
export const NOW = new Date("2026-07-01T10:00:00.000Z");
export const SESSION_ID = "6f0c2b0e-2f7a-4c3e-9d5b-8a1b2c3d4e5f" as SessionId;
export const IDENTITY_ID = "3f5e0d6c-4b1a-4c2d-8e3f-0a1b2c3d4e5f" as IdentityId;

export const SCHEMA = {
  $id: "https://rung.test/default.schema.json",
  type: "object",
  properties: {
    traits: {
      type: "object",
      properties: {
        email: {
          type: "string", format: "email", title: "E-mail",
          "ory.sh/kratos": {
            credentials: { password: { identifier: true }, totp: { account_name: true } },
            verification: { via: "email" }, recovery: { via: "email" },
          },
        },
        name: { type: "string", title: "Name" },
        backup: { type: "string", format: "email", title: "Backup address", "ory.sh/kratos": { recovery: { via: "email" } } },
      },
      required: ["email"],
      additionalProperties: false,
    },
  },
} as const;

type MethodChanges = { readonly [K in keyof MethodConfig]?: Partial<MethodConfig[K]> };

export function methods(changes: MethodChanges = {}): MethodConfig {
  const rp = { id: "rung.test", displayName: "Rung", origins: ["https://rung.test"] };
  return {
    password: { enabled: true, minLength: 8, identifierSimilarityCheck: true, blocklist: true, migrateHook: null, ...changes.password },
    totp: { enabled: true, issuer: "Garden", ...changes.totp },
    lookup_secret: { enabled: true, storage: "hashed", ...changes.lookup_secret },
    profile: { enabled: true, ...changes.profile },
    link: { enabled: false, lifespanMs: 3_600_000, ...changes.link },
    webauthn: { enabled: false, passwordless: false, rp, ...changes.webauthn },
    passkey: { enabled: false, rp, aal2OnUserVerification: false, userVerification: "preferred", attachment: null, residentKey: "required", timeoutMs: 300_000, ...changes.passkey },
    code: { enabled: false, passwordlessEnabled: false, mfaEnabled: false, lifespanMs: 600_000, maxSubmissions: 5, missingCredentialFallback: false, ...changes.code },
    oidc: { enabled: false, providers: [], baseRedirectUri: null, ...changes.oidc },
  };
}

export function testProject(config: MethodConfig = methods()): Project {
  const flow = { lifespanMs: HOUR_MS, uiUrl: "https://rung.test/ui", enabled: true, afterReturnUrl: null, afterReturnUrlByMethod: {}, afterHooks: {}, afterWebHooks: {}, beforeWebHooks: [] };
  return {
    row: {
      id: "7d3f7a52-0c3b-4f0e-9a43-5a1f1c1d2e3f" as ProjectId, workspaceId: "8d3f7a52-0c3b-4f0e-9a43-5a1f1c1d2e3f" as WorkspaceId,
      slug: "garden", name: "Garden", key: "abcdefghij" as ProjectKey, kind: "app", isDefault: true, currentRevision: 1, createdAt: NOW, updatedAt: NOW,
      environment: "dev", state: "running", homeRegion: "eu-central", corsPublic: { enabled: false, origins: [] }, corsAdmin: { enabled: false, origins: [] },
    },
    config: {
      document: {}, revision: 1, baseUrl: "https://rung.test",
      policy: {
        signIn: "strict", settings: "strict", privilegedMaxAgeSeconds: 900, protectedPaths: [], operations: {}, enrolment: { mode: "optional" },
      },
      session: {
        lifespanMs: 24 * HOUR_MS, cookieName: "__Host-rung_abcdefghij", cookieDomain: null, cookiePath: "/", cookieSameSite: "Lax",
        cookiePersistent: true, cookieSecure: true,
      },
      csrfCookieName: "__Host-csrf_abcdefghij", deviceCookieName: "__Host-device_abcdefghij",
      lastUsedCookieName: "__Host-last_abcdefghij",
      defaultReturnUrl: "https://rung.test/", allowedReturnUrls: [],
      flows: { login: flow, registration: flow, settings: flow, recovery: flow, verification: flow },
      loginStyle: "unified", registrationStyle: "unified", logoutReturnUrl: null, clearBrowserDataAtLogout: false,
      errorUiUrl: "https://rung.test/error", addressBackUrl: "https://rung.test/address-back", methods: config, defaultSchemaId: "default", schemas: [{ id: "default", schema: SCHEMA }],
      revokeOthersOnCredentialChange: true, brand: { name: "Gardenia" },
      mitigateEnumeration: true, notifyUnknown: { recovery: false, verification: false },
      courier: { email: null, from: { address: "no-reply@rung.test", name: "Gardenia" }, sms: null, retries: 5, smsPerDay: 500, smsPrefixes: [] },
      tokenizer: {}, enrolmentPrompt: { mode: "off", everyDays: 14 }, earliestExtendMs: null,
      features: {
        useContinueWithTransitions: false, chooseRecoveryAddress: false, legacyRequireVerifiedLoginError: false, refreshLoginChooseAddress: false,
        passwordProfileGroup: "default", fasterSessionExtend: false, cacheableSessionsSeconds: null,
      },
      cors: { enabled: false, origins: ["*"], credentials: true },
      webHooks: { headerAllowlist: ["User-Agent"], allowPrivateRanges: false, privateExceptionUrls: [] },
    },
  };
}

export function identity(changes: Partial<Identity> = {}): Identity {
  return {
    id: IDENTITY_ID, schemaId: "default", state: "active", stateChangedAt: null, traits: { email: "ada@example.test" },
    metadataPublic: null, metadataAdmin: null, externalId: null, verifiableAddresses: [], recoveryAddresses: [],
    version: 1, createdAt: NOW, updatedAt: NOW, ...changes,
  };
}

export const FACTS: TraitFacts = {
  identifiers: ["ada@example.test"], verifiable: [{ value: "ada@example.test", via: "email" }],
  recovery: [{ value: "ada@example.test", via: "email" }], totpAccountName: "ada@example.test",
};

function base(type: Credential["type"]) {
  return {
    id: `${type}-credential` as CredentialId, identityId: IDENTITY_ID, createdAt: NOW, updatedAt: NOW, lastUsedAt: null,
    enrolledAal: null,
  };
}

export function passwordCredential(changes: Partial<PasswordCredential> = {}): PasswordCredential {
  return { ...base("password"), type: "password", hash: "stored", identifiers: ["ada@example.test"], ...changes };
}

export function totpCredential(changes: Partial<TotpCredential> = {}): TotpCredential {
  return { ...base("totp"), type: "totp", sealedSecret: "sealed", lastStep: 0, ...changes };
}

export function lookupCredential(changes: Partial<LookupCredential> = {}, used: readonly (Date | null)[] = [null, null]): LookupCredential {
  const codes = used.map((usedAt, position) => ({
    id: `code-${position}` as LookupCodeId, position, digest: `digest-${position}`, sealed: null, usedAt,
  }));
  return { ...base("lookup_secret"), type: "lookup_secret", storage: "hashed", salt: "c2FsdA", codes, ...changes };
}

export function codeCredential(addresses: readonly Address[]): DocumentCredential {
  return { ...base("code"), type: "code", identifiers: addresses.map(({ value }) => value), document: codeDocument(addresses) };
}

/** A hasher that costs nothing and counts what it was asked. `listed` are known passwords, lower case. */
export function countingHasher(listed: readonly string[] = []): PasswordHasher & { readonly asked: { hash: number; verify: number; lookup: number } } {
  const asked = { hash: 0, verify: 0, lookup: 0 };
  return {
    asked,
    hash: (password) => (asked.hash++, Promise.resolve(`hash:${password.normalize("NFC")}`)),
    verify: (known, password) => (asked.verify++, Promise.resolve({ ok: known === `hash:${password.normalize("NFC")}`, rehash: false })),
    hashLookupCode: (code, salt) => (asked.lookup++, Promise.resolve(`${salt}:${code.split("").reverse().join("")}`)),
    isListed: (password) => listed.includes(password.toLowerCase()),
  };
}

const NOWHERE = new Proxy({}, { get: () => () => Promise.reject(new Error("this test reads no database")) }) as ProjectReads;

export function context(changes: Partial<FactorContext> = {}): FactorContext {
  const config = changes.config ?? methods();
  return { project: testProject(config), config, db: NOWHERE, keys: ephemeralKeyRing(), passwords: countingHasher(), askOlderSystem: () => Promise.resolve(false), readIdToken: () => Promise.resolve({ kind: "refused", reason: "oidc_unavailable", because: "none" }), now: NOW, locale: "en", ...changes };
}

const FLOW = {
  id: "c1a6b8c2-6f0d-4d7e-9f6e-3a0a1f5f1c11" as FlowId, type: "browser", active: null, requestUrl: "https://rung.test/", returnTo: null, nodes: [],
  messages: [], internal: {}, transientPayload: null, csrfHash: null, issuedAt: NOW, expiresAt: addMs(NOW, HOUR_MS), completedAt: null,
  createdAt: NOW, updatedAt: NOW,
} as const;

export function loginStep(level: LoginStep["level"], person: Identity | null, credentials: readonly Credential[] = [], refresh = false): LoginStep {
  const flow: LoginFlow = {
    ...FLOW, kind: "login", state: "choose_method", requestedAal: level === "second" ? "aal2" : "aal1", refresh,
    sessionId: null, identityId: person?.id ?? null,
  };
  return { flow, level, identity: person, credentials, methods: [] };
}

export function settingsStep(person: Identity, credentials: readonly Credential[], internal: FlowInternal = {}): SettingsStep {
  const flow: SettingsFlow = { ...FLOW, kind: "settings", state: "show_form", identityId: person.id, sessionId: SESSION_ID, internal };
  return { flow, identity: person, credentials, sessionAal: "aal1", facts: FACTS, firstFactors: 1 };
}

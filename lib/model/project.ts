import type { FactorId } from "./assurance";
import type { ProjectId, ProjectKey, WorkspaceId } from "./ids";
import type { JsonObject } from "./identity";
import type { ProjectPolicy } from "./policy";

export interface ProjectRow {
  readonly id: ProjectId;
  readonly workspaceId: WorkspaceId;
  readonly slug: string;
  readonly name: string;
  readonly key: ProjectKey;
  /** `console`: the built-in project whose people are the admins. */
  readonly kind: "app" | "console";
  /** The project that answers on the installation's own public host. */
  readonly isDefault: boolean;
  readonly currentRevision: number;
  readonly createdAt: Date;
}

export interface FlowConfig {
  readonly lifespanMs: number;
  /** Absolute URL of the page that renders this flow. */
  readonly uiUrl: string;
  readonly enabled: boolean;
  /** after.default_browser_return_url; null: the project's own default. */
  readonly afterReturnUrl: string | null;
  /** after.<method>.default_browser_return_url */
  readonly afterReturnUrlByMethod: Readonly<Partial<Record<FactorId | "profile", string>>>;
  /** Names of after-hooks (`session`, `revoke_active_sessions`, …) by method; `""` holds the global list. */
  readonly afterHooks: Readonly<Record<string, readonly string[]>>;
}

/** Options of all methods, complete with defaults. Durations in milliseconds. */
export interface MethodConfig {
  readonly password: {
    readonly enabled: boolean; readonly minLength: number; readonly identifierSimilarityCheck: boolean;
    readonly blocklist: boolean;
  };
  readonly totp: { readonly enabled: boolean; readonly issuer: string };
  readonly lookup_secret: { readonly enabled: boolean; readonly storage: "hashed" | "revealable" };
  readonly profile: { readonly enabled: boolean };
  readonly webauthn: { readonly enabled: boolean; readonly passwordless: boolean; readonly rp: RelyingParty };
  readonly passkey: {
    readonly enabled: boolean; readonly rp: RelyingParty; readonly aal2OnUserVerification: boolean;
    readonly userVerification: "required" | "preferred" | "discouraged";
  };
  readonly code: {
    readonly enabled: boolean; readonly passwordlessEnabled: boolean; readonly mfaEnabled: boolean;
    readonly lifespanMs: number; readonly maxSubmissions: number;
  };
  readonly oidc: { readonly enabled: boolean };
}
export interface RelyingParty {
  readonly id: string;
  readonly displayName: string;
  readonly origins: readonly string[];
}

export interface IdentitySchemaConfig {
  readonly id: string;
  /** The JSON Schema itself, resolved. */
  readonly schema: JsonObject;
}

/** A revision, parsed once and complete: whatever parses is a whole policy. */
export interface ProjectConfig {
  /** The document as saved, Ory's key names. */
  readonly document: JsonObject;
  readonly revision: number;
  readonly baseUrl: string;
  readonly policy: ProjectPolicy;
  readonly session: {
    readonly lifespanMs: number;
    readonly cookieName: string;
    readonly cookieDomain: string | null;
    readonly cookiePath: string;
    readonly cookieSameSite: "Strict" | "Lax" | "None";
    readonly cookiePersistent: boolean;
    /** Secure attribute; false only on plain http away from loopback. */
    readonly cookieSecure: boolean;
  };
  readonly csrfCookieName: string;
  readonly deviceCookieName: string;
  readonly defaultReturnUrl: string;
  readonly allowedReturnUrls: readonly string[];
  readonly flows: Readonly<Record<"login" | "registration" | "settings" | "recovery" | "verification", FlowConfig>>;
  readonly loginStyle: "unified" | "identifier_first";
  readonly registrationStyle: "unified" | "profile_first";
  readonly logoutReturnUrl: string | null;
  readonly clearBrowserDataAtLogout: boolean;
  readonly errorUiUrl: string;
  readonly methods: MethodConfig;
  readonly defaultSchemaId: string;
  readonly schemas: readonly IdentitySchemaConfig[];
  /** End the identity's other sessions when a factor or password changes (J19). */
  readonly revokeOthersOnCredentialChange: boolean;
  readonly brand: { readonly name: string };
}

/** A project with the configuration in force for this request. */
export interface Project {
  readonly row: ProjectRow;
  readonly config: ProjectConfig;
}

import type { FactorId } from "./assurance";
import type { ProjectId, ProjectKey, WorkspaceId } from "./ids";
import type { JsonObject, JsonValue } from "./identity";
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
  readonly updatedAt: Date;
  readonly environment: "prod" | "stage" | "dev";
  /** `halted`: kept, and answers nobody. */
  readonly state: "running" | "halted";
  readonly homeRegion: string;
  /** Who may call from another origin: the self-service API, and `/admin`. */
  readonly corsPublic: CorsRule;
  readonly corsAdmin: CorsRule;
}

/** Origins as `https://shop.example`; `*`, or `*` as the first label, stands for many and never for credentials. */
export interface CorsRule {
  readonly enabled: boolean;
  readonly origins: readonly string[];
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
  /** The `web_hook`s among them, in order, under the same keys. */
  readonly afterWebHooks: Readonly<Record<string, readonly WebHookConfig[]>>;
  readonly beforeWebHooks: readonly WebHookConfig[];
}

/** One outgoing HTTP request of a configuration: a hook, an SMS channel, a mail channel (contract/admin.md 5.1). */
export interface HttpRequestConfig {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A declarative template (a JSON value with placeholders) or Jsonnet, as written; null: no body. */
  readonly body: { readonly kind: "template"; readonly value: JsonValue } | { readonly kind: "jsonnet"; readonly source: string } | null;
  readonly auth:
    | { readonly type: "api_key"; readonly in: "header" | "cookie"; readonly name: string; readonly value: string }
    | { readonly type: "basic_auth"; readonly user: string; readonly password: string }
    | null;
}
export interface WebHookConfig {
  readonly id: string | null;
  readonly request: HttpRequestConfig;
  /** Fire and forget. */
  readonly ignore: boolean;
  /** May change the identity or stop the flow. */
  readonly parse: boolean;
  /** May stop the flow with messages, without changing anybody. */
  readonly canInterrupt: boolean;
}

/** How text messages and mail leave (contract 8.5). */
export interface CourierConfig {
  readonly email:
    /** `publicOnly`: the installation forbids it to be at a private address. */
    | { readonly kind: "smtp"; readonly connectionUri: string; readonly localName: string | null; readonly headers: Readonly<Record<string, string>>; readonly publicOnly?: true }
    | { readonly kind: "http"; readonly request: HttpRequestConfig }
    /** The installation's own (`RUNG_SMTP_URL`), or none at all. */
    | null;
  readonly from: { readonly address: string; readonly name: string };
  readonly sms: HttpRequestConfig | null;
  /** Attempts after the first. */
  readonly retries: number;
  /** Daily sum of text messages and the number prefixes that may be written to; empty: every prefix. */
  readonly smsPerDay: number;
  readonly smsPrefixes: readonly string[];
}

export interface OidcProviderConfig {
  readonly id: string;
  readonly kind: "generic" | "google" | "github" | "microsoft" | "apple" | "gitlab";
  readonly label: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Clients beside `clientId` whose ID tokens an app may bring; a browser's are for `clientId` alone. */
  readonly additionalAudiences: readonly string[];
  /** Issuer for discovery; presets bring their own. */
  readonly issuerUrl: string | null;
  readonly scope: readonly string[];
  /** Trait path (dotted) → claim path (dotted), e.g. `email` → `email`. */
  readonly claims: Readonly<Record<string, string>>;
  readonly aal2AcrValues: readonly string[];
  readonly aal2AmrValues: readonly string[];
  readonly pkce: "auto" | "force" | "never";
  /** Apple: team, key id and PEM key the client secret is signed with. */
  readonly apple: { readonly teamId: string; readonly keyId: string; readonly privateKey: string } | null;
}

export interface TokenizerTemplate {
  readonly ttlMs: number;
  /** `rung:managed` (Rung makes, rotates and publishes the keys), or `base64://`, `file://`, `https://` of a private JWKS. */
  readonly jwksUrl: string;
  /** Extra claims: name → dotted path in `{ session, identity }`. */
  readonly claims: Readonly<Record<string, string>>;
  readonly subjectSource: "id" | "external_id";
}

/** When people are asked to own a second factor after signing up (ux.md 2.14). `off` and the walls of `ProjectPolicy.enrolment`. */
export interface EnrolmentPromptConfig {
  readonly mode: "off" | "suggest-once" | "suggest-every" | "require-by" | "require-now";
  readonly everyDays: number;
}

/** Options of all methods, complete with defaults. Durations in milliseconds. */
export interface MethodConfig {
  readonly password: {
    readonly enabled: boolean; readonly minLength: number; readonly identifierSimilarityCheck: boolean;
    readonly blocklist: boolean;
    /** Asked once about people whose password an older system knows (contract/admin.md 1.12); null: nobody is asked. */
    readonly migrateHook: HttpRequestConfig | null;
  };
  readonly totp: { readonly enabled: boolean; readonly issuer: string };
  readonly lookup_secret: { readonly enabled: boolean; readonly storage: "hashed" | "revealable" };
  readonly profile: { readonly enabled: boolean };
  /** Recovery links that an admin makes; nobody is sent one unasked. */
  readonly link: { readonly enabled: boolean; readonly lifespanMs: number };
  readonly webauthn: { readonly enabled: boolean; readonly passwordless: boolean; readonly rp: RelyingParty };
  readonly passkey: {
    readonly enabled: boolean; readonly rp: RelyingParty; readonly aal2OnUserVerification: boolean;
    readonly userVerification: "required" | "preferred" | "discouraged";
    readonly attachment: "platform" | "cross-platform" | null;
    readonly residentKey: "required" | "preferred" | "discouraged";
    readonly timeoutMs: number;
  };
  readonly code: {
    readonly enabled: boolean; readonly passwordlessEnabled: boolean; readonly mfaEnabled: boolean;
    readonly lifespanMs: number; readonly maxSubmissions: number;
    /** Verifiable addresses stand in for people without a code credential. */
    readonly missingCredentialFallback: boolean;
  };
  readonly oidc: { readonly enabled: boolean; readonly providers: readonly OidcProviderConfig[]; readonly baseRedirectUri: string | null };
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
  /** May be named by `identity_schema` of a sign-up or sign-in; the default one always may. */
  readonly selectable?: boolean;
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
  readonly lastUsedCookieName: string;
  readonly defaultReturnUrl: string;
  readonly allowedReturnUrls: readonly string[];
  readonly flows: Readonly<Record<"login" | "registration" | "settings" | "recovery" | "verification", FlowConfig>>;
  readonly loginStyle: "unified" | "identifier_first";
  readonly registrationStyle: "unified" | "profile_first";
  readonly logoutReturnUrl: string | null;
  readonly clearBrowserDataAtLogout: boolean;
  readonly errorUiUrl: string;
  /** Our own page on which a mailbox that was taken out of an account takes that back (T76); no key moves it. */
  readonly addressBackUrl: string;
  readonly methods: MethodConfig;
  readonly defaultSchemaId: string;
  readonly schemas: readonly IdentitySchemaConfig[];
  /** End the identity's other sessions when a factor or password changes (J19). */
  readonly revokeOthersOnCredentialChange: boolean;
  readonly brand: { readonly name: string };
  /** Known and unknown accounts answer alike (J9). */
  readonly mitigateEnumeration: boolean;
  /** `notify_unknown_recipients` of recovery and verification. */
  readonly notifyUnknown: { readonly recovery: boolean; readonly verification: boolean };
  readonly courier: CourierConfig;
  readonly tokenizer: Readonly<Record<string, TokenizerTemplate>>;
  readonly enrolmentPrompt: EnrolmentPromptConfig;
  /** Time before `expires_at` from which a session may be extended; null: any time (contract 1.10). */
  readonly earliestExtendMs: number | null;
  readonly features: {
    readonly useContinueWithTransitions: boolean;
    readonly chooseRecoveryAddress: boolean;
    readonly legacyRequireVerifiedLoginError: boolean;
    readonly refreshLoginChooseAddress: boolean;
    readonly passwordProfileGroup: "default" | "password";
    readonly fasterSessionExtend: boolean;
    /** Seconds an answer of whoami may be cached; null: never. */
    readonly cacheableSessionsSeconds: number | null;
  };
  /** `serve.public.cors`; counts beside `ProjectRow.corsPublic`. */
  readonly cors: CorsRule & { readonly credentials: boolean };
  readonly webHooks: { readonly headerAllowlist: readonly string[]; readonly allowPrivateRanges: boolean; readonly privateExceptionUrls: readonly string[] };
}

/** A project with the configuration in force for this request. */
export interface Project {
  readonly row: ProjectRow;
  readonly config: ProjectConfig;
}

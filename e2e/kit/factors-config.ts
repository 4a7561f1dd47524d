import type { Json, JsonDocument, TestProject } from "./projects";

/**
 * Which half of a sign-in a method serves in a project; absent: it does not matter. Passkeys always sign in; as `second` their user
 * verification counts, so that one is worth both halves and may stand for the second (J6).
 */
export interface Needs {
  readonly webauthn?: "first" | "second";
  readonly code?: "first" | "second";
  readonly passkey?: "first" | "second";
}
export const SWITCHED = ["code", "webauthn", "passkey"] as const satisfies readonly (keyof Needs)[];

/** What lies outside of a project: where its text messages go, and who its people may come from. */
export interface Outside {
  readonly smsUrl: string;
  readonly provider: { readonly issuer: string; readonly clientId: string; readonly clientSecret: string };
}

/** The identity provider as a project knows it; it stands in the redirect address too. */
export const UPSTREAM = "upstream";

/** The needs of both halves together; null where one project cannot have both. */
export function together(first: Needs, second: Needs): Required<Needs> | null {
  if (quarrelOf(first, second) !== null) return null;
  const either = (method: keyof Needs, otherwise: "first" | "second"): "first" | "second" => first[method] ?? second[method] ?? otherwise;
  return { webauthn: either("webauthn", "second"), code: either("code", "first"), passkey: either("passkey", "second") };
}
/** The method that the halves want for different things. */
export function quarrelOf(first: Needs, second: Needs): keyof Needs | null {
  return SWITCHED.find((method) => first[method] !== undefined && second[method] !== undefined && first[method] !== second[method]) ?? null;
}

export function slugOf({ webauthn, code, passkey }: Required<Needs>): string {
  return `keys-${webauthn}-codes-${code}-passkeys-${passkey}`;
}

/** Every project that some pair needs. */
export function projectsFor(needs: readonly Required<Needs>[], outside: Outside): readonly TestProject[] {
  const bySlug = new Map(needs.map((one) => [slugOf(one), one]));
  return [...bySlug].map(([slug, one]) => ({ slug, document: documentFor(one, outside) }));
}

/** Strict, everything on. Nobody is asked to verify an address: a code for that would use up the minute's one letter (security.md, lane L5). */
export function documentFor(needs: Needs, { smsUrl, provider }: Outside): JsonDocument {
  return {
    identity: { default_schema_id: "person", schemas: [{ id: "person", url: schemaUrl(needs) }] },
    selfservice: {
      flows: { verification: { enabled: false }, recovery: { enabled: false } },
      methods: {
        code: { enabled: true, passwordless_enabled: needs.code === "first", mfa_enabled: needs.code === "second" },
        webauthn: { enabled: true, config: { passwordless: needs.webauthn === "first" } },
        passkey: { enabled: true, config: { aal2_on_user_verification: needs.passkey !== "first" } },
        oidc: {
          enabled: true,
          config: {
            providers: [{
              id: UPSTREAM, provider: "generic", label: "Upstream", issuer_url: provider.issuer, client_id: provider.clientId, client_secret: provider.clientSecret,
              scope: ["openid", "email"], claims: { email: "email" },
            }],
          },
        },
      },
    },
    courier: { channels: [{ id: "sms", type: "http", request_config: { url: smsUrl, method: "POST" } }] },
    // Text messages and the provider are on this machine.
    clients: { http: { disallow_private_ip_ranges: false } },
  };
}

/** Both at once for one method: what `quarrelOf` finds, written as a configuration. */
export function bothWays(method: keyof Needs): JsonDocument {
  const both = {
    code: { enabled: true, passwordless_enabled: true, mfa_enabled: true },
    webauthn: { enabled: true, config: { passwordless: [true, false] } },
    passkey: { enabled: true, config: { aal2_on_user_verification: [true, false] } },
  } as const;
  return { selfservice: { methods: { [method]: both[method] } } };
}

/**
 * People known by an address, with a phone and a spare address. Codes go to the address that signs in, or to the other two: an address
 * that served as first factor is never the second (J5).
 */
function schemaUrl({ code }: Needs): string {
  const first = code === "first" ? { code: { identifier: true, via: "email" } } : {};
  const second = (via: string): { readonly [key: string]: Json } => (code === "second" ? { credentials: { code: { identifier: true, via } } } : {});
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#", title: "Person", type: "object",
    properties: {
      traits: {
        type: "object",
        properties: {
          email: {
            type: "string", format: "email", title: "E-Mail", maxLength: 320,
            "ory.sh/kratos": {
              credentials: { password: { identifier: true }, webauthn: { identifier: true }, passkey: { display_name: true }, totp: { account_name: true }, ...first },
              verification: { via: "email" }, recovery: { via: "email" },
            },
          },
          phone: { type: "string", format: "tel", title: "Phone", maxLength: 40, "ory.sh/kratos": { ...second("sms"), verification: { via: "sms" } } },
          backup: { type: "string", format: "email", title: "Spare address", maxLength: 320, "ory.sh/kratos": { ...second("email"), verification: { via: "email" } } },
        },
        required: ["email"], additionalProperties: false,
      },
    },
    additionalProperties: false,
  };
  return `base64://${Buffer.from(JSON.stringify(schema)).toString("base64")}`;
}

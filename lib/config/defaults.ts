import type { JsonObject } from "../model/identity";

/**
 * The document a new project begins with. `app`: what customers sign in to; Strict in both areas unless `lax`.
 * `console`: the people who run the installation; Strict, a second factor required, nobody registers by themselves.
 */
export function projectTemplate(kind: "app" | "console", options: { readonly lax?: boolean } = {}): JsonObject {
  const requiredAal = options.lax === true ? "aal1" : "highest_available";
  const app = kind === "app";
  return {
    identity: { default_schema_id: "preset://email", schemas: [{ id: "preset://email", url: "preset://email" }] },
    rung: app ? APP_RULES : CONSOLE_RULES,
    selfservice: {
      allowed_return_urls: ["/"],
      default_browser_return_url: app ? "/" : "/console",
      flows: {
        recovery: { enabled: app },
        registration: app ? { after: SIGNED_IN, enabled: true, style: "unified" } : { enabled: false, style: "unified" },
        settings: { privileged_session_max_age: app ? "15m0s" : "10m0s", required_aal: requiredAal },
        verification: { enabled: app },
      },
      methods: METHODS,
    },
    session: { lifespan: "24h0m0s", whoami: { required_aal: requiredAal } },
  };
}

/** Whichever way somebody registers, they end signed in. */
const SIGNED_IN: JsonObject = Object.fromEntries(
  ["code", "oidc", "passkey", "password", "webauthn"].map((method) => [method, { hooks: [{ hook: "session" }] }]),
);

/** Keys and passkeys take their relying party from the base URL. Codes recover and verify; they sign nobody in until asked to (J5). */
const METHODS: JsonObject = {
  code: { enabled: true, mfa_enabled: false, passwordless_enabled: false },
  lookup_secret: { config: { storage: "hashed" }, enabled: true },
  oidc: { enabled: false },
  passkey: { config: { aal2_on_user_verification: true }, enabled: true },
  password: { enabled: true },
  profile: { enabled: true },
  totp: { enabled: true },
  webauthn: { config: { passwordless: false }, enabled: true },
};

const APP_RULES: JsonObject = {
  enrolment: { mode: "optional" },
  operations: {
    "orders.cancel": { max_age: "1h0m0s", required_aal: "highest_available" },
    "orders.view": { required_aal: "highest_available" },
    "payment.create": { max_age: "5m0s", methods: ["totp", "webauthn", "passkey"], required_aal: "aal2" },
    "payment.view": { max_age: "15m0s", required_aal: "aal2" },
  },
  protected_paths: [
    { max_age: "15m0s", prefix: "/payment", required_aal: "aal2" },
    { prefix: "/orders", required_aal: "highest_available" },
  ],
};

const CONSOLE_RULES: JsonObject = {
  enrolment: { mode: "required" },
  operations: { "console.admin": { max_age: "10m0s", required_aal: "aal2" } },
};

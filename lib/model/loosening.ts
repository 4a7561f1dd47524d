/** The ways in which a change of a project can protect less; each has its sentence in the locales (`console.loosening.<kind>`). */
export const LOOSENING_KINDS = [
  "sign_in", "settings", "window", "lifespan", "enrolment", "path", "operation", "second_factor", "passkey_counts", "keeps_sessions",
  "weak_second_factor", "first_factor_on", "first_factor_off", "private_addresses", "enumeration", "verified_address", "hook_gone", "password_rules",
  "code_rules", "admin_links", "flow_lifespan", "revealable_codes", "user_verification", "passkey_place", "code_fallback", "provider", "upstream",
  "return_url", "cors", "screen", "cookie", "extend", "token", "registration_on", "recovery_on", "verification_off", "told_headers", "mail_transport",
  "courier_host", "sms_limit", "schema", "session_cache", "logout_data", "older_system",
] as const;
export type LooseningKind = (typeof LOOSENING_KINDS)[number];

import type { Factor } from "../factor";
import { linkedAccounts } from "./credential";
import { oidcLogin } from "./login";
import { oidcRegistration } from "./registration";
import { oidcSettings } from "./settings";

/**
 * An account somewhere else. A first factor: aal1, or aal2 where the provider's `acr` or `amr` is on the project's list. Owning one
 * promises no level, because what a provider will ask is known only afterwards (security.md U7).
 */
export const oidc = {
  id: "oidc",
  group: "oidc",
  enabled: (config) => config.oidc.enabled,
  count: (credentials, config) => ({ first: config.oidc.enabled ? linkedAccounts(credentials, config).length : 0, second: 0 }),
  usable: (credentials, config) =>
    config.oidc.enabled && linkedAccounts(credentials, config).length > 0 ? [{ method: "oidc", aal: "aal1" }] : [],
  login: oidcLogin,
  registration: oidcRegistration,
  settings: oidcSettings,
} satisfies Factor;

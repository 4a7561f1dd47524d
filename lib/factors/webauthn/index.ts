import type { Factor } from "../factor";
import { usableKeys } from "./keys";
import { webauthnLogin } from "./login";
import { webauthnRegistration } from "./registration";
import { webauthnSettings } from "./settings";

/**
 * Something you have: a key that is plugged in or tapped. By the project's configuration it is a second factor (aal2) or a way to
 * sign in by itself (aal1); a key counts only for what it was enrolled as (contract, trap 13).
 */
export const webauthn = {
  id: "webauthn",
  group: "webauthn",
  enabled: (config) => config.webauthn.enabled,
  count(credentials, config) {
    const keys = usableKeys(credentials, config).length;
    return config.webauthn.passwordless ? { first: keys, second: 0 } : { first: 0, second: keys };
  },
  usable: (credentials, config) =>
    usableKeys(credentials, config).length > 0 ? [{ method: "webauthn", aal: config.webauthn.passwordless ? "aal1" : "aal2" }] : [],
  login: webauthnLogin,
  registration: webauthnRegistration,
  settings: webauthnSettings,
} satisfies Factor;

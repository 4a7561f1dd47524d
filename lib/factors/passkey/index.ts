import type { Factor } from "../factor";
import { firstKeys, secondKeys } from "./keys";
import { passkeyLogin } from "./login";
import { passkeyRegistration } from "./registration";
import { passkeySettings } from "./settings";

/**
 * A key that knows whose it is and so needs no name: begins a session alone. Owning one asks nothing more of a password sign-in
 * (J6), so it counts as a first factor only; where the project counts user verification it can also be the second step.
 */
export const passkey = {
  id: "passkey",
  group: "passkey",
  enabled: (config) => config.passkey.enabled,
  count: (credentials, config) => ({ first: firstKeys(credentials, config).length, second: 0 }),
  usable: (credentials, config) => [
    ...(secondKeys(credentials, config).length > 0 ? [{ method: "passkey" as const, aal: "aal2" as const }] : []),
    ...(firstKeys(credentials, config).length > 0 ? [{ method: "passkey" as const, aal: "aal1" as const }] : []),
  ],
  login: passkeyLogin,
  registration: passkeyRegistration,
  settings: passkeySettings,
} satisfies Factor;
